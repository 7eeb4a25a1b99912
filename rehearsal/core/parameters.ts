/**
 * What AWS does not document and a rehearsal must still decide. Each value is AWS time in milliseconds unless its name
 * says otherwise; docs/fidelity.md lists them with the observation or reasoning behind each default.
 */
export interface Parameters {
  /** From a task's creation to its process start: ENI, image pull, container start on Fargate. */
  readonly taskStartMs: number;
  /** How often ECS's service scheduler checks tasks and their targets; it sees changes of a task at once. */
  readonly serviceSchedulerMs: number;
  /** How often CodeDeploy checks a deployment group's alarms. */
  readonly alarmPollMs: number;
  /** How late a load balancer's datapoint for a minute is visible to an alarm. */
  readonly metricDelayMs: number;
  /** How often an alarm is evaluated. */
  readonly alarmEvaluationMs: number;
  /** How often CodeDeploy checks task sets and hooks while it waits for them. */
  readonly deploymentPollMs: number;
  /** How often ECS reads the alarms of a service deployment. */
  readonly serviceDeploymentAlarmPollMs: number;
  /** From a change of traffic by ECS to the next lifecycle hooks. */
  readonly serviceDeploymentHookMs: number;
  /** From the lifecycle hooks before it to a change of production traffic by ECS. */
  readonly serviceDeploymentShiftMs: number;
  /** From the decision to roll a service deployment back to the first change of traffic. */
  readonly serviceDeploymentRollbackMs: number;
  /** How long ECS watches the alarms of a rolling update whose template names no bake time. */
  readonly serviceDeploymentAlarmBakeMs: number;
  /** From a listener change to its effect on new connections. */
  readonly listenerPropagationMs: number;
  /** A health probe or gate request gets at least this much real time, however fast the clock: the network is real. */
  readonly probeWallMsMin: number;
  /** A Lambda invocation gets at least this much real time, however short its timeout: computing is not scaled. */
  readonly lambdaWallMsMin: number;
  /** How long an idle Lambda execution environment is kept. */
  readonly lambdaIdleMs: number;
}

export const defaultParameters: Parameters = {
  taskStartMs: 20_000,
  serviceSchedulerMs: 3_000,
  alarmPollMs: 10_000,
  metricDelayMs: 60_000,
  alarmEvaluationMs: 10_000,
  deploymentPollMs: 3_000,
  serviceDeploymentAlarmPollMs: 10_000,
  serviceDeploymentHookMs: 2_000,
  serviceDeploymentShiftMs: 27_000,
  serviceDeploymentRollbackMs: 11_000,
  serviceDeploymentAlarmBakeMs: 180_000,
  listenerPropagationMs: 1_000,
  probeWallMsMin: 1_000,
  lambdaWallMsMin: 3_000,
  lambdaIdleMs: 600_000,
};
