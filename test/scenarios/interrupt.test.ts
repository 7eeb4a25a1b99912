import { join } from 'node:path';
import { Cli, ROOT } from '../support/cli';
import { until } from '../support/until';

const args = ['rehearse', '--json', '--release', 'v2', '--file', join(ROOT, 'rehearsal.yaml')];

/** Into the middle of a release: CDK CLI, both sides' tasks, functions and load are there. */
async function midRelease(): Promise<Cli> {
  const cli = new Cli(args);
  await cli.printed(/ AllowTraffic InProgress/);
  const commands = () => cli.processes().map(({ command }) => command);
  await until('the CDK CLI, tasks and functions', () =>
    [/aws-cdk.*deploy/, /server\.js/, /lambda-runtime/].every((kind) =>
      commands().some((command) => kind.test(command)),
    ),
  );
  return cli;
}

const gone = (cli: Cli) =>
  until('its processes to end', () => cli.processes().length === 0, { state: () => JSON.stringify(cli.processes()) });

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s in a release ends everything: exit code 130, nothing left',
  async (name) => {
    const cli = await midRelease();
    cli.signal(name);
    const { exitCode, signal, stdout, stderr } = await cli.ended;
    expect({ exitCode, signal, stdout }).toEqual({ exitCode: 130, signal: null, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('greenlight: interrupted');
    expect(cli.files()).toEqual([]);
    await gone(cli);
  },
  240_000,
);

test('a rehearsal that is killed takes its tasks, functions and the CDK CLI along', async () => {
  const cli = await midRelease();
  cli.signal('SIGKILL');
  expect(await cli.ended).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  await gone(cli);
}, 240_000);
