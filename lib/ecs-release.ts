import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { ISecurityGroup, ISubnet } from 'aws-cdk-lib/aws-ec2';
import type {
  CapacityProviderStrategy,
  FargatePlatformVersion,
  IBaseService,
  TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import { Construct, type IDependable } from 'constructs';
import { RELEASE_RESOURCE_TYPE, type ReleaseProperties } from '../lambda/release/contract';
import { acknowledgeWildcards } from './private/acknowledge';
import { renderAppSpec } from './private/app-spec';
import { everyAlarm } from './private/arns';
import { allow, ReleaseProvider } from './private/release-provider';
import { type BudgetTerm, budgetProblem, RELEASE_LIMIT_MINUTES } from './private/time-budget';
import { numberProblem, refuseAll } from './private/validate';
import type { ReleaseGate } from './release-gate';
import type { TrafficShift } from './traffic-shift';

/** Construction properties of `EcsRelease`. */
export interface EcsReleaseProps {
  /** Ships the service. */
  readonly deploymentGroup: IEcsDeploymentGroup;
  /** The service; its deployment controller is CODE_DEPLOY. */
  readonly service: IBaseService;
  /** What is shipped: a new revision of it starts a release. */
  readonly taskDefinition: TaskDefinition;
  /** The container that serves. */
  readonly containerName: string;
  /** The port that it listens on, 1 to 65535. */
  readonly containerPort: number;
  /** Subnets of the tasks. */
  readonly subnets: ISubnet[];
  /** Security groups of the tasks. */
  readonly securityGroups: ISecurityGroup[];
  /** @default false */
  readonly assignPublicIp?: boolean;
  /** @default LATEST */
  readonly platformVersion?: FargatePlatformVersion;
  /** Repeated in each release, as CodeDeploy drops what it is not told. @default - none */
  readonly capacityProviderStrategies?: CapacityProviderStrategy[];
  /** What a release must pass. @default - no gate: CodeDeploy and the alarms alone decide */
  readonly gate?: ReleaseGate;
  /** Alarms to name when one of them stopped a release, metric alarms alone. @default - none */
  readonly alarms?: IAlarm[];
  /** How the deployment group shifts traffic, to add up the time a release takes. @default - not added up */
  readonly trafficShift?: TrafficShift;
  /** Names the service in messages. @default - the id of the enclosing construct */
  readonly serviceName?: string;
  /** What must be in place before a release starts, besides the props above. @default - nothing else */
  readonly dependencies?: IDependable[];
}

/** Start of the green tasks, as a share of the hour: ECS needs a few minutes to start and register tasks. */
const START_MINUTES = 5;

/** Kept back so that the release function can still answer CloudFormation. */
const ANSWER_RESERVE = Duration.minutes(2);

/**
 * Makes `cdk deploy` ship: a custom resource whose AppSpec holds everything that travels with a release. When it
 * changes, CloudFormation waits for one CodeDeploy deployment, and fails with the deciding check or alarm.
 */
export class EcsRelease extends Construct {
  /** The custom resource behind the release. */
  public readonly resource: CustomResource;

  public constructor(scope: Construct, id: string, props: EcsReleaseProps) {
    super(scope, id);
    refuseAll(this, [
      numberProblem('containerPort', props.containerPort, { min: 1, max: 65535, whole: true }),
      budgetProblem(budgetTerms(props)),
    ]);
    const provider = ReleaseProvider.of(this);
    grant(provider, props);
    this.resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.function.functionArn,
      resourceType: RELEASE_RESOURCE_TYPE,
      serviceTimeout: Duration.minutes(RELEASE_LIMIT_MINUTES),
      properties: this.properties(props),
    });
    const before = [provider, props.deploymentGroup, props.service, props.gate, ...(props.alarms ?? [])];
    this.resource.node.addDependency(...before.filter((each) => each !== undefined), ...(props.dependencies ?? []));
  }

  private properties(props: EcsReleaseProps): Omit<ReleaseProperties, 'ServiceToken'> {
    const { deploymentGroup, service, gate } = props;
    const stack = Stack.of(this);
    const events = gate?.events ?? [];
    return {
      ServiceName: props.serviceName ?? this.node.scope?.node.id ?? this.node.id,
      ApplicationName: deploymentGroup.application.applicationName,
      DeploymentGroupName: deploymentGroup.deploymentGroupName,
      DeploymentConfigName: deploymentGroup.deploymentConfig.deploymentConfigName,
      ClusterName: service.cluster.clusterName,
      EcsServiceName: service.serviceName,
      AppSpec: stack.toJsonString(
        renderAppSpec({
          taskDefinitionArn: props.taskDefinition.taskDefinitionArn,
          containerName: props.containerName,
          containerPort: props.containerPort,
          platformVersion: props.platformVersion ?? 'LATEST',
          subnetIds: props.subnets.map((subnet) => subnet.subnetId),
          securityGroupIds: props.securityGroups.map((group) => group.securityGroupId),
          assignPublicIp: props.assignPublicIp ?? false,
          capacityProviderStrategy: props.capacityProviderStrategies,
          hooks: Object.fromEntries(events.map((event) => [event, gate?.functionOf(event).functionName ?? ''])),
        }),
      ),
      TaskDefinition: props.taskDefinition.taskDefinitionArn,
      GateLogGroups: Object.fromEntries(events.map((event) => [event, gate?.logGroupOf(event).logGroupName ?? ''])),
      AlarmNames: (props.alarms ?? []).map((alarm) => alarm.alarmName),
      TimeoutSeconds: String(Duration.minutes(RELEASE_LIMIT_MINUTES).toSeconds() - ANSWER_RESERVE.toSeconds()),
    };
  }
}

function budgetTerms(props: EcsReleaseProps): BudgetTerm[] {
  const { gate, trafficShift } = props;
  return [
    { name: 'start of the green tasks', minutes: START_MINUTES },
    ...(trafficShift ? [{ name: trafficShift.description, minutes: trafficShift.duration.toMinutes() }] : []),
    ...(gate?.events ?? []).map((event) => ({
      name: `hook ${event}`,
      minutes: gate?.timeLimitOf(event).toMinutes({ integral: false }) ?? 0,
    })),
  ];
}

/**
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/auth-and-access-control-permissions-reference.html
 * names the resource of each action.
 */
function grant(provider: ReleaseProvider, props: EcsReleaseProps): void {
  const { deploymentGroup, service, gate } = props;
  const stack = Stack.of(provider);
  const { role } = provider;
  allow(role, GROUP_ACTIONS, [deploymentGroup.deploymentGroupArn]);
  allow(
    role,
    ['codedeploy:RegisterApplicationRevision', 'codedeploy:GetApplicationRevision'],
    [deploymentGroup.application.applicationArn],
  );
  allow(role, ['codedeploy:GetDeploymentConfig'], [deploymentGroup.deploymentConfig.deploymentConfigArn]);
  allow(role, ['ecs:DescribeServices'], [service.serviceArn]);
  if (gate) {
    const logGroups = gate.events.map((event) => gate.logGroupOf(event).logGroupArn);
    allow(role, ['logs:FilterLogEvents'], logGroups);
  }
  if (!props.alarms?.length) return;
  allow(
    role,
    ['cloudwatch:DescribeAlarmHistory'],
    props.alarms.map((alarm) => alarm.alarmArn),
  );
  allow(role, ['cloudwatch:DescribeAlarms'], [everyAlarm(stack)]);
  acknowledgeWildcards(role, 'DescribeAlarms takes a list of names', [everyAlarm(stack)]);
}

const GROUP_ACTIONS = [
  'codedeploy:CreateDeployment',
  'codedeploy:GetDeployment',
  'codedeploy:StopDeployment',
  'codedeploy:ListDeployments',
  'codedeploy:ListDeploymentTargets',
  'codedeploy:BatchGetDeploymentTargets',
];
