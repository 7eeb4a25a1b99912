import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A directory of a test file's own, removed when the last of its tests has ended. */
export function temporaryDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `greenlight-${name}-`));
  made.push(directory);
  return directory;
}

// A benchmark that imports a test's world has no hooks.
if (typeof afterAll === 'function') {
  afterAll(() => {
    for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });
} else {
  process.on('exit', () => {
    for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
  });
}
