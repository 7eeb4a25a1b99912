import type { RolePermissions } from '../../services/iam';
import type { Limited, Outcome } from '../plan/expectation';

/** The document that `--json` prints. docs/rehearsal-report.schema.json is its schema. */
export interface RehearsalReport {
  readonly releases: readonly ReleaseReport[];
  /** Resource types of the template that have no behaviour in the rehearsal, with how many there are. */
  readonly inertResources: readonly { readonly type: string; readonly count: number }[];
  /** Properties of the templates without behaviour in the rehearsal. */
  readonly notModelled: readonly NotModelledProperty[];
  /** Calls that a role's policies did not allow. */
  readonly deniedCalls: readonly DeniedCall[];
  /** With `--permissions`: which permissions of each role the releases used, and which not. */
  readonly permissions?: readonly RolePermissions[];
  /** What went wrong in the rehearsal itself, not in what it rehearses. */
  readonly faults: readonly Fault[];
  /** AWS seconds in a second of real time: `achieved` is the average, local work such as synthesis left out. */
  readonly speed: { readonly wanted: number; readonly achieved: number };
  readonly versions: Readonly<Record<'greenlight' | 'node' | 'awsCdkCli' | 'awsCdkLib', string>>;
}

export interface Fault {
  /** The release during which it happened. */
  readonly release: string;
  readonly message: string;
}

export interface DeniedCall {
  /** The release during which it was denied. */
  readonly release: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Whether the rehearsal file allows or expects it by name. */
  readonly allowed: boolean;
}

export interface NotModelledProperty {
  readonly logicalId: string;
  readonly type: string;
  /** Its names from the outside in, `DeploymentConfiguration.Alarms`; `*` for a whole resource. */
  readonly property: string;
  /** What happens here instead. */
  readonly effect: string;
  /** Whether it decides how a release goes, so that the rehearsal proves nothing about releases. */
  readonly decides: boolean;
  /** Whether the rehearsal file allows it by name. */
  readonly allowed: boolean;
}

/** One way in which a release was not as the file expects it. */
export interface Violation {
  readonly assertion: 'outcome' | 'reason' | 'denied' | 'traffic' | 'notModelled' | Limited;
  readonly value: string | number;
  /** What was expected, as text: `at most 0`. */
  readonly expected: string;
}

export interface ReleaseReport {
  readonly name: string;
  readonly outcome: Outcome;
  readonly expected: Outcome;
  /** Whether all is as the file expects: there is no violation. */
  readonly asExpected: boolean;
  readonly violations: readonly Violation[];
  /** Why the load was more than the service can take on this machine, whatever is released; empty when it was not. */
  readonly overload: string;
  readonly cdkExitCode: number;
  readonly stackStatus: string;
  /** Of the first deployment that the release started; null when it started none. */
  readonly deploymentId: string | null;
  /** Why it did not succeed, in one sentence; empty when it did. */
  readonly reason: string;
  /** From the start of `cdk deploy` to the end of its deployment's bake, AWS time. */
  readonly awsSeconds: number;
  readonly wallMs: number;
  /** Of all services together. */
  readonly requests: RequestCounts;
  readonly services: readonly ServiceReport[];
  readonly timeline: readonly TimelineEntry[];
}

/** What became of one service in a release. */
export interface ServiceReport {
  /** The path of its construct in its stack. */
  readonly name: string;
  /** `unchanged` when the release did not touch its tasks. */
  readonly outcome: 'created' | 'succeeded' | 'rolled-back' | 'unchanged' | 'deleted';
  /** Null without a deployment of CodeDeploy's. */
  readonly deploymentId: string | null;
  /** Why its deployment failed: in Greenlight's words when that was in its bake, else in CodeDeploy's. */
  readonly reason: string;
  readonly requests: RequestCounts;
}

export interface RequestCounts {
  readonly total: number;
  /** No HTTP response, or one that the load balancer had to make up (502, 503, 504). */
  readonly lost: number;
  /** A 5xx of the service itself. */
  readonly failed: number;
  readonly bySide: Readonly<Record<'blue' | 'green', { readonly ok: number; readonly failed: number }>>;
  /** Production requests that the version being released served. */
  readonly exposed: { readonly total: number; readonly failed: number };
  /** Of requests with a response, real milliseconds. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
}

export interface TimelineEntry {
  /** Since the release began, AWS time in milliseconds. */
  readonly awsMs: number;
  readonly source: string;
  readonly event: string;
  readonly detail: string;
}
