import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CodeDeployClient,
  type CodeDeployClientConfig,
  GetDeploymentCommand,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import type { RehearsalReport } from '../rehearsal/runner/report/document';
import { ROOT } from './support/cli';
import { createProject, freePort, NOT_RUN, terminal } from './support/commands';
import { blocksOf, commandsOf, markdownIn } from './support/pages';
import { temporaryDirectory } from './support/temporary';
import { until } from './support/until';

/**
 * Runs every command that a page shows in a fenced block: in a project with the package, and against a rehearsed account
 * where it talks to AWS. Those of README.md are run by test/stranger, in fresh clones.
 */
const pages = [...markdownIn('docs'), ...markdownIn('examples'), 'CONTRIBUTING.md'];
const commands = pages.flatMap(blocksOf).flatMap(commandsOf);

const ran = new Set<string>();

interface Run {
  /** What replaces the placeholders of the page: its text, and what it is here. */
  readonly values?: Readonly<Record<string, string>>;
  /** Files that the terminal has sourced before. */
  readonly sourced?: readonly string[];
  /** Default: the project. */
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

interface End {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly output: string;
}

let project: string;
let programs: string;

beforeAll(() => {
  ({ project, programs } = createProject());
});

function script(command: string, { values = {}, sourced = [] }: Run): string {
  if (!commands.includes(command)) throw new Error(`no page shows this command: ${command}`);
  const line = Object.entries(values).reduce((text, [placeholder, value]) => {
    if (!text.includes(placeholder)) throw new Error(`${command} does not have ${placeholder}`);
    return text.replaceAll(placeholder, value);
  }, command);
  return [...sourced.map((file) => `source ${file}`), line].join('\n');
}

function start(command: string, run: Run = {}) {
  const env = { ...terminal(programs), ...run.environment };
  const child = spawn('bash', ['-c', script(command, run)], {
    cwd: run.cwd ?? project,
    env,
    // A group of its own, which Ctrl-C in its terminal would go to.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += String(chunk);
    output += String(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => void (output += String(chunk)));
  const ended = new Promise<End>((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, stdout, output }));
  });
  return { end: () => end(child, ended), ended, output: () => output };
}

/** As Ctrl-C does. */
async function end({ pid, exitCode }: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (pid && exitCode === null) process.kill(-pid, 'SIGINT');
  await ended;
}

/** A command as a page shows it, which must succeed. @throws Error with all that it printed */
async function run(command: string, options: Run = {}): Promise<End> {
  const end = await start(command, options).ended;
  if (end.exitCode !== 0) throw new Error(`${command} ended with ${end.exitCode}:\n${end.output}`);
  ran.add(command);
  return end;
}

describe('on a laptop', () => {
  test('the sample service starts as its README says, and the first smoke suite passes on it', async () => {
    const port = String(await freePort());
    const environment = { PORT: port, HOST: '127.0.0.1' };
    const command = 'node src/server.js';
    const service = start(command, { cwd: join(ROOT, 'examples/service'), environment });
    try {
      await until('the service to listen', () => service.output().includes('"listening"'), { state: service.output });
      ran.add(command);
      await run('npx greenlight smoke --init');
      const smoke = 'npx greenlight smoke smoke.yaml --target http://127.0.0.1:8080';
      const { output } = await run(smoke, { values: { '8080': port } });
      expect(output).toMatch(/health/);
      const suite = 'node_modules/cdk-greenlight/examples/suites/orders.yaml';
      const withVariable = `npx greenlight smoke ${suite} --target http://127.0.0.1:8080 --var version=dev`;
      await run(withVariable, { values: { '8080': port } });
    } finally {
      await service.end();
    }
  }, 120_000);

  test('a position in a bundle is a line of its source', async () => {
    const command = commands.find((each) => each.startsWith('node -p ')) ?? '';
    const { stdout } = await run(command);
    expect(stdout).toMatch(/originalSource: '[^']+\.(ts|js)'/);
    expect(stdout).toMatch(/originalLine: \d+/);
  }, 60_000);

  test('rehearse --init writes a file for the app in the folder', async () => {
    await run('npx greenlight rehearse --init');
    expect(readFileSync(join(project, 'rehearsal.yaml'), 'utf8')).toMatch(/^version: 1$/m);
  }, 180_000);
});

describe('rehearsals of a small app', () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryDirectory('small');
    const lib = JSON.stringify(require.resolve('aws-cdk-lib').replace(/index\.js$/, ''));
    const app = `
const { App, Stack } = require(${lib});
const { Topic } = require(${lib} + 'aws-sns');
const app = new App();
new Topic(new Stack(app, 'Small'), 'Topic', { displayName: app.node.tryGetContext('version') });`;
    const release = (name: string, expect: string) =>
      `  - { name: ${name}, context: { version: ${name} }, expect: ${expect} }`;
    const releases = [release('v1', 'created'), release('v2', 'updated'), release('v3', 'updated')].join('\n');
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'app.js'), app);
    writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: `"${process.execPath}" app.js` }));
    writeFileSync(join(folder, 'rehearsal.yaml'), `version: 1\nspeed: 300\nreleases:\n${releases}\n`);
  });

  test('all of its releases, the first and one, and a report in a file', async () => {
    const all = await run('npx greenlight rehearse', { cwd: folder });
    expect(all.output).toContain('All 3 releases ended as expected.');
    const one = await run('npx greenlight rehearse --release v3', { cwd: folder });
    expect(one.output).toContain('All 2 releases ended as expected.');
    await run('npx greenlight rehearse --json > report.json', { cwd: folder });
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as RehearsalReport;
    expect(report.releases.map(({ name }) => name)).toEqual(['v1', 'v2', 'v3']);
  }, 300_000);
});

describe('in a second terminal, next to a rehearsal with --keep', () => {
  const source = (name: string) =>
    commands.find((each) => each.startsWith('source ') && each.endsWith(`/${name}`)) ?? '';
  let rehearsal: ReturnType<typeof start>;
  let deployer: string;
  let administrator: string;
  let settings: CodeDeployClientConfig;
  let codedeploy: CodeDeployClient;

  beforeAll(async () => {
    const file = `version: 1
speed: 100
releases:
  - { name: v1, context: { version: v1 }, expect: created }
  - { name: v2, context: { version: v2, environment: { FAULT_BROKEN_ROUTE: /orders } }, expect: rolled-back }
`;
    writeFileSync(join(project, 'rehearsal.yaml'), file);
    const command = 'npx greenlight rehearse --keep';
    rehearsal = start(command);
    await until('the rehearsal to be kept', () => rehearsal.output().includes('Ctrl-C ends it.'), {
      limitMs: 240_000,
      state: rehearsal.output,
    });
    ran.add(command);
    const files = [...rehearsal.output().matchAll(/^ {2}source (.*\.sh)$/gm)].map(([, path = '']) => path);
    [deployer = '', administrator = ''] = files;
    const printed = [...rehearsal.output().matchAll(/^ {2}export (\w+)=(.+)$/gm)];
    const variables = Object.fromEntries(printed.map(([, name = '', value = '']) => [name, value]));
    settings = {
      endpoint: variables['AWS_ENDPOINT_URL'],
      region: variables['AWS_REGION'],
      credentials: {
        accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
      },
    };
    codedeploy = new CodeDeployClient(settings);
  }, 300_000);

  afterAll(async () => {
    await rehearsal?.end();
  }, 60_000);

  /** The deployment that waits for a person. */
  const waiting = () =>
    until(
      'a deployment to wait for approval',
      async () => {
        const input = { includeOnlyStatuses: ['Ready' as const] };
        return (await codedeploy.send(new ListDeploymentsCommand(input))).deployments?.[0];
      },
      { limitMs: 120_000, state: rehearsal.output },
    );

  const deploy = 'npx cdk deploy -c version=2.0.1 -c greenlight:breakGlass="fix for the failing orders"';

  test('the files are those that a shell sources', async () => {
    const folder = dirname(deployer);
    for (const name of ['env.sh', 'env-administrator.sh']) {
      await run(source(name), { values: { '/tmp/greenlight-k3Wq9Z': folder } });
    }
  });

  test('the failed verdict is found in the logs', async () => {
    const { logGroups = [] } = await new CloudWatchLogsClient(settings).send(new DescribeLogGroupsCommand({}));
    const group = logGroups.find(({ logGroupName }) => logGroupName?.includes('Gate'))?.logGroupName ?? '';
    const command = commands.find((each) => each.startsWith('aws logs filter-log-events ')) ?? '';
    const { stdout } = await run(command, { sourced: [administrator], values: { '<group>': group } });
    const { events } = JSON.parse(stdout) as { events: { message: string }[] };
    expect(events.map(({ message }) => (JSON.parse(message) as { outcome: string }).outcome)).toEqual(['Failed']);
  }, 60_000);

  test.each([
    ['npx greenlight status', {}, 'Web'],
    ['npx greenlight status web', {}, 'Web'],
    ['npx greenlight status --stack Shop', { Shop: 'Greenlight' }, 'Web'],
    ['npx greenlight why web', {}, 'check "orders" failed: status was 500'],
  ])(
    '%s shows the release that was rolled back',
    async (command, values, shown) => {
      const { exitCode, output } = await start(command, { sourced: [administrator], values }).ended;
      // 1: something is wrong; of the status it depends on the alarms, of which one may still fire.
      expect(output).toContain(shown);
      expect(command.includes('why') ? [1] : [0, 1]).toContain(exitCode);
      ran.add(command);
    },
    60_000,
  );

  test('a break-glass release goes out once a person says so', async () => {
    const deployed = run(deploy, { sourced: [deployer] });
    const id = await Promise.race([waiting(), deployed.then(() => 'ended')]);
    const values = { 'd-A1B2C3111': id };
    await run('aws deploy continue-deployment --deployment-id d-A1B2C3111 --deployment-wait-type READY_WAIT', {
      sourced: [administrator],
      values,
    });
    expect((await deployed).output).toMatch(/✅ +Greenlight/);
    const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId: id }));
    expect(deploymentInfo).toMatchObject({ status: 'Succeeded' });
    expect(deploymentInfo?.description).toContain('fix for the failing orders');
  }, 240_000);

  test('a release that a person says no to is rolled back', async () => {
    const values = { '2.0.1': '2.0.2' };
    const deployed = start(deploy, { sourced: [deployer], values }).ended;
    const id = await Promise.race([waiting(), deployed.then(({ output }) => output)]);
    const stop = 'aws deploy stop-deployment --deployment-id d-A1B2C3111 --auto-rollback-enabled';
    await run(stop, { sourced: [administrator], values: { 'd-A1B2C3111': id } });
    const { exitCode, output } = await deployed;
    expect(exitCode).toBe(1);
    expect(output).toContain('production is back on the old version');
  }, 240_000);

  test("the sample's image is built by docker's command", async () => {
    await run('docker build -t orders .', { sourced: [administrator], cwd: join(ROOT, 'examples/service') });
  }, 60_000);
});

test('the recorder says what it does', async () => {
  const { output } = await run('npm run record -- --help', { cwd: ROOT });
  expect(output).toContain('Without --account no credentials are read and nothing is sent to AWS.');
}, 60_000);

test('a machine without the AWS CLI runs the same operations by name, and no others', () => {
  const aws = (...words: string[]) =>
    spawnSync(process.execPath, [join(ROOT, 'test/support/aws-command.cjs'), ...words], { encoding: 'utf8' }).stderr;
  expect(aws('deploy', 'continue-deployments')).toContain("invalid choice: 'continue-deployments'");
  expect(aws('deploy', 'stop-deployment', '--auto-rollback')).toContain('Unknown options: --auto-rollback');
});

test('every command of the pages is run above, or said why not', () => {
  expect(commands.length).toBeGreaterThan(15);
  expect(commands.filter((command) => !ran.has(command) && !(command in NOT_RUN))).toEqual([]);
  expect(Object.keys(NOT_RUN).filter((command) => !commands.includes(command) || ran.has(command))).toEqual([]);
});

test('every fenced block says its language, so that no command is taken for something else', () => {
  const unnamed = ['README.md', ...pages].flatMap(blocksOf).filter(({ language }) => language === '');
  expect(unnamed.map(({ page, code }) => `${page}: ${code.split('\n')[0] ?? ''}`)).toEqual([]);
});
