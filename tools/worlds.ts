/**
 * Runs worlds of test/worlds: `npm run worlds` 1,000, `npm run worlds -- --seed 42` one, `npm run worlds -- --seed 42 --count 200`
 * those from a seed on. A world that breaks is printed with the steps that it needs.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { seed: { type: 'string' }, count: { type: 'string' } } });
const { seed = '1', count = values.seed === undefined ? '1000' : '1' } = values;
for (const [name, value] of Object.entries({ seed, count })) {
  if (!/^\d+$/.test(value)) throw new Error(`--${name} ${value}: a number`);
}
/** Two processes, as the machines that this is for have two processors; few worlds are not worth the start of another. */
const shares = Number(count) < 100 ? [Number(count)] : [Math.ceil(Number(count) / 2), Math.floor(Number(count) / 2)];
const arguments_ = [require.resolve('jest/bin/jest'), 'test/worlds/worlds.slow.test.ts'];

interface Share {
  readonly status: number;
  /** Undefined when the process did not come to the end of its worlds. */
  readonly failingSeeds?: readonly number[];
}

async function runShare(from: number, share: number, summary: string): Promise<Share> {
  const settings = { GREENLIGHT_WORLD_SEED: String(from), GREENLIGHT_WORLD_SEEDS: String(share) };
  const env = { ...process.env, ...settings, GREENLIGHT_WORLD_SUMMARY: summary };
  const child = spawn(process.execPath, arguments_, { stdio: 'inherit', env });
  const status = await new Promise<number>((resolve, reject) =>
    child.once('error', reject).once('close', (code) => resolve(code ?? 1)),
  );
  if (!existsSync(summary)) return { status };
  return { status, ...(JSON.parse(readFileSync(summary, 'utf8')) as Pick<Share, 'failingSeeds'>) };
}

function sentenceOf(results: readonly Share[], seconds: number): string {
  const first = Number(seed);
  const worlds = `${count} worlds, seeds ${first} to ${first + Number(count) - 1}, in ${Math.round(seconds)} s`;
  if (results.some(({ failingSeeds }) => failingSeeds === undefined)) return `${worlds}: not run to the end`;
  const failing = results.flatMap(({ failingSeeds = [] }) => failingSeeds);
  return failing.length === 0 ? `${worlds}: no world breaks` : `${worlds}: these seeds break: ${failing.join(', ')}`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-worlds-'));
  const began = performance.now();
  try {
    const results = await Promise.all(
      shares.map((share, index) =>
        runShare(Number(seed) + index * (shares[0] ?? 0), share, join(folder, `${index}.json`)),
      ),
    );
    process.stdout.write(`${sentenceOf(results, (performance.now() - began) / 1_000)}\n`);
    process.exitCode = Math.max(...results.map(({ status }) => status));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
