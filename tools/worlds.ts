/**
 * Runs worlds of test/worlds: `npm run worlds` all 1,000, `npm run worlds -- --seed 42` one, `npm run worlds -- --seed 42
 * --count 200` those from a seed on. A world that breaks is printed with the steps that it needs.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { seed: { type: 'string' }, count: { type: 'string', default: '1' } } });
for (const [name, value] of Object.entries(values)) {
  if (!/^\d+$/.test(value)) throw new Error(`--${name} ${value}: a number`);
}
const one = values.seed !== undefined;
const chosen = one ? { GREENLIGHT_WORLD_SEED: values.seed, GREENLIGHT_WORLD_SEEDS: values.count } : {};
const path = one ? 'test/worlds/first-half' : 'test/worlds';
const jest = require.resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, path], { stdio: 'inherit', env: { ...process.env, ...chosen } });
process.exitCode = status ?? 1;
