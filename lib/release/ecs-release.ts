import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { RELEASE_RESOURCE_TYPE, type ReleaseProperties, type TaskLogs } from '../../lambda/release/types';
import { BreakGlass } from './break-glass';
import { alarmPlaceProblems } from '../alarms/alarm-place';
import { renderAppSpec } from './app-spec';
import { grantRelease, grantTaskLogs } from './grants';
import { ReleaseProvider } from './provider';
import { keepRevisions } from '../service/task-definition';
import { taskLogs } from './task-logs';
import { type BudgetTerm, budgetProblem, RELEASE_LIMIT_MINUTES } from './time-budget';
import { releaseProblems, START_TIME_LIMIT } from './validation';
import { refuseAll } from '../internal/validate';
import { TwinEnvironments } from '../twins/twin-environments';
import type { EcsReleaseProps } from './ecs-release-props';

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
      ...releaseProblems(props),
      ...alarmPlaceProblems(this, 'alarms', props.alarms),
      budgetProblem(budgetTerms(props)),
    ]);
    keepRevisions(props.taskDefinition);
    const twins = props.gate?._twins;
    if (twins instanceof TwinEnvironments) twins._updateGuard.addService(props.service, props.taskDefinition);
    const breakGlass = props.breakGlass ?? BreakGlass.fromContext(this);
    const provider = ReleaseProvider.of(this);
    grantRelease(provider, props);
    const logs = taskLogs(props);
    if (logs) grantTaskLogs(provider, logs);
    breakGlass?._grant(provider.role, props.deploymentGroup);
    this.resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.function.functionArn,
      resourceType: RELEASE_RESOURCE_TYPE,
      serviceTimeout: Duration.minutes(RELEASE_LIMIT_MINUTES),
      properties: this.properties(props, logs, breakGlass),
    });
    const before = [provider, props.deploymentGroup, props.service, props.gate, ...(props.alarms ?? [])];
    this.resource.node.addDependency(...before.filter((each) => each !== undefined), ...(props.dependencies ?? []));
  }

  private properties(
    props: EcsReleaseProps,
    logs: TaskLogs | undefined,
    breakGlass: BreakGlass | undefined,
  ): Omit<ReleaseProperties, 'ServiceToken'> {
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
      ...(props.failedTasksMax !== undefined && { FailedTasksMax: String(props.failedTasksMax) }),
      StartLimitSeconds: String((props.startTimeLimit ?? START_TIME_LIMIT).toSeconds()),
      ...(logs && { TaskLogs: logs }),
      ...(breakGlass && { BreakGlass: breakGlass._render() }),
    };
  }
}

function budgetTerms(props: EcsReleaseProps): BudgetTerm[] {
  const { gate, trafficShift, approvalTimeLimit } = props;
  // What is not known at synth cannot be added up.
  const minutesOf = (limit: Duration) => (limit.isUnresolved() ? 0 : limit.toMinutes({ integral: false }));
  const startMinutes = minutesOf(props.startTimeLimit ?? START_TIME_LIMIT);
  return [
    { name: 'start of the green tasks', minutes: startMinutes },
    ...(approvalTimeLimit ? [{ name: 'approval', minutes: minutesOf(approvalTimeLimit) }] : []),
    ...(trafficShift ? [{ name: trafficShift.description, minutes: trafficShift.duration.toMinutes() }] : []),
    ...(gate?.events ?? []).map((event) => ({
      name: `hook ${event}`,
      minutes: gate ? minutesOf(gate.timeLimitOf(event)) : 0,
    })),
  ];
}
