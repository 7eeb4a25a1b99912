/**
 * Runs worlds of test/worlds: `npm run worlds` 1,000, `npm run worlds -- --seed 42` one, `npm run worlds -- --seed 42 --count 200`
 * those from a seed on. A world that breaks is printed with the steps that it needs.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { seed: { type: 'string' }, count: { type: 'string' } } });
const { seed = '1', count = values.seed === undefined ? '1000' : '1' } = values;
for (const [name, value] of Object.entries({ seed, count })) {
  if (!/^\d+$/.test(value)) throw new Error(`--${name} ${value}: a number`);
}
/** Two processes, as the machines that this is for have two processors; few worlds are not worth the start of another. */
const shares = Number(count) < 100 ? [Number(count)] : [Math.ceil(Number(count) / 2), Math.floor(Number(count) / 2)];
const arguments_ = [require.resolve('jest/bin/jest'), 'test/worlds/worlds.slow.test.ts'];

function runShare(from: number, share: number): Promise<number> {
  const env = { ...process.env, GREENLIGHT_WORLD_SEED: String(from), GREENLIGHT_WORLD_SEEDS: String(share) };
  const child = spawn(process.execPath, arguments_, { stdio: 'inherit', env });
  return new Promise((resolve, reject) => child.once('error', reject).once('close', (status) => resolve(status ?? 1)));
}

void Promise.all(shares.map((share, index) => runShare(Number(seed) + index * (shares[0] ?? 0), share))).then(
  (statuses) => (process.exitCode = Math.max(...statuses)),
);
