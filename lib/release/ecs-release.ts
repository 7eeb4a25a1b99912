import { CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { RELEASE_RESOURCE_TYPE, type ReleaseProperties, type TaskLogs } from '../../lambda/release/types';
import { BreakGlass } from './break-glass';
import { alarmPlaceProblems } from '../alarms/alarm-place';
import { renderAppSpec } from './app-spec';
import { grantRelease, grantTaskLogs } from './grants';
import { ReleaseProvider } from './provider';
import { containerOf, keepRevisions, networkProblem, taskLogsOf, taskSettingsOf } from './shipped-task';
import { type BudgetTerm, budgetProblem, RELEASE_LIMIT_MINUTES, releaseProblems, START_TIMEOUT } from './validation';
import { refuseAll } from '../internal/validate';
import { ReleaseGate } from '../gate/release-gate';
import { TwinEnvironments } from '../twins/twin-environments';
import type { EcsReleaseProps } from './ecs-release-props';

/** Kept back so that the release function can still respond to CloudFormation. */
const RESPONSE_RESERVE = Duration.minutes(2);

/**
 * Makes `cdk deploy` ship: a custom resource whose AppSpec holds everything that travels with a release. When it
 * changes, CloudFormation waits for one CodeDeploy deployment, and fails with the deciding check or alarm.
 */
export class EcsRelease extends Construct {
  /** The custom resource behind the release. */
  public readonly resource: CustomResource;

  public constructor(scope: Construct, id: string, props: EcsReleaseProps) {
    super(scope, id);
    const container = containerOf(props);
    refuseAll(this, [
      ...releaseProblems(props, container),
      networkProblem(this, props),
      ...alarmPlaceProblems(this, 'alarms', props.alarms?.alarms),
      budgetProblem(budgetTerms(props)),
    ]);
    keepRevisions(props.taskDefinition);
    const twins = props.gate instanceof ReleaseGate ? props.gate._twins : undefined;
    if (twins instanceof TwinEnvironments) twins._updateGuard.addShipped(props.taskDefinition, props.service);
    const breakGlass = props.breakGlass ?? BreakGlass.fromContext(this);
    const provider = ReleaseProvider.of(this);
    const grants = provider.grantsOf(this);
    grantRelease(grants, props);
    const logs = taskLogsOf(props.taskDefinition, container);
    if (logs) grantTaskLogs(grants, logs);
    breakGlass?._grant(grants, props.deploymentGroup);
    this.resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.function.functionArn,
      resourceType: RELEASE_RESOURCE_TYPE,
      serviceTimeout: Duration.minutes(RELEASE_LIMIT_MINUTES),
      properties: this.properties(props, logs, breakGlass),
    });
    const alarms = props.alarms?.alarms ?? [];
    const before = [provider, props.deploymentGroup, props.service, props.gate, ...alarms];
    this.resource.node.addDependency(...before.filter((each) => each !== undefined), ...(props.dependencies ?? []));
  }

  private properties(
    props: EcsReleaseProps,
    logs: TaskLogs | undefined,
    breakGlass: BreakGlass | undefined,
  ): Omit<ReleaseProperties, 'ServiceToken'> {
    const { deploymentGroup, service, gate } = props;
    const events = gate?.lifecycleEvents ?? [];
    return {
      ServiceName: props.serviceName ?? this.node.scope?.node.id ?? this.node.id,
      ApplicationName: deploymentGroup.application.applicationName,
      DeploymentGroupName: deploymentGroup.deploymentGroupName,
      DeploymentConfigName: deploymentGroup.deploymentConfig.deploymentConfigName,
      ClusterName: service.cluster.clusterName,
      EcsServiceName: service.serviceName,
      // At the end: overrides and aspects may change the service.
      AppSpec: Stack.of(this).toJsonString(Lazy.uncachedAny({ produce: () => appSpecOf(this, props) })),
      TaskDefinition: props.taskDefinition.taskDefinitionArn,
      GateLogGroups: Object.fromEntries(events.map((event) => [event, gate?.logGroupOf(event).logGroupName ?? ''])),
      AlarmNames: (props.alarms?.alarms ?? []).map((alarm) => alarm.alarmName),
      TimeoutSeconds: String(Duration.minutes(RELEASE_LIMIT_MINUTES).toSeconds() - RESPONSE_RESERVE.toSeconds()),
      ...(props.maxFailedTasks !== undefined && { FailedTasksMax: String(props.maxFailedTasks) }),
      StartTimeoutSeconds: String((props.startTimeout ?? START_TIMEOUT).toSeconds()),
      ...(logs && { TaskLogs: logs }),
      ...(breakGlass && { BreakGlass: breakGlass._render() }),
    };
  }
}

function appSpecOf(scope: Construct, props: EcsReleaseProps): object {
  const { name = '', port = 0 } = containerOf(props);
  const hooks = props.gate?.lifecycleEvents.map((event) => [event, props.gate?.functionOf(event).functionName ?? '']);
  return renderAppSpec({
    ...taskSettingsOf(scope, props),
    taskDefinitionArn: props.taskDefinition.taskDefinitionArn,
    containerName: name,
    containerPort: port,
    hooks: Object.fromEntries(hooks ?? []) as Record<string, string>,
  });
}

function budgetTerms(props: EcsReleaseProps): BudgetTerm[] {
  const { gate, trafficShift, approvalTimeout } = props;
  // What is not known at synth cannot be added up.
  const minutesOf = (timeout: Duration) => (timeout.isUnresolved() ? 0 : timeout.toMinutes({ integral: false }));
  const startMinutes = minutesOf(props.startTimeout ?? START_TIMEOUT);
  return [
    { name: 'start of the green tasks', minutes: startMinutes },
    ...(approvalTimeout ? [{ name: 'approval', minutes: minutesOf(approvalTimeout) }] : []),
    ...(trafficShift ? [{ name: trafficShift.description, minutes: trafficShift.duration.toMinutes() }] : []),
    ...(gate?.lifecycleEvents ?? []).map((event) => ({
      name: `hook ${event}`,
      minutes: gate ? minutesOf(gate.timeoutOf(event)) : 0,
    })),
  ];
}
