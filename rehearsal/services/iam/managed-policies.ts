import type { PolicyDocument, Statement } from './policy';

const allow = (
  actions: readonly string[],
  resources: readonly string[] = ['*'],
  more: Partial<Statement> = {},
): Statement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
  ...more,
});

const document = (...statements: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement: statements });

const logs = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const listeners = [
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:ModifyListener',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:ModifyRule',
];
const taskSets = ['ecs:DescribeServices', 'ecs:CreateTaskSet', 'ecs:UpdateServicePrimaryTaskSet', 'ecs:DeleteTaskSet'];
const toTasks = { Condition: { StringLike: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'] } } };

/** The services of this local AWS whose Describe, Get and List calls its `ReadOnlyAccess` carries. */
const readable = [
  'cloudformation',
  'cloudwatch',
  'codedeploy',
  'ec2',
  'ecr',
  'ecs',
  'elasticloadbalancing',
  'iam',
].concat(['lambda', 'logs', 's3', 'ssm', 'states']);

/**
 * AWS managed policies by the part of their ARN after `policy/`, as
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html shows them.
 */
const managed: Readonly<Record<string, PolicyDocument>> = {
  AdministratorAccess: document(allow(['*'])),
  // AWS's own lists some 4,000 actions; this has the reads of the services that exist here.
  ReadOnlyAccess: document(
    allow(
      readable.flatMap((prefix) =>
        ['Describe*', 'Get*', 'List*', 'BatchGet*', 'Filter*'].map((verb) => `${prefix}:${verb}`),
      ),
    ),
  ),
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCloudFormationReadOnlyAccess.html
  AWSCloudFormationReadOnlyAccess: document(
    allow(
      ['Describe*', 'BatchDescribe*', 'EstimateTemplateCost', 'Get*', 'List*', 'ValidateTemplate', 'Detect*'].map(
        (verb) => `cloudformation:${verb}`,
      ),
    ),
  ),
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
  'service-role/AWSLambdaBasicExecutionRole': document(allow(logs)),
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html
  'service-role/AWSLambdaVPCAccessExecutionRole': document(
    allow([
      ...logs,
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ]),
  ),
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSTaskExecutionRolePolicy.html
  'service-role/AmazonECSTaskExecutionRolePolicy': document(
    allow([
      'ecr:GetAuthorizationToken',
      'ecr:BatchCheckLayerAvailability',
      'ecr:GetDownloadUrlForLayer',
      'ecr:BatchGetImage',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]),
  ),
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerServiceforEC2Role.html
  'service-role/AmazonEC2ContainerServiceforEC2Role': document(
    allow([
      'ec2:DescribeTags',
      ...['CreateCluster', 'DeregisterContainerInstance', 'DiscoverPollEndpoint', 'Poll'].map((name) => `ecs:${name}`),
      ...['RegisterContainerInstance', 'StartTelemetrySession', 'UpdateContainerInstancesState'].map(
        (name) => `ecs:${name}`,
      ),
      'ecs:Submit*',
      ...['GetAuthorizationToken', 'BatchCheckLayerAvailability', 'GetDownloadUrlForLayer'].map(
        (name) => `ecr:${name}`,
      ),
      'ecr:BatchGetImage',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]),
  ),
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSXRayDaemonWriteAccess.html
  AWSXRayDaemonWriteAccess: document(
    allow([
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:GetSamplingStatisticSummaries',
    ]),
  ),
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
  AmazonECSInfrastructureRolePolicyForLoadBalancers: document(
    allow([
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeRules',
      'elasticloadbalancing:DescribeTargetGroups',
      'elasticloadbalancing:DescribeTargetHealth',
    ]),
    allow(
      ['elasticloadbalancing:ModifyListener'],
      ['arn:aws:elasticloadbalancing:*:*:listener/net/*/*/*', 'arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*'],
    ),
    allow(
      ['elasticloadbalancing:ModifyRule'],
      [
        'arn:aws:elasticloadbalancing:*:*:listener-rule/net/*/*/*/*',
        'arn:aws:elasticloadbalancing:*:*:listener-rule/app/*/*/*/*',
      ],
    ),
    allow(
      ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
      ['arn:aws:elasticloadbalancing:*:*:targetgroup/*/*'],
    ),
  ),
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForECS.html
  AWSCodeDeployRoleForECS: document(
    allow([
      ...taskSets,
      ...listeners,
      'lambda:InvokeFunction',
      'cloudwatch:DescribeAlarms',
      'sns:Publish',
      's3:GetObject',
      's3:GetObjectVersion',
    ]),
    allow(['iam:PassRole'], ['*'], toTasks),
  ),
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForECSLimited.html
  AWSCodeDeployRoleForECSLimited: document(
    allow([...taskSets, 'cloudwatch:DescribeAlarms']),
    allow(['sns:Publish'], ['arn:aws:sns:*:*:CodeDeployTopic_*']),
    allow(listeners),
    allow(['lambda:InvokeFunction'], ['arn:aws:lambda:*:*:function:CodeDeployHook_*']),
    allow(['s3:GetObject', 's3:GetObjectVersion'], ['*'], {
      Condition: { StringEquals: { 's3:ExistingObjectTag/UseWithCodeDeploy': 'true' } },
    }),
    allow(
      ['iam:PassRole'],
      ['arn:aws:iam::*:role/ecsTaskExecutionRole', 'arn:aws:iam::*:role/ECSTaskExecution*'],
      toTasks,
    ),
  ),
};

const prefix = /^arn:aws[\w-]*:iam::aws:policy\//;

export function isAwsManaged(policyArn: string): boolean {
  return prefix.test(policyArn);
}

/** @throws Error that says which AWS managed policies the rehearsal has */
export function awsManagedPolicy(policyArn: string): PolicyDocument {
  const found = managed[policyArn.replace(prefix, '')];
  if (found) return found;
  const known = Object.keys(managed).join(', ');
  throw new Error(
    `the rehearsal does not have the AWS managed policy ${policyArn} (it has ${known}): ` +
      'grant the permissions in a policy of the stack, or add it to rehearsal/services/iam/managed-policies.ts',
  );
}
