import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { processMark } from '../../rehearsal/core/processes/marked-processes';
import { sampleProject } from '../support/app';
import { Cli, ROOT } from '../support/cli';
import { until } from '../support/until';

const args = ['rehearse', '--json', '--release', 'v2', '--file'];
const file = join(sampleProject(), 'rehearsal.yaml');

/** Into the middle of a release: CDK CLI, both sides' tasks, functions and load are there. */
async function midRelease(): Promise<Cli> {
  const cli = new Cli([...args, file]);
  await cli.printed(/ AllowTraffic InProgress/);
  const commands = () => cli.processes().map(({ command }) => command);
  await until('the CDK CLI, tasks and functions', () =>
    [/aws-cdk.*deploy/, /server\.js/, /lambda-runtime/].every((kind) =>
      commands().some((command) => kind.test(command)),
    ),
  );
  return cli;
}

/** As soon as the CDK app is being synthesized: this time the app itself in any case. */
async function inSynthesis(): Promise<Cli> {
  const cli = new Cli([...args, join(ROOT, 'rehearsal.yaml')]);
  await until('the CDK app', () => cli.processes().some(({ command }) => /bin\/app\.ts/.test(command)));
  return cli;
}

const atStart = async () => {
  const cli = new Cli([...args, file]);
  await cli.printed(/Local AWS at/);
  return cli;
};

const gone = (cli: Cli) =>
  until('its processes to end', () => cli.processes().length === 0, { state: () => JSON.stringify(cli.processes()) });

test.each([
  ['SIGINT', 'in a release', midRelease],
  ['SIGTERM', 'in synthesis', inSynthesis],
  ['SIGHUP', 'at the start', atStart],
] as const)(
  '%s %s ends everything: exit code 130, nothing left',
  async (name, _when, reach) => {
    const cli = await reach();
    cli.signal(name);
    const { exitCode, signal, stderr } = await cli.ended;
    expect({ exitCode, signal }).toEqual({ exitCode: 130, signal: null });
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('greenlight: interrupted');
    expect(cli.files()).toEqual([]);
    await gone(cli);
  },
  600_000,
);

test('a second Ctrl-C ends it at once, and nothing is left', async () => {
  const cli = await midRelease();
  cli.signal('SIGINT');
  cli.signal('SIGINT');
  expect(await cli.ended).toMatchObject({ exitCode: 130, signal: null });
  expect(cli.files()).toEqual([]);
  await gone(cli);
}, 600_000);

test('what a killed rehearsal left is gone once the next one has started', async () => {
  const cli = await midRelease();
  const [directory = ''] = cli.files().filter((name) => /^greenlight-run-[^/]+$/.test(name));
  // As a task may start one: in a session of its own, out of reach of every process group.
  const env = { ...processMark(join(cli.temporary, directory)) };
  const escaped = spawn('/bin/sleep', ['600'], { env, detached: true, stdio: 'ignore' });
  const isEscaped = ({ pid }: { readonly pid: number }) => pid === escaped.pid;
  cli.signal('SIGKILL');
  expect(await cli.ended).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  await until('all but the escaped process to end', () => cli.processes().every(isEscaped), {
    state: () => JSON.stringify(cli.processes()),
  });
  expect(cli.files()).toContain(directory);
  const next = new Cli([...args, file], { environment: { TMPDIR: cli.temporary } });
  await next.printed(/Local AWS at/);
  next.signal('SIGINT');
  await next.ended;
  expect(cli.files()).toEqual([]);
  await until('the escaped process to end', () => escaped.signalCode === 'SIGKILL');
}, 600_000);
