import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary';

/** An app that writes the request of the CLI, how often it ran, and whether the CDK would validate. */
const APP = `
const { appendFileSync, writeFileSync } = require('node:fs');
const { CDK_OUTDIR, CDK_CONTEXT_JSON, CDK_VALIDATION, RUNS } = process.env;
appendFileSync(RUNS, (CDK_VALIDATION ?? 'validated') + '\\n');
if (CDK_CONTEXT_JSON === '"bad"') process.exit(3);
writeFileSync(CDK_OUTDIR + '/manifest.json', CDK_CONTEXT_JSON);
writeFileSync(CDK_OUTDIR + '/synth.lock', '');
`;

function project() {
  const folder = temporaryDirectory('app');
  const assemblies = temporaryDirectory('assemblies');
  const runs = join(temporaryDirectory('runs'), 'runs');
  writeFileSync(join(folder, 'app.js'), APP);
  writeFileSync(runs, '');
  return {
    folder,
    /** As the CLI runs an app. */
    ask: (context: string, environment: Readonly<Record<string, string>> = {}, argument: readonly string[] = []) => {
      const output = temporaryDirectory('cdk.out');
      const args = [join(__dirname, 'synthesize-once.cjs'), process.execPath, join(folder, 'app.js'), ...argument];
      const environmentOfCli = { CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify(context), ...environment };
      const env = { ...process.env, SYNTHESIZED_ASSEMBLIES: assemblies, RUNS: runs, ...environmentOfCli };
      const { status } = spawnSync(process.execPath, args, { cwd: folder, env, stdio: 'ignore' });
      const read = (name: string) => existsSync(join(output, name)) && readFileSync(join(output, name), 'utf8');
      return { status, manifest: read('manifest.json'), lock: read('synth.lock') };
    },
    runs: () => readFileSync(runs, 'utf8').split('\n').slice(0, -1),
  };
}

test('who asks the same again gets the same assembly, and the app runs once', () => {
  const { ask, runs } = project();
  expect(ask('v1')).toMatchObject({ status: 0, manifest: '"v1"' });
  expect(ask('v1')).toEqual({ status: 0, manifest: '"v1"', lock: false });
  expect(runs()).toHaveLength(1);
});

test('another context, another account or an edit of a source runs the app again', () => {
  const { folder, ask, runs } = project();
  ask('v1');
  expect(ask('v2')).toMatchObject({ manifest: '"v2"' });
  ask('v1', { CDK_DEFAULT_ACCOUNT: '222222222222' });
  expect(runs()).toHaveLength(3);
  writeFileSync(join(folder, 'app.js'), APP.replace("'/manifest.json', CDK", "'/manifest.json', 'edited ' + CDK"));
  expect(ask('v1')).toMatchObject({ manifest: 'edited "v1"' });
});

test('an app that fails runs again, with its own exit code', () => {
  const { ask, runs } = project();
  expect([ask('bad').status, ask('bad').status]).toEqual([3, 3]);
  expect(runs()).toHaveLength(2);
});

test('the CDK validates an app once, and not where the CLI has said so', () => {
  const { ask, runs } = project();
  ask('v1', { CDK_VALIDATION: 'false' });
  for (const version of ['bad', 'v2', 'v3']) ask(version);
  // One that failed was not seen whole.
  expect(runs()).toEqual(['false', 'validated', 'validated', 'false']);
});

test('the CDK does not validate the apps of the scenarios', () => {
  const { ask, runs } = project();
  expect(ask('v1', {}, [join(__dirname, '../scenarios/apps/shop.ts')])).toMatchObject({ status: 0 });
  expect(runs()).toEqual(['false']);
});
