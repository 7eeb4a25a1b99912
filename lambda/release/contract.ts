/** The names that the release function shares with its construct. No I/O, no aws-cdk-lib. */

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
}

export const ReleaseEnvironment = {
  /** ARN of the state machine that asks again until the deployment ended. */
  waiterArn: 'GREENLIGHT_WAITER_ARN',
} as const;

/** What the waiter hands to the release function each time, and gets back with `done` set. */
export interface WaiterState {
  readonly kind: 'greenlight.wait';
  readonly responseUrl: string;
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalResourceId: string;
  readonly physicalResourceId: string;
  readonly deploymentId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly properties: ReleaseProperties;
  readonly done: boolean;
  /** Set by the release function when it first sees the deployment failed; ISO 8601. Pass it back unchanged. */
  readonly failureSeenAt?: string;
}
