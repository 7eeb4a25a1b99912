import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CodeDeployClient, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, ECSClient, ListClustersCommand, ListServicesCommand } from '@aws-sdk/client-ecs';
import { sampleProject } from '../support/app';
import { Cli, ROOT } from '../support/cli';
import { temporaryDirectory } from '../support/temporary';
import { until } from '../support/until';

/** A person at a terminal: the first release and v2 as text, then calls with clients of their own. */
describe('greenlight rehearse --release v2 --keep', () => {
  let cli: Cli;
  let environment: Record<string, string>;
  let production: string;

  beforeAll(async () => {
    cli = new Cli(['rehearse', '--release', 'v2', '--keep', '--file', join(sampleProject(), 'rehearsal.yaml')], {
      limitMs: 900_000,
    });
    await cli.printed(/Ctrl-C ends it\.\n/);
    const printed = [...cli.stdout.matchAll(/^ {2}export (\w+)=(.+)$/gm)];
    environment = Object.fromEntries(printed.map(([, name = '', value = '']) => [name, value]));
    production = /^Production: (http:.+)$/m.exec(cli.stdout)?.[1] ?? '';
  }, 600_000);

  test('shows what happens while it happens, in AWS time', () => {
    const lines = cli.stdout.split('\n');
    expect(lines[0]).toMatch(/^Local AWS at http:\/\/127\.0\.0\.1:\d+ \(clock speed 100x\)\.$/);
    const live = lines.filter((line) => /^\+\d\d:\d\d:\d\d {2}/.test(line));
    const times = live.map((line) => line.slice(0, 9));
    expect(times).toEqual([...times].sort());
    const shown = live.map((line) => line.slice(11).replace(/\s+/g, ' '));
    expect(shown).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^cdk cdk deploy Greenlight \(v1\): /) as string,
        'cloudformation Greenlight CREATE_COMPLETE',
        expect.stringMatching(/^cdk cdk deploy Greenlight \(v2\): /) as string,
        'codedeploy AfterAllowTestTraffic Succeeded',
        'codedeploy production traffic: blue 90 %, green 10 %',
        'codedeploy production traffic: blue 0 %, green 100 %',
        'cloudformation Greenlight UPDATE_COMPLETE',
      ]),
    );
  });

  test('ends with a table of releases and a verdict', () => {
    const row = (name: string) => new RegExp(`^${name} .*$`, 'm').exec(cli.stdout)?.[0].trim().split(/ {2,}/) ?? [];
    const columns = 'release outcome deployment AWS_time blue green exposed failed lost stack';
    expect(row('release')).toEqual(columns.split(' ').map((title) => title.replace('_', ' ')));
    expect(row('v1')).toMatchObject(
      ['v1', 'created', '-', /./, '0', '0', '0', '0', '0', 'CREATE_COMPLETE'].map(matching),
    );
    const [, outcome, deployment, awsTime, blue, green, exposed, ...rest] = row('v2');
    expect([outcome, ...rest]).toEqual(['succeeded', '0', '0', 'UPDATE_COMPLETE']);
    expect(deployment).toMatch(/^d-[A-Z0-9]{9}$/);
    expect(awsTime).toMatch(/^\d\d:\d\d:\d\d$/);
    expect(exposed).toBe(green);
    expect(Math.min(Number(blue), Number(green))).toBeGreaterThan(0);
    expect(cli.stdout).toContain('\nAll 2 releases ended as expected.\n');
  });

  test('the production URL serves the new version', async () => {
    const response = await fetch(`${production}/version`);
    expect({ status: response.status, body: await response.text() }).toEqual({
      status: 200,
      body: expect.stringContaining('v2') as string,
    });
  });

  test('the printed environment is all that an AWS client needs to see the deployment and its service', async () => {
    expect(Object.keys(environment)).toEqual(
      expect.arrayContaining([
        ...['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
        ...['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'CDK_DOCKER', 'NO_PROXY'],
      ]),
    );
    const deploymentId = /d-[A-Z0-9]{9}/.exec(cli.stdout)?.[0];
    const { deploymentInfo } = await new CodeDeployClient(settings()).send(new GetDeploymentCommand({ deploymentId }));
    expect(deploymentInfo).toMatchObject({ deploymentId, status: 'Succeeded', computePlatform: 'ECS' });
    const ecs = new ECSClient(settings());
    const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
    const [cluster] = clusterArns;
    const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster }));
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }));
    expect(services).toMatchObject([{ status: 'ACTIVE', desiredCount: 2, runningCount: 2 }]);
  });

  /** What the printed environment gives an AWS client. */
  const settings = () => ({
    endpoint: environment.AWS_ENDPOINT_URL,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });

  /** `cdk <args>` in another terminal, which has sourced the file of the deployer and is on its own clock. */
  function terminal(...args: string[]) {
    const [, deployer = ''] = /^ {2}source (.*env\.sh)$/m.exec(cli.stdout) ?? [];
    const home = temporaryDirectory('terminal');
    const program = '. "$1" && shift && exec "$@"';
    const cdk = [process.execPath, 'node_modules/aws-cdk/bin/cdk', ...args, '--output', join(home, 'out')];
    const ran = spawnSync('/bin/sh', ['-c', program, 'sh', deployer, ...cdk], {
      cwd: ROOT,
      encoding: 'utf8',
      // The CDK's built-in validation of the templates is most of what each command would take.
      env: { PATH: process.env['PATH'], HOME: home, AWS_PROFILE: 'of-the-person', CDK_VALIDATION: 'false' },
    });
    return { exitCode: ran.status, output: `${ran.stdout}${ran.stderr}` };
  }

  test('cdk diff from another terminal, on its own clock, sees what was deployed', () => {
    const { exitCode, output } = terminal('diff', 'Greenlight', '-c', 'version=v2', '-c', 'bakeMinutes=5');
    expect(output).toContain('Number of stacks with differences: 0');
    expect(exitCode).toBe(0);
  }, 120_000);

  test('cdk deploy from another terminal ships the next version, and cdk destroy removes the stack, hours of AWS time after the rehearsal', async () => {
    const context = ['-c', 'version=v3', '-c', 'bakeMinutes=5'];
    const deployed = terminal('deploy', 'Greenlight', ...context, '--require-approval', 'never');
    expect(deployed).toMatchObject({ exitCode: 0, output: expect.stringContaining('✅  Greenlight') as string });
    expect(await (await fetch(`${production}/version`)).text()).toContain('v3');
    // At 100 AWS seconds a second the deployment by itself outlasts a session of an hour of AWS time.
    const destroyed = terminal('destroy', 'Greenlight', ...context, '--force');
    expect(destroyed).toMatchObject({ exitCode: 0, output: expect.stringContaining('destroyed') as string });
    const ecs = new ECSClient(settings());
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
    await expect(fetch(production)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  }, 600_000);

  test('Ctrl-C ends it, with the exit code of its releases and nothing left', async () => {
    expect(cli.processes().length).toBeGreaterThan(0);
    cli.signal('SIGINT');
    const { exitCode, stderr } = await cli.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(cli.files()).toEqual([]);
    await until('its processes to end', () => cli.processes().length === 0, {
      state: () => JSON.stringify(cli.processes()),
    });
    await expect(fetch(settings().endpoint ?? '')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

function matching(cell: string | RegExp): unknown {
  return typeof cell === 'string' ? cell : (expect.stringMatching(cell) as unknown);
}
