import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RehearsalReport } from '../../rehearsal/runner/report/document';
import { Cli, type CliEnd, ROOT, runCli } from '../support/cli';
import { temporaryDirectory } from '../support/temporary';

const shipped = join(ROOT, 'rehearsal.yaml');

/** Runs it to its end and holds that nothing stays behind, whatever became of it. */
async function rehearse(args: readonly string[], cwd?: string): Promise<CliEnd> {
  const cli = new Cli(['rehearse', ...args], cwd === undefined ? {} : { cwd });
  const end = await cli.ended;
  expect({ processes: cli.processes(), files: cli.files() }).toEqual({ processes: [], files: [] });
  return end;
}

test('--help teaches: what it does, each option, examples, exit codes', async () => {
  const { exitCode, stdout, stderr } = await runCli(['rehearse', '--help']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  for (const option of ['--file', '--speed', '--rate', '--release', '--json', '--keep', '--verbose']) {
    expect(stdout).toMatch(new RegExp(`${option}\\b.{5,}`));
  }
  expect(stdout).toMatch(/no account, no\s+Docker/);
  expect(stdout).toMatch(/Examples:\n {2}greenlight rehearse /);
  expect(stdout).toMatch(/Exit codes: 0 .*, 1 .*, 2 /);
}, 60_000);

/** One message on standard error, nothing on standard output, nothing started. */
describe('a problem on the command line', () => {
  test.each([
    ['an unknown option', ['--fast'], "greenlight: unknown option '--fast'"],
    [
      'a speed that is none',
      ['--speed', 'fast'],
      "greenlight: option '--speed <factor>' argument 'fast' is invalid. Give a number from 1 to 600.",
    ],
    [
      'a speed out of range',
      ['--speed', '601'],
      "greenlight: option '--speed <factor>' argument '601' is invalid. Give a number from 1 to 600.",
    ],
    [
      'a rate out of range',
      ['--rate', '-1'],
      "greenlight: option '--rate <requests>' argument '-1' is invalid. Give a number from 0 to 50.",
    ],
    [
      'no file',
      ['--file', 'no.yaml'],
      'greenlight: no.yaml: there is no such file; `greenlight rehearse --init` writes one for the CDK app in this folder, ' +
        '--file names another',
    ],
    [
      'a release that the file has not',
      ['--file', shipped, '--release', 'v9'],
      'greenlight: release "v9" is not in the plan; it has v1, v2, v3, v4, v5',
    ],
    ['a stray word', ['v3'], "greenlight: too many arguments for 'rehearse'. Expected 0 arguments but got 1."],
  ])(
    '%s',
    async (_name, args, message) => {
      expect(await rehearse(args)).toEqual({ exitCode: 2, signal: null, stdout: '', stderr: `${message}\n` });
    },
    60_000,
  );
});

test('all problems in the file are reported together, each with its place and remedy', async () => {
  const folder = temporaryDirectory('plan');
  const file = join(folder, 'rehearsal.yaml');
  const lines = [
    'version: 1',
    'stack: Shop',
    'traffic: { rate: 80, paths: [orders] }',
    'releases:',
    '  - { name: v1, expect: created }',
    '  - { name: v1, expect: perfect, colour: blue }',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { exitCode, stdout, stderr } = await rehearse(['--file', file]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  const problems = stderr
    .trimEnd()
    .split('\n')
    .map((line) => line.replace('greenlight: ', '').replace(file, 'FILE'));
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^FILE:3:18: traffic\.rate is 80: .*50/),
      expect.stringMatching(/^FILE:3:30: traffic\.paths\[0\] is "orders": /),
      expect.stringMatching(/^FILE:6:25: releases\[1\]\.expect is "perfect": .*created.*rolled-back/),
      expect.stringMatching(/^FILE:6:34: releases\[1\]\.colour is "blue": unknown field; use name, /),
    ]),
  );
}, 60_000);

test('YAML that cannot be read is reported with its place', async () => {
  const file = join(temporaryDirectory('plan'), 'rehearsal.yaml');
  writeFileSync(file, 'version: 1\nstack: [Shop\nreleases: []\n');
  const { exitCode, stdout, stderr } = await rehearse(['--file', file]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^greenlight: ${file}:[23]:\\d+: \\S`));
}, 60_000);

describe('a CDK app that fails ends the rehearsal with its own error and code 2, before anything is started', () => {
  function appFolder(stack: string, more = ''): string {
    const folder = temporaryDirectory('app');
    const library = JSON.stringify(require.resolve('aws-cdk-lib'));
    const app = `const { App, Stack } = require(${library});\nnew Stack(new App(), 'Shop');\n${more}\n`;
    writeFileSync(join(folder, 'app.js'), app);
    const plan = { version: 1, app: 'node app.js', stack, releases: [{ name: 'v1', expect: 'created' }] };
    writeFileSync(join(folder, 'rehearsal.yaml'), JSON.stringify(plan));
    return folder;
  }

  test('when it throws', async () => {
    const folder = appFolder('Shop', `throw new Error('the cupboard is bare');`);
    const { exitCode, stdout, stderr } = await rehearse(['--json'], folder);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/greenlight: the CDK app does not synthesize:\n[\s\S]*Error: the cupboard is bare/);
    const { error } = JSON.parse(stdout) as { error: { message: string; exitCode: number } };
    expect(error).toMatchObject({ exitCode: 2 });
    expect(error.message).toContain('the cupboard is bare');
  }, 90_000);

  test('when it has no such stack', async () => {
    const { exitCode, stdout, stderr } = await rehearse(['--json'], appFolder('Shoq'));
    expect(exitCode).toBe(2);
    const text = 'the CDK app has no stack "Shoq": set stack in the rehearsal file to one that it has: Shop.';
    expect(stderr).toContain(`greenlight: ${text} Did you mean "Shop"?\n`);
    expect(JSON.parse(stdout)).toEqual({ error: { message: `${text} Did you mean "Shop"?`, exitCode: 2 } });
  }, 90_000);

  test('when its command does not exist', async () => {
    const folder = temporaryDirectory('app');
    const plan = { version: 1, app: 'node nowhere.js', stack: 'Shop', releases: [{ name: 'v1', expect: 'created' }] };
    writeFileSync(join(folder, 'rehearsal.yaml'), JSON.stringify(plan));
    const { exitCode, stderr } = await rehearse([], folder);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Cannot find module '.*nowhere\.js'/);
  }, 90_000);

  test("when bin/app.ts refuses its context, in the app's words", async () => {
    const folder = temporaryDirectory('app');
    const app = `node --require ${require.resolve('tsx/cjs')} ${join(ROOT, 'bin', 'app.ts')}`;
    const release = { name: 'v1', context: { shift: 'canary:0:5' }, expect: 'created' };
    writeFileSync(
      join(folder, 'rehearsal.yaml'),
      JSON.stringify({ version: 1, app, stack: 'Greenlight', releases: [release] }),
    );
    const { exitCode, stderr } = await rehearse([], folder);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'Error: context shift "canary:0:5": must be all-at-once, canary:<percent>:<minutes> or linear:<percent>:<minutes>, ' +
        'percent from 1 to 99 and at least 1 minute: canary:10:5',
    );
  }, 90_000);
});

test('a fault of the rehearsal itself is in the report, with code 3, and the releases continue', async () => {
  const directory = temporaryDirectory('fault');
  const lib = JSON.stringify(require.resolve('aws-cdk-lib').replace(/index\.js$/, ''));
  const app = `const { App, Stack } = require(${lib});
    const { Topic } = require(${lib} + 'aws-sns');
    new Topic(new Stack(new App(), 'Small'), 'Topic');`;
  writeFileSync(join(directory, 'app.js'), app);
  writeFileSync(
    join(directory, 'rehearsal.yaml'),
    'version: 1\napp: node app.js\nreleases: [{ name: v1, expect: created }]\n',
  );
  // Something of the rehearsal's own throws where nobody waits for it, as soon as there is a local AWS.
  const fault = `const { write } = process.stderr;
    process.stderr.write = function (text, ...rest) {
      if (/Local AWS at/.test(text)) setImmediate(() => { throw new Error('a fault of its own'); });
      return write.call(this, text, ...rest);
    };`;
  writeFileSync(join(directory, 'fault.cjs'), fault);
  const environment = { NODE_OPTIONS: `--require ${join(directory, 'fault.cjs')}` };
  const { exitCode, stdout } = await runCli(['rehearse', '--json'], { cwd: directory, environment });
  const { releases, faults } = JSON.parse(stdout) as RehearsalReport;
  expect(releases).toMatchObject([{ name: 'v1', outcome: 'created', asExpected: true }]);
  expect(faults).toEqual([{ release: 'v1', message: 'a fault of its own' }]);
  expect(exitCode).toBe(3);
}, 120_000);
