import { CfnDeletionPolicy, type CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AwsLogDriverMode,
  FargateTaskDefinition,
  GenericLogDriver,
  type LogDriver,
  LogDrivers,
  OperatingSystemFamily,
  type TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import { type IRole, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { BlueGreenServiceProps } from './blue-green-service-props';
import { acknowledge } from '../internal/acknowledge';
import { LOG_RETENTION } from '../internal/handlers';
import { REHEARSAL_COMMAND_LABEL } from './labels';
import { limitToOwnAccount, ofOwnAccount } from '../internal/trust';
import { refuse } from '../internal/validate';

const DEFAULT_CONTAINER = 'app';

/** One container made from the service's image, with a log group of its own. */
export function createTaskDefinition(scope: Construct, props: BlueGreenServiceProps): FargateTaskDefinition {
  if (!props.image) refuse(scope, 'image: is needed to make a task definition');
  const { logging, executionRole } = createLogging(scope, props);
  const taskDefinition = new FargateTaskDefinition(scope, 'TaskDefinition', {
    cpu: props.cpu ?? 256,
    memoryLimitMiB: props.memoryLimitMiB ?? 512,
    taskRole: props.taskRole,
    executionRole,
    runtimePlatform: props.cpuArchitecture && {
      cpuArchitecture: props.cpuArchitecture,
      operatingSystemFamily: OperatingSystemFamily.LINUX,
    },
  });
  if (!props.taskRole) limitToOwnAccount(taskDefinition.taskRole as Role);
  taskDefinition.addContainer(props.containerName ?? DEFAULT_CONTAINER, {
    image: props.image,
    portMappings: [{ containerPort: props.port }],
    environment: props.environment,
    secrets: props.secrets,
    logging,
    dockerLabels: props.rehearsalCommand && { [REHEARSAL_COMMAND_LABEL]: JSON.stringify(props.rehearsalCommand) },
  });
  acknowledge(
    taskDefinition,
    'Environment variables carry settings; credentials go through secrets',
    'AwsSolutions-ECS2',
  );
  const pulls = 'ecr:GetAuthorizationToken knows no resource level';
  for (const each of [taskDefinition, ...(props.executionRole || !executionRole ? [] : [executionRole])])
    acknowledge(each, pulls, 'AwsSolutions-IAM5[Resource::*]');
  return taskDefinition;
}

const STREAM_PREFIX = 'app';

/**
 * Non-blocking: a slow log must not stall the service. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 * Where both log group and role are our own, the role itself holds the permission, and no policy is needed beside it.
 */
function createLogging(
  scope: Construct,
  props: BlueGreenServiceProps,
): { readonly logging: LogDriver; readonly executionRole?: IRole } {
  const logGroup =
    props.logGroup ?? new LogGroup(scope, 'Logs', { retention: LOG_RETENTION, removalPolicy: RemovalPolicy.RETAIN });
  if (props.logGroup || props.executionRole) {
    const options = { logGroup, streamPrefix: STREAM_PREFIX, mode: AwsLogDriverMode.NON_BLOCKING };
    return { logging: LogDrivers.awsLogs(options), executionRole: props.executionRole };
  }
  const options = {
    'awslogs-group': logGroup.logGroupName,
    'awslogs-stream-prefix': STREAM_PREFIX,
    'awslogs-region': Stack.of(scope).region,
    mode: AwsLogDriverMode.NON_BLOCKING,
  };
  return {
    logging: new GenericLogDriver({ logDriver: 'awslogs', options }),
    executionRole: createExecutionRole(scope, logGroup),
  };
}

function createExecutionRole(scope: Construct, logGroup: ILogGroup): Role {
  const write = new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
  return new Role(scope, 'ExecutionRole', {
    assumedBy: ofOwnAccount(Stack.of(scope), 'ecs-tasks.amazonaws.com'),
    description: 'Greenlight: starts the tasks of one service',
    inlinePolicies: { logs: new PolicyDocument({ statements: [write] }) },
  });
}

/**
 * Keeps old revisions: else CloudFormation deregisters the old one while blue still runs on it, and nobody could ship it
 * again. One that is imported belongs to somebody else.
 */
export function keepRevisions(taskDefinition: TaskDefinition): void {
  const resource = taskDefinition.node.defaultChild as CfnResource | undefined;
  if (!resource) return;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  resource.cfnOptions.deletionPolicy ??= CfnDeletionPolicy.DELETE;
}

/** The container that gets the traffic. @throws Error when the task definition has none of that name */
export function servingContainer(
  scope: Construct,
  taskDefinition: FargateTaskDefinition,
  props: BlueGreenServiceProps,
): string {
  const name = props.containerName ?? taskDefinition.defaultContainer?.containerName;
  if (name !== undefined && taskDefinition.findContainer(name)) return name;
  return refuse(
    scope,
    name === undefined
      ? 'the task definition has no container: call addContainer() on it before it is passed'
      : `containerName '${name}': the task definition has no such container: use the name of one that it has`,
  );
}
