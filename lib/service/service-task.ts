import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import {
  AwsLogDriverMode,
  type ContainerImage,
  FargateTaskDefinition,
  GenericLogDriver,
  type LogDriver,
  LogDrivers,
  OperatingSystemFamily,
  type RuntimePlatform,
  type Secret,
} from 'aws-cdk-lib/aws-ecs';
import { type IRole, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from '../internal/acknowledge';
import { LOG_RETENTION } from '../internal/handlers';
import { limitToOwnAccount, ofOwnAccount } from '../internal/trust';
import { refuse } from '../internal/validate';
import { taskSizeProblem } from './task-size';

/** Options of `ServiceTask.fromImage`. */
export interface TaskImageOptions {
  /** The port that the container listens on, plain HTTP, 1 to 65535. */
  readonly containerPort: number;
  /** The name of the container. @default app */
  readonly containerName?: string;
  /** The environment variables of the container. @default - none */
  readonly environment?: { [name: string]: string };
  /** The secrets that the container gets as environment variables. @default - none */
  readonly secrets?: { [name: string]: Secret };
  /** The CPU units of the task: 256 is a quarter of a vCPU. @default 256 */
  readonly cpu?: number;
  /** The memory of the task in MiB. @default 512 */
  readonly memoryLimitMiB?: number;
  /** The operating system and CPU architecture that the image is built for. @default - Linux on X86_64 */
  readonly runtimePlatform?: RuntimePlatform;
  /** The role of the application itself. @default - a new role with no permission */
  readonly taskRole?: IRole;
  /** The role that pulls the image, reads secrets and writes logs. @default - a new role */
  readonly executionRole?: IRole;
  /** The log group of the container. @default - a new one, kept for three months */
  readonly logGroup?: ILogGroup;
  /** The command that runs in place of the container in a rehearsal: `['node', 'server.js']`. @default - the image's own */
  readonly rehearsalCommand?: string[];
}

/** Options of `ServiceTask.fromTaskDefinition`. */
export interface TaskDefinitionOptions {
  /** The container that receives the traffic. @default - the default container of the task definition */
  readonly containerName?: string;
  /** The port that the container listens on, plain HTTP, 1 to 65535. @default - the first port that the container maps */
  readonly containerPort?: number;
}

/** A task within one service. */
export interface BoundTask {
  readonly taskDefinition: FargateTaskDefinition;
  readonly containerName: string;
}

/** The task that a `BlueGreenService` runs and ships. */
export abstract class ServiceTask {
  /** A task with one container, which runs an image. */
  public static fromImage(image: ContainerImage, options: TaskImageOptions): ServiceTask {
    return new ImageTask(image, options);
  }

  /** Your own task definition, for full control over its containers. */
  public static fromTaskDefinition(
    taskDefinition: FargateTaskDefinition,
    options: TaskDefinitionOptions = {},
  ): ServiceTask {
    return new OwnTask(taskDefinition, options);
  }

  /** @internal */
  public abstract _problems(): (string | undefined)[];
  /** The port that receives the traffic. @internal */
  public abstract _containerPort(scope: Construct): number;
  /** @internal */
  public abstract _bind(scope: Construct): BoundTask;
}

class OwnTask extends ServiceTask {
  public constructor(
    private readonly taskDefinition: FargateTaskDefinition,
    private readonly options: TaskDefinitionOptions,
  ) {
    super();
  }

  public override _problems(): (string | undefined)[] {
    return [];
  }

  public override _containerPort(scope: Construct): number {
    const { containerName } = this._bind(scope);
    const [mapping] = this.taskDefinition.findContainer(containerName)?.portMappings ?? [];
    const port = this.options.containerPort ?? mapping?.containerPort;
    return port ?? refuse(scope, `task: the container ${containerName} maps no port: set containerPort`);
  }

  public override _bind(scope: Construct): BoundTask {
    const { taskDefinition } = this;
    const containerName = this.options.containerName ?? taskDefinition.defaultContainer?.containerName;
    if (containerName !== undefined && taskDefinition.findContainer(containerName)) {
      return { taskDefinition, containerName };
    }
    return refuse(
      scope,
      containerName === undefined
        ? 'task: the task definition has no container: call addContainer() on it before it is passed'
        : `task.containerName '${containerName}': the task definition has no such container: use the name of one that it has`,
    );
  }
}

const DEFAULT_CONTAINER = 'app';
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const CONTAINER_NAME = /^[\w-]{1,255}$/;

/**
 * Docker label on a container definition: a JSON array, the command that runs in place of the container in a rehearsal.
 * AWS ignores it. The rehearsal has the same name; `lib/` never imports from there.
 */
export const REHEARSAL_COMMAND_LABEL = 'greenlight.rehearsal.command';

class ImageTask extends ServiceTask {
  public constructor(
    private readonly image: ContainerImage,
    private readonly options: TaskImageOptions,
  ) {
    super();
  }

  public override _problems(): (string | undefined)[] {
    const { cpu = 256, memoryLimitMiB = 512, containerName, rehearsalCommand } = this.options;
    return [
      taskSizeProblem(cpu, memoryLimitMiB),
      containerName === undefined || Token.isUnresolved(containerName) || CONTAINER_NAME.test(containerName)
        ? undefined
        : `task.containerName '${containerName}': must be 1 to 255 letters, digits, hyphens and underscores`,
      rehearsalCommand?.length === 0
        ? "task.rehearsalCommand is empty: must name a program: ['node', 'server.js'], or leave it out"
        : undefined,
    ];
  }

  public override _containerPort(): number {
    return this.options.containerPort;
  }

  public override _bind(scope: Construct): BoundTask {
    const { containerName = DEFAULT_CONTAINER, containerPort, rehearsalCommand, ...options } = this.options;
    const { logging, executionRole } = createLogging(scope, options);
    const taskDefinition = new FargateTaskDefinition(scope, 'TaskDefinition', {
      cpu: options.cpu ?? 256,
      memoryLimitMiB: options.memoryLimitMiB ?? 512,
      taskRole: options.taskRole,
      executionRole,
      runtimePlatform: options.runtimePlatform && {
        operatingSystemFamily: OperatingSystemFamily.LINUX,
        ...options.runtimePlatform,
      },
    });
    if (!options.taskRole) limitToOwnAccount(taskDefinition.taskRole as Role);
    taskDefinition.addContainer(containerName, {
      image: this.image,
      portMappings: [{ containerPort }],
      environment: options.environment,
      secrets: options.secrets,
      logging,
      dockerLabels: rehearsalCommand && { [REHEARSAL_COMMAND_LABEL]: JSON.stringify(rehearsalCommand) },
    });
    acknowledgeTask(taskDefinition, options.executionRole ? undefined : executionRole);
    return { taskDefinition, containerName };
  }
}

function acknowledgeTask(taskDefinition: FargateTaskDefinition, ownExecutionRole: IRole | undefined): void {
  acknowledge(
    taskDefinition,
    'Environment variables carry settings; credentials go through secrets',
    'AwsSolutions-ECS2',
  );
  const pulls = 'ecr:GetAuthorizationToken has no resource level';
  for (const each of [taskDefinition, ...(ownExecutionRole ? [ownExecutionRole] : [])])
    acknowledge(each, pulls, 'AwsSolutions-IAM5[Resource::*]');
}

const STREAM_PREFIX = 'app';

/**
 * Non-blocking: a slow log must not stall the service. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 * Where both log group and role are our own, the role itself has the permission, and needs no further policy.
 */
function createLogging(
  scope: Construct,
  options: Pick<TaskImageOptions, 'logGroup' | 'executionRole'>,
): { readonly logging: LogDriver; readonly executionRole?: IRole } {
  const logGroup =
    options.logGroup ?? new LogGroup(scope, 'Logs', { retention: LOG_RETENTION, removalPolicy: RemovalPolicy.RETAIN });
  const mode = AwsLogDriverMode.NON_BLOCKING;
  if (options.logGroup || options.executionRole) {
    const logging = LogDrivers.awsLogs({ logGroup, streamPrefix: STREAM_PREFIX, mode });
    return { logging, executionRole: options.executionRole };
  }
  const driver = {
    'awslogs-group': logGroup.logGroupName,
    'awslogs-stream-prefix': STREAM_PREFIX,
    'awslogs-region': Stack.of(scope).region,
    mode,
  };
  return {
    logging: new GenericLogDriver({ logDriver: 'awslogs', options: driver }),
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
