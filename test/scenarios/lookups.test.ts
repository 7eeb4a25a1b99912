import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../rehearsal/local-aws';
import { parsePlan } from '../../rehearsal/runner/plan/read';
import { runCdk } from '../../rehearsal/runner/synthesis/cdk';
import { INTERNAL } from '../../rehearsal/core/service';
import { seed } from '../../rehearsal/runner/release/seed';
import { SynthesisError } from '../../rehearsal/runner/synthesis/synthesis';
import { temporaryDirectory } from '../support/temporary';

const env = { account: '222222222222', region: 'eu-west-1' };
let aws: LocalAws;
beforeEach(async () => {
  aws = await startLocalAws({ speed: 60 });
});
afterEach(() => aws.stop());

/** An app whose stack looks up a VPC by a tag and a parameter by its name. */
function project(): string {
  const directory = temporaryDirectory('lookup');
  const lib = JSON.stringify(require.resolve('aws-cdk-lib').replace(/index\.js$/, ''));
  const app = `
    const { App, CfnOutput, Stack, Token } = require(${lib});
    const { Vpc } = require(${lib} + 'aws-ec2');
    const { StringParameter } = require(${lib} + 'aws-ssm');
    const stack = new Stack(new App(), 'LookUps', { env: ${JSON.stringify(env)} });
    const vpc = Vpc.fromLookup(stack, 'Vpc', { tags: { Name: 'shared' } });
    const ids = (subnets) => subnets.map(({ subnetId }) => subnetId).join();
    new CfnOutput(stack, 'Public', { value: vpc.vpcId + ' ' + ids(vpc.publicSubnets) });
    new CfnOutput(stack, 'Private', { value: ids(vpc.privateSubnets) });
    new CfnOutput(stack, 'Parameter', { value: StringParameter.valueFromLookup(stack, '/shared/name') });`;
  writeFileSync(join(directory, 'app.js'), app);
  writeFileSync(join(directory, 'cdk.json'), JSON.stringify({ app: `${process.execPath} app.js` }));
  return directory;
}

const file = `version: 1
seed:
  - account: '222222222222'
    region: eu-west-1
    vpcs:
      - id: vpc-0a1b
        tags: { Name: shared }
        subnets:
          - { id: subnet-1, zone: a, cidr: 10.0.0.0/24, type: public }
          - { id: subnet-2, zone: b, cidr: 10.0.1.0/24, type: public }
          - { id: subnet-3, zone: a, cidr: 10.0.2.0/24, type: private }
          - { id: subnet-4, zone: b, cidr: 10.0.3.0/24, type: private }
    parameters: { /shared/name: seeded }
releases: [{ name: v1, expect: created }]
`;

test("lookups get the values of the file's seed, in the stack's environment, and written nowhere in the app", async () => {
  const directory = project();
  const files = readdirSync(directory);
  seed(aws, parsePlan(file, 'rehearsal.yaml').seed, directory);
  const args = ['deploy', 'LookUps', '--output', join(aws.world.directory, 'out')];
  const { exitCode, output } = await runCdk(args, aws.deployerEnvironment(), { cwd: directory });
  if (exitCode !== 0) throw new Error(output);
  const { Stacks } = await aws
    .worldOf({ accountId: env.account, region: env.region })
    .world.call<{ Stacks: { Outputs: { OutputKey: string; OutputValue: string }[] }[] }>(
      ...([INTERNAL, 'cloudformation', 'DescribeStacks', { StackName: 'LookUps' }] as const),
    );
  const outputs = Object.fromEntries((Stacks[0]?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
  expect(outputs).toEqual({
    Public: 'vpc-0a1b subnet-1,subnet-2',
    Private: 'subnet-3,subnet-4',
    Parameter: 'seeded',
  });
  expect(readdirSync(directory)).toEqual(files);
  expect(existsSync(join(aws.world.directory, 'cdk.context.json'))).toBe(true);
}, 120_000);

test('an app that looks up what is not there gets an error with the section to write', async () => {
  const directory = project();
  const args = ['deploy', 'LookUps', '--output', join(aws.world.directory, 'out')];
  const { exitCode, output } = await runCdk(args, aws.deployerEnvironment(), { cwd: directory });
  expect(exitCode).not.toBe(0);
  const { message } = new SynthesisError('cdk deploy failed before it changed anything', exitCode, output);
  expect(message).toContain('seed:\n  - account:');
  expect(new SynthesisError('failed', 1, 'SyntaxError: Unexpected token').message).toBe('failed');
}, 120_000);
