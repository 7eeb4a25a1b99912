/** The names that the gate function shares with its construct. No I/O, no aws-cdk-lib. */

/** Environment variables of a gate function. All are required unless said otherwise. */
export const GateEnvironment = {
  /** Service name, for sentences: `web`. */
  serviceName: 'GREENLIGHT_SERVICE',
  /** The lifecycle event this function serves: one of `LifecycleEventName`. CodeDeploy's payload does not name it. */
  lifecycleEvent: 'GREENLIGHT_LIFECYCLE_EVENT',
  /** Base URL of the listener to test: `https://<dns name>:<port>`. */
  targetUrl: 'GREENLIGHT_TARGET_URL',
  /**
   * `app/<name>/<id>` of an internet-facing load balancer, whose private addresses the gate looks up, because its name
   * resolves to public ones even inside the VPC and a security-group source matches only private traffic. Empty: connect by name.
   */
  loadBalancerFullName: 'GREENLIGHT_LOAD_BALANCER',
  /** JSON array of the names of the alarms that must be quiet. */
  alarmNames: 'GREENLIGHT_ALARMS',
  /** Timeout of one run's wait and checks, seconds. Alarms and the report come after it. */
  timeoutSeconds: 'GREENLIGHT_TIMEOUT_SECONDS',
  /**
   * Optional: the service's own domain. It becomes the `Host` header and the TLS server name, and the certificate must
   * match it. Without it both are the host of the target URL.
   */
  hostName: 'GREENLIGHT_HOST_NAME',
  /**
   * Optional, one of `TlsVerification`. Default `full` with a host name, else `chain`: no certificate can be issued for
   * a load balancer's own DNS name, so its name cannot match, while its issuer still must be trusted.
   */
  tlsVerification: 'GREENLIGHT_TLS_VERIFICATION',
  /** Optional: JSON object of the values of the suite's variables, as texts. */
  variables: 'GREENLIGHT_VARIABLES',
  /**
   * Optional, JSON `LiveSides`: what the gate needs to distinguish green from the live side. Without it neither
   * identity nor the live side's health is checked.
   */
  sides: 'GREENLIGHT_SIDES',
  /** Optional: base URL of the production listener, where live blue responds, for the comparison before the shift. */
  liveUrl: 'GREENLIGHT_LIVE_URL',
  /** Optional, JSON `VersionHeader`: the header in which green says what it is. */
  versionHeader: 'GREENLIGHT_VERSION_HEADER',
  /** Optional, one of `InsufficientData`: what an alarm without data means. Default `pass`. */
  insufficientData: 'GREENLIGHT_INSUFFICIENT_DATA',
  /** Optional: seconds for which smoke and alarms must stay good after all traffic moved. Default 0: once. */
  bakeSeconds: 'GREENLIGHT_BAKE_SECONDS',
  /** Optional, JSON array of `CustomCheckSettings`. */
  customChecks: 'GREENLIGHT_CUSTOM_CHECKS',
  /** Optional: where the service is, the stack first, as a dimension of its metrics: two stages must not share a metric. */
  stack: 'GREENLIGHT_STACK',
  /** Optional: the path that production must respond to before a release begins: `/health`. */
  healthPath: 'GREENLIGHT_HEALTH_PATH',
  /** Optional: the status codes that it must respond with: `200-299`. Default 200. */
  healthCodes: 'GREENLIGHT_HEALTH_CODES',
} as const;

/** What a custom check's function is invoked with. docs/gate.md explains it. */
export interface CustomCheckRequest {
  readonly kind: 'greenlight.custom-check';
  readonly version: 1;
  readonly service: string;
  readonly deploymentId: string;
  readonly lifecycleEvent: string;
  /** Base URL of the listener under test. */
  readonly targetUrl: string;
  /** ISO 8601: a response after it is not waited for. */
  readonly deadline: string;
}

/** What it must respond with. */
export interface CustomCheckResponse {
  readonly outcome: 'passed' | 'failed' | 'degraded';
  /** One sentence for people. */
  readonly message?: string;
  /** Anything that helps; kept in the verdict up to 4 KB of JSON. */
  readonly details?: unknown;
}

import type { BreakGlass } from '../shared/break-glass';
import type { CheckResult } from '../../smoke/results';
import type { ComparisonResult } from '../../smoke/comparison/result';

/** The suite's file name, next to the handler in its bundle: suites do not fit environment variables. */
export const SUITE_FILE = 'suite.json';

/**
 * The lifecycle events at which a gate runs, named as CodeDeploy names them, with the stages of ECS's own deployments
 * that they are. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 */
export const STAGES = {
  BeforeInstall: 'PRE_SCALE_UP',
  AfterAllowTestTraffic: 'POST_TEST_TRAFFIC_SHIFT',
  /** Before each step of a canary or linear deployment: canary-deployment and linear-deployment of the same guide. */
  BeforeAllowTraffic: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  AfterAllowTraffic: 'POST_PRODUCTION_TRAFFIC_SHIFT',
} as const;

export type LifecycleEventName = keyof typeof STAGES;

/** What a service says in the details of a hook of ECS. */
export interface ConfiguredDetails {
  readonly greenlightBreakGlass?: BreakGlass;
  /** Set when the deployment waits for a person at the same stage. */
  readonly greenlightApproval?: true;
}

export interface AlarmResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed';
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'MISSING';
  /** When the worst state was read: before, during or after the checks. */
  readonly phase?: AlarmPhase;
  /** ISO 8601, when CloudWatch says. */
  readonly since?: string;
  /** CloudWatch's own reason. */
  readonly reason?: string;
}

export type AlarmPhase = 'before' | 'during' | 'after';

/** Proof that green responds: what was expected, and what was found. */
export interface IdentityResult {
  readonly outcome: 'passed' | 'failed';
  /** Target group of green, as CodeDeploy names that of its replacement task set. */
  readonly green?: string;
  /** Target groups that the listener under test forwards to, with their weights. */
  readonly forwards: readonly { readonly targetGroup: string; readonly weight: number }[];
  /** The version header, when one is expected; `actual` is empty when it was not there. */
  readonly version?: { readonly header: string; readonly expected: string; readonly actual: string };
  readonly attempts: number;
  readonly durationMs: number;
  /** Why not; without a failure absent. */
  readonly reason?: string;
}

/** One thing that must hold before a release begins. */
export interface PreflightResult {
  readonly name: 'one-live-side' | 'live-side-healthy' | 'production-responds';
  readonly outcome: 'passed' | 'failed';
  /** What was seen, as a sentence. */
  readonly message: string;
}

export interface CustomCheckResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'degraded';
  readonly message: string;
  readonly durationMs: number;
  readonly details?: unknown;
}

/** The watch after all production traffic moved. */
export interface BakeResult {
  /** How long it was to last, seconds. */
  readonly seconds: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Runs of the whole suite. */
  readonly smokeRuns: number;
  /** Readings of all alarms. */
  readonly alarmReadings: number;
  /** Lambda invocations that it took, one after the other. */
  readonly invocations: number;
}

/** What decided. */
export type VerdictRule =
  | 'all-passed'
  | 'break-glass'
  | 'preflight-refused'
  | 'identity-failed'
  | 'check-failed'
  | 'custom-check-failed'
  | 'comparison-worse'
  | 'comparison-differs'
  | 'comparison-without-data'
  | 'alarm-active'
  | 'alarm-without-data'
  | 'alarms-unreadable'
  | 'timeout'
  | 'internal-error';

/** The one structured log line of a gate run: `{"kind":"greenlight.verdict", ...}`. */
export interface Verdict {
  readonly kind: typeof VERDICT_KIND;
  readonly version: 1;
  readonly service: string;
  readonly lifecycleEvent: string;
  readonly deploymentId: string;
  readonly outcome: 'Succeeded' | 'Failed';
  readonly rule: VerdictRule;
  /** One sentence for people: which check or alarm decided, with the value that it saw. */
  readonly sentence: string;
  readonly target: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly identity?: IdentityResult;
  readonly preflight?: readonly PreflightResult[];
  readonly checks: readonly CheckResult[];
  /** What the live side made of the checks that green failed: the same problem, or none. */
  readonly liveChecks?: readonly CheckResult[];
  readonly customChecks?: readonly CustomCheckResult[];
  readonly alarms: readonly AlarmResult[];
  readonly bake?: BakeResult;
  readonly comparison?: ComparisonResult;
  /** What is not here because the verdict must fit into one log event; absent when everything is here. */
  readonly omitted?: VerdictOmission;
}

/** What a verdict left out to fit into one log event. */
export interface VerdictOmission {
  /** Attempts, details of custom checks and the ends of long texts and lists are left out. */
  readonly details: true;
  /** Checks that are not listed, counted by outcome. Failed ones are listed first. */
  readonly checks?: Readonly<Partial<Record<CheckResult['outcome'], number>>>;
}

export const VERDICT_KIND = 'greenlight.verdict';

/** Of the line that a gate writes when IAM does not let it report to CodeDeploy. */
export const UNREPORTED_KIND = 'greenlight.unreported';

/** CloudWatch metrics of gate runs, with the dimensions Service and LifecycleEvent. */
export const METRIC_NAMESPACE = 'Greenlight';
export const METRICS = {
  checksPassed: 'ChecksPassed',
  checksFailed: 'ChecksFailed',
  gatePassed: 'GatePassed',
  gateFailed: 'GateFailed',
  /** Milliseconds. */
  duration: 'GateDuration',
} as const;

export type { CustomCheckSettings, InsufficientData, LiveSides, VersionHeader } from './schemas';
