import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetBucketLocationCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type LocalAws, startLocalAws } from '../../../rehearsal/local-aws';
import { INTERNAL } from '../../../rehearsal/core/service';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 60 });
});
afterAll(() => aws.stop());

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function deployer(): Keys {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = aws.deployerEnvironment();
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
}

const client = (region: string, credentials: Keys) => ({ region, credentials, endpoint: aws.endpoint, maxAttempts: 1 });

async function assume(roleArn: string, region: string): Promise<Keys> {
  const sts = new STSClient(client(region, deployer()));
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'deploy' }));
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken,
  };
}

const role = (name: string, accountId: string, region: string, { partition = 'aws', qualifier = 'hnb659fds' } = {}) =>
  `arn:${partition}:iam::${accountId}:role/cdk-${qualifier}-${name}-${accountId}-${region}`;

describe("the roles of cdk bootstrap are there for each stack's environment", () => {
  test.each([
    ['222222222222', 'eu-west-1', {}],
    ['111111111111', 'ap-southeast-2', {}],
    ['222222222222', 'eu-west-1', { qualifier: 'team1' }],
    ['333333333333', 'cn-north-1', { partition: 'aws-cn' }],
    ['333333333333', 'us-gov-west-1', { partition: 'aws-us-gov' }],
  ])('%s in %s %j', async (accountId, region, options) => {
    const { partition = 'aws', qualifier = 'hnb659fds' } = options as { partition?: string; qualifier?: string };
    const keys = await assume(role('deploy-role', accountId, region, options), region);
    const caller = await new STSClient(client(region, keys)).send(new GetCallerIdentityCommand({}));
    expect(caller).toMatchObject({
      Account: accountId,
      Arn: expect.stringContaining(`arn:${partition}:sts::`) as string,
    });
    const version = await new SSMClient(client(region, keys)).send(
      new GetParameterCommand({ Name: `/cdk-bootstrap/${qualifier}/version` }),
    );
    expect(version.Parameter).toMatchObject({
      Value: '33',
      ARN: `arn:${partition}:ssm:${region}:${accountId}:parameter/cdk-bootstrap/${qualifier}/version`,
    });
    const publisher = await assume(role('file-publishing-role', accountId, region, options), region);
    const s3 = new S3Client({ ...client(region, publisher), forcePathStyle: true });
    const Bucket = `cdk-${qualifier}-assets-${accountId}-${region}`;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'asset', Body: 'x' }));
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe(region);
  });
});

test('a region of the same account has resources of its own, and the roles of the account', async () => {
  const put = { Name: '/shared', Value: 'here', Type: 'String' as const };
  const { AWS_ACCESS_KEY_ID } = aws.deployerEnvironment();
  expect(AWS_ACCESS_KEY_ID).toBeDefined();
  const ireland = aws.worldOf({ region: 'eu-west-1' });
  await ireland.world.call(INTERNAL, 'ssm', 'PutParameter', put);
  const read = (region: string) =>
    new SSMClient(client(region, deployer())).send(new GetParameterCommand({ Name: '/shared' }));
  expect((await read('eu-west-1')).Parameter?.Value).toBe('here');
  await expect(read('us-east-1')).rejects.toThrow('Parameter /shared not found.');
  aws.services.iam.addRole({ name: 'both', trust: { Statement: [] } });
  const { Role } = await ireland.world.call<{ Role: object }>(INTERNAL, 'iam', 'GetRole', { RoleName: 'both' });
  expect(Role).toMatchObject({ Arn: 'arn:aws:iam::111111111111:role/both' });
});

test('a role of another account that nobody bootstrapped cannot be assumed', async () => {
  const { services } = aws.worldOf({ accountId: '444444444444', region: 'us-east-1' });
  const trust = {
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '111111111111' } }],
  };
  const own = services.iam.addRole({ name: 'operator', trust });
  await expect(assume(own, 'us-east-1')).rejects.toThrow('is not authorized to perform: sts:AssumeRole');
  await expect(assume('arn:aws:iam::555555555555:role/none', 'us-east-1')).rejects.toThrow('is not authorized');
});

test('a condition on the region is judged by the region of the call', async () => {
  const europe = {
    Statement: [
      {
        Effect: 'Allow',
        Action: 'ssm:PutParameter',
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
      },
    ],
  };
  const { credentials } = aws.services.iam.addUser({ name: 'european', inline: { europe } });
  const keys = { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey };
  const put = (region: string) =>
    new SSMClient(client(region, keys)).send(new PutParameterCommand({ Name: `/in`, Value: 'x', Type: 'String' }));
  await put('eu-west-1');
  await expect(put('us-east-1')).rejects.toThrow('is not authorized to perform: ssm:PutParameter');
});

test('functions of the same name in two regions connect from their own security groups', async () => {
  const request = (properties: object) => ({
    ...{ stackName: 'S', stackId: 'arn', logicalId: 'F', signal: new AbortController().signal, properties },
  });
  const Code = { ZipFile: 'exports.handler = async () => process.env.AWS_REGION' };
  const role = 'arn:aws:iam::111111111111:role/f';
  const made = { FunctionName: 'twin', Runtime: 'nodejs22.x', Handler: 'index.handler', Role: role, Code };
  for (const region of ['us-east-1', 'eu-west-1']) {
    const { services } = aws.worldOf({ region });
    const VpcConfig = { SecurityGroupIds: [`sg-${region}`] };
    await services.lambda.resourceTypes?.['AWS::Lambda::Function']?.create(request({ ...made, VpcConfig }));
    const { Configuration } = await new LambdaClient(client(region, deployer())).send(
      new GetFunctionCommand({ FunctionName: 'twin' }),
    );
    const functionArn = Configuration?.FunctionArn ?? '';
    expect(functionArn).toContain(`:${region}:`);
    expect(aws.network.sourceOf(functionArn)).toEqual({ securityGroupIds: [`sg-${region}`] });
  }
});
