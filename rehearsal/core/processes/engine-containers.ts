import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Containers of an engine are no children of a rehearsal: what starts next finds them by a label, its directory. */

const FILE = 'engine';
const LABEL = 'greenlight.rehearsal';
const ENGINE_MS_MAX = 30_000;

/** The label of a rehearsal's containers. @param directory of the rehearsal */
export function containerLabel(directory: string): string {
  return `${LABEL}=${directory}`;
}

/** Keeps in a rehearsal's directory which engine runs its containers. */
export function noteEngine(directory: string, engine: string): void {
  writeFileSync(join(directory, FILE), engine);
}

/** Removes the containers of a rehearsal. Never throws: the engine may be gone, and its containers with it. */
export function removeContainers(directory: string): void {
  const file = join(directory, FILE);
  if (!existsSync(file)) return;
  try {
    const engine = readFileSync(file, 'utf8');
    const run = (...args: string[]) =>
      execFileSync(engine, args, { encoding: 'utf8', timeout: ENGINE_MS_MAX, stdio: ['ignore', 'pipe', 'ignore'] });
    const ids = run('ps', '--all', '--quiet', '--filter', `label=${containerLabel(directory)}`)
      .split(/\s+/)
      .filter(Boolean);
    if (ids.length > 0) run('rm', '--force', ...ids);
  } catch (error) {
    process.emitWarning(`containers of ${directory} could not be removed: ${(error as Error).message}`);
  }
}
