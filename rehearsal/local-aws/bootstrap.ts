import type { EcrService } from '../services/ecr';
import type { IamService } from '../services/iam';
import type { S3Service } from '../services/s3';
import { type Credentials, partitionOf, type World } from '../core/service';
import type { SsmService } from '../services/ssm';

/** CDK's default qualifier. */
const QUALIFIER = 'hnb659fds';

/** Bootstrap version of the template that aws-cdk 2.1148 deploys. */
const BOOTSTRAP_VERSION = '33';

interface Account {
  readonly iam: IamService;
  readonly ssm: SsmService;
  readonly s3: S3Service;
  readonly ecr: EcrService;
}

interface BootstrapOptions {
  /** An account that may assume the roles as well, as with `cdk bootstrap --trust`. */
  readonly trusted: string;
  /** As with `cdk bootstrap --qualifier`. */
  readonly qualifier?: string;
}

type Environment = Pick<World, 'region' | 'accountId'>;

/** The environment and qualifier of a role that `cdk bootstrap` makes; undefined for any other role. */
export function bootstrapOf(roleArn: string): { environment: Environment; qualifier: string } | undefined {
  const [, account, qualifier = '', accountId = '', region = ''] =
    /^arn:[^:]+:iam::(\d{12}):role\/cdk-([a-z0-9]{1,10})-[a-z-]+-role-(\d{12})-([a-z]{2}(?:-[a-z]+)+-\d)$/.exec(
      roleArn,
    ) ?? [];
  return account && account === accountId ? { environment: { accountId, region }, qualifier } : undefined;
}

/**
 * What `cdk bootstrap` leaves in an environment, as the template of the CLI has it
 * (https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html). Done once; a second time changes nothing.
 */
export function bootstrapEnvironment(world: Environment, account: Account, options: BootstrapOptions): void {
  const { iam, ssm, s3, ecr } = account;
  const names = bootstrapNames(world, options.qualifier);
  if (s3.hasBucket(names.bucket)) return;
  ssm.put(names.versionParameter, BOOTSTRAP_VERSION);
  s3.addBucket(names.bucket);
  ecr.addRepository(names.repository);
  const trusted = [...new Set([world.accountId, options.trusted])].map((id) => names.arn('iam', '', 'root', id));
  const byAccount = { Principal: { AWS: trusted }, Condition: noExternalId };
  const byCloudFormation = { Principal: { Service: 'cloudformation.amazonaws.com' } };
  const execution = iam.addRole({
    name: names.role('cfn-exec-role'),
    trust: trust(byCloudFormation),
    managed: [managed('AdministratorAccess')],
  });
  iam.addRole({
    name: names.role('deploy-role'),
    trust: trust(byAccount),
    inline: { default: deployPolicy(names, execution) },
    managed: [managed('AWSCloudFormationReadOnlyAccess')],
  });
  for (const [role, document] of [
    ['file-publishing-role', filePolicy(world, names)],
    ['image-publishing-role', imagePolicy(names)],
  ] as const) {
    const inline = { [names.role(`${role}-default-policy`)]: document };
    iam.addRole({ name: names.role(role), trust: trust(byAccount), inline });
  }
  const secrets = policy({ Effect: 'Deny', Action: ['kms:Decrypt'], Resource: '*', Sid: 'DontReadSecrets' });
  iam.addRole({
    name: names.role('lookup-role'),
    trust: trust(byAccount),
    inline: { LookupRolePolicy: secrets },
    managed: [managed('ReadOnlyAccess')],
  });
}

export interface Deployers {
  /** May assume the roles of `cdk bootstrap` in every account and read everything in the own one. */
  readonly deployer: Credentials;
  /** May do everything in the own account. */
  readonly administrator: Credentials;
}

/** The people of a rehearsal: users of the deployer's account. */
export function addDeployers(iam: IamService): Deployers {
  const assume = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:*:iam::*:role/cdk-*' });
  return {
    deployer: iam.addUser({
      name: 'deployer',
      inline: { 'assume-cdk-roles': assume },
      managed: [managed('ReadOnlyAccess')],
    }).credentials,
    administrator: iam.addUser({ name: 'administrator', managed: [managed('AdministratorAccess')] }).credentials,
  };
}

const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;

type Names = ReturnType<typeof bootstrapNames>;

function bootstrapNames({ region, accountId }: Environment, qualifier = QUALIFIER) {
  const partition = partitionOf(region);
  return {
    versionParameter: `/cdk-bootstrap/${qualifier}/version`,
    bucket: `cdk-${qualifier}-assets-${accountId}-${region}`,
    repository: `cdk-${qualifier}-container-assets-${accountId}-${region}`,
    role: (name: string) => `cdk-${qualifier}-${name}-${accountId}-${region}`,
    arn: (service: string, inRegion: string, resource: string, account = accountId) =>
      `arn:${partition}:${service}:${inRegion}:${account}:${resource}`,
    region,
  };
}

const noExternalId = { Null: { 'sts:ExternalId': 'true' } };

const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

const trust = (by: object) => policy({ Effect: 'Allow', Action: 'sts:AssumeRole', ...by });

const bucketArns = ({ arn, bucket }: Names) => [arn('s3', '', bucket, ''), arn('s3', '', `${bucket}/*`, '')];

function deployPolicy(names: Names, executionRoleArn: string) {
  const cloudformation = (...actions: string[]) => actions.map((action) => `cloudformation:${action}`);
  const stacks = ['CreateChangeSet', 'DeleteChangeSet', 'ExecuteChangeSet', 'CreateStack', 'UpdateStack'];
  return policy(
    {
      Sid: 'DeployPermissions',
      Effect: 'Allow',
      Action: cloudformation(...stacks, 'RollbackStack', 'ContinueUpdateRollback'),
      Resource: '*',
    },
    { Effect: 'Allow', Action: 'iam:PassRole', Resource: executionRoleArn },
    {
      Sid: 'CliPermissions',
      Effect: 'Allow',
      Action: [...cloudformation('DeleteStack', 'UpdateTerminationProtection'), 'sts:GetCallerIdentity'],
      Resource: '*',
    },
    {
      Sid: 'CliStagingBucket',
      Effect: 'Allow',
      Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
      Resource: bucketArns(names),
    },
    {
      Sid: 'ReadVersion',
      Effect: 'Allow',
      Action: ['ssm:GetParameter', 'ssm:GetParameters'],
      Resource: names.arn('ssm', names.region, `parameter${names.versionParameter}`),
    },
  );
}

function filePolicy({ accountId }: Pick<World, 'accountId'>, names: Names) {
  const read = ['s3:GetObject*', 's3:GetBucket*', 's3:GetEncryptionConfiguration', 's3:List*'];
  return policy({
    Effect: 'Allow',
    Action: [...read, 's3:DeleteObject*', 's3:PutObject*', 's3:Abort*'],
    Resource: bucketArns(names),
    Condition: { StringEquals: { 'aws:ResourceAccount': [accountId] } },
  });
}

function imagePolicy(names: Names) {
  const layers = ['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload', 'BatchCheckLayerAvailability'];
  const images = ['PutImage', 'DescribeRepositories', 'DescribeImages', 'BatchGetImage', 'GetDownloadUrlForLayer'];
  return policy(
    {
      Effect: 'Allow',
      Action: [...layers, ...images].map((action) => `ecr:${action}`),
      Resource: names.arn('ecr', names.region, `repository/${names.repository}`),
    },
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  );
}
