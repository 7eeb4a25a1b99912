import type { EcrService } from './ecr';
import type { IamService } from './iam';
import type { S3Service } from './s3';
import type { Credentials, World } from './service';
import type { SsmService } from './ssm';

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

/**
 * What `cdk bootstrap` leaves in an account, as the template of the CLI has it
 * (https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html), and a user who may assume its roles and look around.
 * @returns the user's keys
 */
export function bootstrapAccount(world: Pick<World, 'region' | 'accountId'>, account: Account): Credentials {
  const { iam, ssm, s3, ecr } = account;
  const names = bootstrapNames(world);
  ssm.put(names.versionParameter, BOOTSTRAP_VERSION);
  s3.addBucket(names.bucket);
  ecr.addRepository(names.repository);
  const byAccount = { Principal: { AWS: `arn:aws:iam::${world.accountId}:root` }, Condition: noExternalId };
  const byCloudFormation = { Principal: { Service: 'cloudformation.amazonaws.com' } };
  const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const execution = iam.addRole({
    name: names.role('cfn-exec-role'),
    trust: trust(byCloudFormation),
    managed: [administrator],
  });
  iam.addRole({
    name: names.role('deploy-role'),
    trust: trust(byAccount),
    inline: { default: deployPolicy(world, names, execution) },
    managed: ['arn:aws:iam::aws:policy/AWSCloudFormationReadOnlyAccess'],
  });
  iam.addRole({
    name: names.role('file-publishing-role'),
    trust: trust(byAccount),
    inline: { [names.role('file-publishing-role-default-policy')]: filePolicy(world, names) },
  });
  iam.addRole({
    name: names.role('image-publishing-role'),
    trust: trust(byAccount),
    inline: { [names.role('image-publishing-role-default-policy')]: imagePolicy(world, names) },
  });
  const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  const secrets = policy({ Effect: 'Deny', Action: ['kms:Decrypt'], Resource: '*', Sid: 'DontReadSecrets' });
  iam.addRole({
    name: names.role('lookup-role'),
    trust: trust(byAccount),
    inline: { LookupRolePolicy: secrets },
    managed: [readOnly],
  });
  const roles = `arn:aws:iam::${world.accountId}:role/cdk-${QUALIFIER}-*`;
  const assume = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roles });
  return iam.addUser({ name: 'deployer', inline: { 'assume-cdk-roles': assume }, managed: [readOnly] }).credentials;
}

type Names = ReturnType<typeof bootstrapNames>;

function bootstrapNames({ region, accountId }: Pick<World, 'region' | 'accountId'>) {
  return {
    versionParameter: `/cdk-bootstrap/${QUALIFIER}/version`,
    bucket: `cdk-${QUALIFIER}-assets-${accountId}-${region}`,
    repository: `cdk-${QUALIFIER}-container-assets-${accountId}-${region}`,
    role: (name: string) => `cdk-${QUALIFIER}-${name}-${accountId}-${region}`,
  };
}

const noExternalId = { Null: { 'sts:ExternalId': 'true' } };

const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

const trust = (by: object) => policy({ Effect: 'Allow', Action: 'sts:AssumeRole', ...by });

const bucketArns = ({ bucket }: Names) => [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];

function deployPolicy(
  { region, accountId }: Pick<World, 'region' | 'accountId'>,
  names: Names,
  executionRoleArn: string,
) {
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
      Resource: `arn:aws:ssm:${region}:${accountId}:parameter${names.versionParameter}`,
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

function imagePolicy({ region, accountId }: Pick<World, 'region' | 'accountId'>, names: Names) {
  const layers = ['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload', 'BatchCheckLayerAvailability'];
  const images = ['PutImage', 'DescribeRepositories', 'DescribeImages', 'BatchGetImage', 'GetDownloadUrlForLayer'];
  return policy(
    {
      Effect: 'Allow',
      Action: [...layers, ...images].map((action) => `ecr:${action}`),
      Resource: `arn:aws:ecr:${region}:${accountId}:repository/${names.repository}`,
    },
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  );
}
