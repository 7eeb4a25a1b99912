import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan } from '../../rehearsal/runner/plan/read';
import { ASSET_SALT } from '../../rehearsal/runner/init/propose';
import { ROOT, runCli } from '../support/cli';
import { temporaryDirectory } from '../support/temporary';

/** An app as `cdk init` and a service make one: no context, an image from a folder. */
function appFolder(environment = ''): string {
  const folder = temporaryDirectory('init');
  const from = (name: string) => JSON.stringify(require.resolve(name));
  const lines = [
    `const { App, Stack } = require(${from('aws-cdk-lib')});`,
    `const { ContainerImage } = require(${from('aws-cdk-lib/aws-ecs')});`,
    `const { BlueGreenService, ServiceTask } = require(${JSON.stringify(join(ROOT, 'lib'))});`,
    `const app = new App();`,
    `const image = ContainerImage.fromAsset(${JSON.stringify(join(ROOT, 'examples/service'))});`,
    `new BlueGreenService(new Stack(app, 'Shop'), 'Web', { task: ServiceTask.fromImage(image, { containerPort: 8080${environment} }) });`,
  ];
  writeFileSync(join(folder, 'app.js'), lines.join('\n'));
  writeFileSync(
    join(folder, 'cdk.json'),
    JSON.stringify({ app: `node --require ${require.resolve('tsx/cjs')} app.js` }),
  );
  return folder;
}

test('rehearse --init writes one file, for the app as it is, and says what to do next', async () => {
  const folder = appFolder();
  const { exitCode, stdout, stderr } = await runCli(['rehearse', '--init'], { cwd: folder });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/Wrote .*rehearsal\.yaml for stack Shop \(Web\)\.\nRun it: npx greenlight rehearse\n$/);
  expect(readdirSync(folder).sort()).toEqual(['app.js', 'cdk.json', 'rehearsal.yaml']);
  const plan = readPlan(join(folder, 'rehearsal.yaml'));
  expect(plan.releases.map(({ expect: end, context }) => [end, Object.keys(context)])).toEqual([
    ['created', []],
    ['succeeded', [ASSET_SALT]],
    ['rolled-back', [ASSET_SALT]],
  ]);
}, 120_000);

test('what the app has already in context is proposed, of templates validated once; --stdout writes nothing', async () => {
  const folder = appFolder(`, environment: { V: app.node.tryGetContext('release') ?? '1' }`);
  const validations = join(temporaryDirectory('validations'), 'list');
  const note = `require('fs').appendFileSync(${JSON.stringify(validations)}, (process.env.CDK_VALIDATION ?? 'on') + ' ');\n`;
  writeFileSync(join(folder, 'app.js'), note + readFileSync(join(folder, 'app.js'), 'utf8'));
  const { exitCode, stdout } = await runCli(['rehearse', '--init', '--stdout'], { cwd: folder });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('    context: { release: v2 }\n');
  expect(readFileSync(validations, 'utf8')).toBe('on false ');
  expect(readdirSync(folder).sort()).toEqual(['app.js', 'cdk.json']);
}, 120_000);

describe('a problem ends it with code 2, and nothing is written', () => {
  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['no cdk.json', {}, /cdk\.json: there is no such file, so the CDK app is unknown: .*cdk init/],
    ['a cdk.json that is no JSON', { 'cdk.json': '{' }, /cdk\.json: .*JSON/],
    ['a cdk.json that is a list', { 'cdk.json': '[]' }, /cdk\.json: the file is \[\]: an object such as/],
    ['a cdk.json without app', { 'cdk.json': '{}' }, /cdk\.json: app is missing: give the command of the CDK app/],
    ['a file that exists', { 'rehearsal.yaml': 'mine' }, /rehearsal\.yaml: it exists, and is not overwritten/],
    [
      'an app whose library is missing',
      { 'cdk.json': '{ "app": "node app.js" }', 'app.js': `require('aws-cdk-lib')` },
      /does not synthesize:\n[\s\S]*aws-cdk-lib is not installed: npm install aws-cdk-lib/,
    ],
    [
      'an app whose program is missing',
      { 'cdk.json': '{ "app": "no-such-program app" }' },
      /no-such-program is not installed, or not on the PATH/,
    ],
    [
      'an app without a service',
      {
        'cdk.json': '{ "app": "node app.js" }',
        'app.js': `const c = require(${JSON.stringify(require.resolve('aws-cdk-lib'))}); new c.Stack(new c.App(), 'A');`,
      },
      /the CDK app has no ECS service \(stacks: A\): add a BlueGreenService/,
    ],
  ])(
    '%s',
    async (_name, files, message) => {
      const folder = temporaryDirectory('init-wrong');
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      const { exitCode, stderr } = await runCli(['rehearse', '--init'], { cwd: folder });
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^(… .*\n)*greenlight: /);
      expect(exitCode).toBe(2);
      expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
      if (files['rehearsal.yaml']) expect(readFileSync(join(folder, 'rehearsal.yaml'), 'utf8')).toBe('mine');
    },
    120_000,
  );
});

test('rehearse without a file offers --init; with one, but without an app, it says so', async () => {
  const folder = temporaryDirectory('no-file');
  const none = await runCli(['rehearse'], { cwd: folder });
  expect(none).toMatchObject({ exitCode: 2, stdout: '' });
  expect(none.stderr).toContain(
    'greenlight: rehearsal.yaml: there is no such file; `greenlight rehearse --init` writes one',
  );
  writeFileSync(join(folder, 'rehearsal.yaml'), 'version: 1\nreleases: [{ name: v1, expect: created }]\n');
  const noApp = await runCli(['rehearse', '--json'], { cwd: folder });
  expect(noApp.exitCode).toBe(2);
  expect(JSON.parse(noApp.stdout)).toMatchObject({ error: { exitCode: 2 } });
  expect(existsSync(join(folder, 'cdk.json'))).toBe(false);
}, 60_000);
