import { CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { BaseService, CfnService, type IBaseService } from 'aws-cdk-lib/aws-ecs';
import { Construct, Dependable, type IConstruct, type IDependable } from 'constructs';
import { FOLLOWER_RESOURCE_TYPE, type FollowerProperties, type TaskLogs } from '../../lambda/release/types';
import { alarmPlaceProblems } from '../alarms/alarm-place';
import type { IReleaseAlarms } from '../alarms/release-alarms-props';
import type { IReleaseGate } from '../gate/release-gate-props';
import { refuse, refuseAll } from '../internal/validate';
import { propertiesOf } from './followers';
import { grantFollower, grantTaskLogs } from './grants';
import { ReleaseProvider } from './provider';
import { taskLogsOf } from './shipped-task';

/** Construction properties of `DeploymentFollower`. */
export interface DeploymentFollowerProps {
  /** The service, which ECS itself deploys. It is in the stack of the follower. */
  readonly service: IBaseService;
  /** The gate whose verdicts explain why a release was not released. @default - ECS's reason, which names stage and function of the hook */
  readonly gate?: IReleaseGate;
  /** The alarms whose values explain why a release was not released. @default - an alarm is named without its value */
  readonly alarms?: IReleaseAlarms;
  /** The name of the service in messages. @default - the id of the enclosing construct */
  readonly serviceName?: string;
  /** What must be in place before the follower starts. @default - what the service waits for */
  readonly dependencies?: IDependable[];
}

/** The most that CloudFormation waits for a custom resource. */
const TIMEOUT = Duration.hours(1);
/** Kept back so that the release function can still respond to CloudFormation. */
const RESPONSE_RESERVE = Duration.minutes(2);

/**
 * Makes a failed `cdk deploy` say which check or alarm decided when ECS itself deploys the service. CloudFormation only has ECS's
 * words, such as "returned FAILED status". The follower is updated with the service, follows its deployment, and fails with the
 * reason as soon as ECS rolls back. It fails for nothing else, and holds nothing up.
 */
export class DeploymentFollower extends Construct {
  /** The custom resource behind the follower. */
  public readonly resource: CustomResource;

  public constructor(scope: Construct, id: string, props: DeploymentFollowerProps) {
    super(scope, id);
    const service = serviceResourceOf(this, props.service);
    refuseAll(this, alarmPlaceProblems(this, 'alarms', props.alarms?.alarms));
    const provider = ReleaseProvider.of(this);
    const logs = logsOf(props.service);
    const grants = provider.grantsOf(this);
    grantFollower(grants, props);
    if (logs) grantTaskLogs(grants, logs);
    this.resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.function.functionArn,
      resourceType: FOLLOWER_RESOURCE_TYPE,
      serviceTimeout: TIMEOUT,
      properties: this.properties(props, service, logs),
    });
    this.resource.node.addDependency(provider, whatWaits(service, props.service), ...(props.dependencies ?? []));
  }

  private properties(
    { service, gate, alarms, serviceName }: DeploymentFollowerProps,
    resource: CfnService,
    logs: TaskLogs | undefined,
  ): Omit<FollowerProperties, 'ServiceToken'> {
    const groups = (gate?.lifecycleEvents ?? []).map((event) => gate?.logGroupOf(event).logGroupName ?? '');
    return {
      ServiceName: serviceName ?? this.node.scope?.node.id ?? this.node.id,
      // No reference: CloudFormation would wait for the service, and there would be nothing left to follow.
      ServiceLogicalId: resource.logicalId,
      ClusterName: service.cluster.clusterName,
      GateLogGroups: [...new Set(groups)],
      AlarmNames: (alarms?.alarms ?? []).map((alarm) => alarm.alarmName),
      TimeoutSeconds: String(TIMEOUT.toSeconds() - RESPONSE_RESERVE.toSeconds()),
      ...(logs && { TaskLogs: logs }),
      // At the end: load balancers are attached, and aspects run, after this.
      Deployed: Lazy.uncachedAny({ produce: () => deployedOf(resource) }),
    };
  }
}

/**
 * What ECS changes in place: "This parameter doesn't trigger a new service deployment."
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
const IN_PLACE: readonly string[] = [
  'AvailabilityZoneRebalancing',
  'DeploymentConfiguration',
  'DesiredCount',
  'EnableECSManagedTags',
  'EnableExecuteCommand',
  'HealthCheckGracePeriodSeconds',
  'PlacementConstraints',
  'PlacementStrategies',
  'PropagateTags',
  'Tags',
];

function deployedOf(resource: CfnService): object {
  return Object.fromEntries(Object.entries(propertiesOf(resource)).filter(([name]) => !IN_PLACE.includes(name)));
}

/** What the service depends on at the end of synthesis: the follower then starts when CloudFormation starts with the service. */
function whatWaits(resource: CfnService, service: IBaseService): IDependable {
  const place: IDependable = {};
  Dependable.implement(place, {
    get dependencyRoots(): IConstruct[] {
      return [...service.node.dependencies, ...resource.node.dependencies, ...resource.obtainDependencies()].filter(
        (each): each is IConstruct => Construct.isConstruct(each),
      );
    },
  });
  return place;
}

function serviceResourceOf(scope: Construct, service: IBaseService): CfnService {
  const resource = service.node.defaultChild;
  if (!(resource instanceof CfnService)) {
    return refuse(scope, `service ${service.node.path} is imported: create the follower in the stack that creates it`);
  }
  if (Stack.of(resource) === Stack.of(scope)) return resource;
  return refuse(
    scope,
    `service ${service.node.path} is in stack ${Stack.of(resource).stackName}: create the follower in that stack`,
  );
}

function logsOf(service: IBaseService): TaskLogs | undefined {
  if (!(service instanceof BaseService)) return undefined;
  const { taskDefinition } = service;
  return taskLogsOf(taskDefinition, { name: taskDefinition.defaultContainer?.containerName });
}
