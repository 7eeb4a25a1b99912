import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectOf } from '../support/app';
import { reportOf, runCli } from '../support/cli';

/** Content and time of every file and folder. */
function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    ['.', ...names].map((name) => {
      const path = join(folder, name);
      const { mtimeMs } = statSync(path);
      return [name, `${mtimeMs} ${statSync(path).isFile() ? readFileSync(path, 'utf8') : ''}`];
    }),
  );
}

test("a stage within a stage, in another account's region, with a stack in a second region, is released and nothing written", async () => {
  const rehearsal = `version: 1
stack: Prod/Eu/Shop
releases:
  - { name: v1, context: { version: v1 }, expect: created }
  - { name: v2, context: { version: v2 }, expect: succeeded }
`;
  const project = projectOf('test/scenarios/apps/environments.ts', rehearsal);
  const before = contents(project);

  const end = await runCli(['rehearse', '--json'], { cwd: project });
  if (end.exitCode !== 0) throw new Error(`${end.stdout}\n${end.stderr}`);
  const { releases, deniedCalls } = reportOf(end);
  expect(releases).toMatchObject([
    { name: 'v1', outcome: 'created', stackStatus: 'CREATE_COMPLETE' },
    { name: 'v2', outcome: 'succeeded', stackStatus: 'UPDATE_COMPLETE', services: [{ outcome: 'succeeded' }] },
  ]);
  expect(releases[1]?.deploymentId).toMatch(/^d-/);
  expect(releases[1]?.requests).toMatchObject({ lost: 0, failed: 0 });
  expect(releases[1]?.requests.total).toBeGreaterThan(0);
  expect(deniedCalls).toEqual([]);
  expect(contents(project)).toEqual(before);
}, 600_000);
