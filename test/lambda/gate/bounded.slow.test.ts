import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The old space of a function of 256 MB: what is left for buffers, code and young objects. The server of the worst content
 * runs in the same process.
 */
const OLD_SPACE_MB = 192;
const WORKER = join(__dirname, '../../support/servers/bounded-gate.ts');

/** Fails when the process ends with "heap out of memory", or does not end. */
async function inGate(job: 'smoke' | 'comparison'): Promise<string> {
  const options = [`--max-old-space-size=${OLD_SPACE_MB}`, '--import', 'tsx', WORKER, job];
  const { stdout } = await promisify(execFile)(process.execPath, options, { timeout: 300_000 });
  const { result, longestBlockMs } = JSON.parse(stdout) as { result: string; longestBlockMs: number };
  process.stdout.write(`${job}: ${result}, longest block ${longestBlockMs} ms\n`);
  return result;
}

test('whatever a server responds, the suite ends with its results in the memory of a function', async () => {
  expect(await inGate('smoke')).toBe('66 of 326 failed');
}, 320_000);

test('whatever a server responds, the comparison ends within its time in the memory of a function', async () => {
  expect(await inGate('comparison')).toMatch(/^\d{2,4} requests, ended by \S+$/);
}, 320_000);
