import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What AWS responded in one test, by key. */
export type Recordings = ReadonlyMap<string, unknown>;

/** All recordings of a folder, by `file::test`. */
export type AllRecordings = ReadonlyMap<string, Recordings>;

const SUFFIX = '.snapshot.json';

interface Snapshot {
  readonly 'recorded-content': Readonly<Record<string, unknown>>;
}

/** @throws Error for a folder without snapshots */
export function readRecordings(folder: string): AllRecordings {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(SUFFIX));
  if (files.length === 0) throw new Error(`${folder} has no *${SUFFIX}`);
  const all = new Map<string, Recordings>();
  for (const name of files.sort()) {
    const file = name.replaceAll('\\', '/').slice(0, -SUFFIX.length);
    const tests = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Readonly<Record<string, Snapshot>>;
    for (const [id, snapshot] of Object.entries(tests)) {
      const test = id.slice(id.indexOf('::') + 2);
      all.set(`${file}::${test}`, new Map(Object.entries(snapshot['recorded-content'])));
    }
  }
  return all;
}
