/**
 * Runs worlds of test/worlds: `npm run worlds` 1,000, `npm run worlds -- --seed 42` one, `npm run worlds -- --seed 42 --count 200`
 * those from a seed on. A world that breaks is printed with the steps that it needs.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { seed: { type: 'string' }, count: { type: 'string' } } });
const { seed = '1', count = values.seed === undefined ? '1000' : '1' } = values;
for (const [name, value] of Object.entries({ seed, count })) {
  if (!/^\d+$/.test(value)) throw new Error(`--${name} ${value}: a number`);
}
const env = { ...process.env, GREENLIGHT_WORLD_SEED: seed, GREENLIGHT_WORLD_SEEDS: count };
const arguments_ = [require.resolve('jest/bin/jest'), 'test/worlds/worlds.slow.test.ts'];
const { status } = spawnSync(process.execPath, arguments_, { stdio: 'inherit', env });
process.exitCode = status ?? 1;
