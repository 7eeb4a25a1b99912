/** The names that the release function shares with its construct. No I/O, no aws-cdk-lib. */
import type { ReleaseProperties } from './properties';
import type { FollowerProperties } from './service-deployment/properties';

export const RELEASE_RESOURCE_TYPE = 'Custom::GreenlightEcsRelease';
export const FOLLOWER_RESOURCE_TYPE = 'Custom::GreenlightDeploymentFollower';

export const ReleaseEnvironment = {
  /** ARN of the state machine that asks again until the deployment ended. */
  waiterArn: 'GREENLIGHT_WAITER_ARN',
} as const;

/** What the waiter hands to the release function each time, and gets back with `done` set, until it is true. */
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
  /** For how long the waiter waits before it asks. */
  readonly pollAgainSeconds: number;
  /** Set by the release function when it first sees the deployment failed; ISO 8601. Pass it back unchanged. */
  readonly failureSeenAt?: string;
  /** Why the release function stopped the deployment, once it did. */
  readonly stopReason?: string;
}

/** Of a deployment that continues after CloudFormation got its response: its bake, or what took longer than an update may. */
export interface WatchState {
  readonly kind: 'greenlight.watch';
  readonly deploymentId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly properties: ReleaseProperties;
  readonly done: boolean;
  readonly pollAgainSeconds: number;
  readonly failureSeenAt?: string;
}

/** Of a deployment that CloudFormation started with the ECS service, and that a resource next to the service follows. */
export interface FollowerState {
  readonly kind: 'greenlight.follower';
  readonly responseUrl: string;
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalResourceId: string;
  readonly physicalResourceId: string;
  /** When CloudFormation began to work on the stack; ISO 8601. Older deployments are not its own. */
  readonly stackSince: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly properties: FollowerProperties;
  readonly done: boolean;
  readonly pollAgainSeconds: number;
}

/** Asks for nothing: it shows that the waiter may call the release function. */
export interface ProbeState {
  readonly kind: typeof PROBE_KIND;
  readonly done: boolean;
}

export const PROBE_KIND = 'greenlight.probe';

/** `kind` of the line in the release function's log that says how a deployment ended after CloudFormation got its response. */
export const ENDING_KIND = 'greenlight.ending';

/** One line of JSON. */
export interface Ending {
  readonly kind: typeof ENDING_KIND;
  readonly serviceName: string;
  readonly deploymentId: string;
  /** `unknown` when AWS could not be asked. */
  readonly outcome: 'succeeded' | 'failed' | 'unknown';
  /** What decided, on which value and since when, and what production is left with. */
  readonly sentence: string;
}

/** The longest bake that CodeDeploy takes, two days, and time for a rollback. */
export const WATCH_HOURS_MAX = 50;

/** The beginning of the description of every deployment that a release makes. */
export { RELEASE_DESCRIPTION } from '../shared/break-glass';
export type { BreakGlass, BreakGlassAllowance } from '../shared/break-glass';
export { errorLine } from '../../common/error-line';
export type { ReleaseProperties, TaskLogs } from './properties';
export type { FollowerProperties } from './service-deployment/properties';
