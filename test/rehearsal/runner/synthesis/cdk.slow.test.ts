import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCdk } from '../../../../rehearsal/runner/synthesis/cdk';
import { type LocalAws, startLocalAws } from '../../../../rehearsal/local-aws';
import { INTERNAL } from '../../../../rehearsal/core/service';
import { isAlive } from '../../../support/processes';
import { eventually } from '../../../support/until';

const library = JSON.stringify(require.resolve('aws-cdk-lib'));
const app = `
const { App, Stack, CfnOutput, aws_ecr_assets, aws_iam, aws_s3_assets, aws_ssm } = require(${library});
const stack = new Stack(new App(), 'Try');
const image = new aws_ecr_assets.DockerImageAsset(stack, 'Image', { directory: 'service' });
const file = new aws_s3_assets.Asset(stack, 'File', { path: 'big' });
const role = new aws_iam.Role(stack, 'Role', { assumedBy: new aws_iam.ServicePrincipal('lambda.amazonaws.com') });
file.grantRead(role);
new aws_ssm.StringParameter(stack, 'Parameter', { parameterName: '/try', stringValue: 'x' });
new CfnOutput(stack, 'ImageUri', { value: image.imageUri });
new CfnOutput(stack, 'Key', { value: file.s3ObjectKey });
new CfnOutput(stack, 'Bucket', { value: file.s3BucketName });
new CfnOutput(stack, 'RoleArn', { value: role.roleArn });
`;

describe('the real CDK CLI', () => {
  let aws: LocalAws;
  let directory: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'greenlight-cdk-'));
    writeFileSync(join(directory, 'app.js'), app);
    // Larger than the part size of a multipart upload, and not compressible.
    const big = Buffer.from(Array.from({ length: 6_000_000 }, (_, index) => (index * 2654435761) >>> 24));
    mkdirSync(join(directory, 'service'));
    writeFileSync(join(directory, 'big'), big);
    writeFileSync(
      join(directory, 'service', 'Dockerfile'),
      'FROM node\nWORKDIR /app\nCOPY s.js .\nCMD ["node", "s.js"]\n',
    );
    writeFileSync(join(directory, 'service', 's.js'), '');
    aws = await startLocalAws({ speed: 60 });
  });
  afterAll(async () => {
    await aws.stop();
    rmSync(directory, { recursive: true });
  });

  const deploy = (...args: string[]) =>
    runCdk(
      ['deploy', 'Try', '--app', 'node app.js', '--output', join(directory, 'cdk.out'), ...args],
      aws.deployerEnvironment(),
      {
        cwd: directory,
      },
    );

  test('deploys files, an image, roles and parameters with no call denied or unknown', async () => {
    const { exitCode, output } = await deploy();
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    const { Stacks } = await aws.world.call<{ Stacks: { Outputs: { OutputKey: string; OutputValue: string }[] }[] }>(
      INTERNAL,
      'cloudformation',
      'DescribeStacks',
      { StackName: 'Try' },
    );
    const outputs = Object.fromEntries(
      Stacks[0]!.Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    expect(aws.services.s3.getObject(outputs['Bucket']!, outputs['Key']!)).toEqual(
      readFileSync(join(directory, 'big')),
    );
    const image = aws.services.ecr.images.find(outputs['ImageUri']!);
    expect(image?.built?.command).toEqual(['node', 's.js']);
    expect(existsSync(join(image!.built!.directory, 's.js'))).toBe(true);
    const read = { action: 's3:GetObject', resource: `arn:aws:s3:::${outputs['Bucket']}/${outputs['Key']}` };
    const principal = aws.world.principalOf(outputs['RoleArn']!, 'test');
    expect(aws.services.iam.authority.decide({ principal, ...read }).result).toBe('allowed');
    expect(aws.services.iam.authority.decide({ principal, ...read, action: 's3:PutObject' }).result).toBe(
      'implicitDeny',
    );
    const trouble = aws.events.all().filter(({ event }) => ['denied', 'unknown-operation', 'fault'].includes(event));
    expect(trouble).toEqual([]);
  }, 60_000);

  test('an app that does not synthesize ends with its own error', async () => {
    const { exitCode, output } = await runCdk(
      ['deploy', '--app', 'node -e "throw new Error(\'own error\')"'],
      aws.deployerEnvironment(),
      {
        cwd: directory,
      },
    );
    expect(exitCode).toBe(1);
    expect(output).toContain('own error');
  }, 60_000);

  test('an abort ends the CLI and the app that it started', async () => {
    const abort = new AbortController();
    const pidFile = join(directory, 'pid');
    const program = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`;
    writeFileSync(join(directory, 'hang.js'), program);
    const running = runCdk(['deploy', '--app', 'node hang.js'], aws.deployerEnvironment(), {
      cwd: directory,
      signal: abort.signal,
    });
    await eventually(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
    abort.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await eventually(() => !isAlive(pid));
  }, 60_000);
});

test('stop leaves no port and no directory', async () => {
  const aws = await startLocalAws({ speed: 60 });
  await aws.stop();
  await aws.stop();
  expect(existsSync(aws.world.directory)).toBe(false);
  await expect(fetch(aws.endpoint)).rejects.toThrow('fetch failed');
});
