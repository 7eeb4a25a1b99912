/** The names that the release function shares with its construct. No I/O, no aws-cdk-lib. */
import type { BreakGlass } from '../shared/break-glass';

export const RELEASE_RESOURCE_TYPE = 'Custom::GreenlightEcsRelease';

/** Properties of the custom resource. Everything that ships is in `AppSpec`, so a change of it is a release. */
export interface ReleaseProperties {
  readonly ServiceToken: string;
  readonly ServiceName: string;
  readonly ApplicationName: string;
  readonly DeploymentGroupName: string;
  readonly DeploymentConfigName: string;
  /** Cluster and ECS service, to see what is live. */
  readonly ClusterName: string;
  readonly EcsServiceName: string;
  /** The AppSpec as JSON text; its SHA-256 is the revision's identity. */
  readonly AppSpec: string;
  /** ARN of the task definition revision that the AppSpec ships. */
  readonly TaskDefinition: string;
  /** Log groups of the gate functions by lifecycle event, to read the deciding verdict from. */
  readonly GateLogGroups: Readonly<Record<string, string>>;
  /** Names of the metric alarms behind the release's composite alarm, to say which one fired and on what value. */
  readonly AlarmNames: readonly string[];
  /** Seconds, as text, as CloudFormation passes numbers. */
  readonly TimeoutSeconds: string;
  /** Green tasks that may fail before the release is stopped, as text. Absent: what ECS's circuit breaker would allow. */
  readonly FailedTasksMax?: string;
  /** For how long green may take to become healthy, seconds as text. Absent: as long as CodeDeploy waits. */
  readonly StartLimitSeconds?: string;
  /** Where the serving container logs, to quote the last lines of a task that failed. */
  readonly TaskLogs?: TaskLogs;
  /** Lets this one release pass. A change of it alone starts nothing. */
  readonly BreakGlass?: BreakGlass;
}

/** `<StreamPrefix>/<container>/<task id>` in the group: the awslogs driver's stream names. */
export interface TaskLogs {
  readonly LogGroup: string;
  readonly StreamPrefix: string;
  readonly ContainerName: string;
}

export const ReleaseEnvironment = {
  /** ARN of the state machine that asks again until the deployment ended. */
  waiterArn: 'GREENLIGHT_WAITER_ARN',
} as const;

/** What the waiter hands to the release function each time, and gets back with `done` set. */
export interface WaiterState {
  readonly kind: 'greenlight.wait';
  readonly requestType: 'Create' | 'Update' | 'Delete';
  readonly responseUrl: string;
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalResourceId: string;
  readonly physicalResourceId: string;
  /** The deployment that this request waits for; absent while something else must end first. */
  readonly deploymentId?: string;
  /** SHA-256 of the AppSpec that the resource had before this update. */
  readonly previousRevision?: string;
  /** CloudFormation asks for this because it undoes an update. */
  readonly stackRollsBack?: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly properties: ReleaseProperties;
  readonly done: boolean;
  /** Set by the release function when it first sees the deployment failed; ISO 8601. Pass it back unchanged. */
  readonly failureSeenAt?: string;
  /** Why the release function stopped the deployment, once it did. */
  readonly stopReason?: string;
}

export type { BreakGlass, BreakGlassAllowance } from '../shared/break-glass';
export { errorLine } from '../shared/error-line';
