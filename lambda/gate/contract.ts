/** The names that the gate function shares with its construct. No I/O, no aws-cdk-lib. */

/** Environment variables of a gate function. All are required unless said otherwise. */
export const GateEnvironment = {
  /** Service name, for sentences: `web`. */
  serviceName: 'GREENLIGHT_SERVICE',
  /** The lifecycle event this function serves: one of `HookEvent`. The hook's payload does not name it. */
  lifecycleEvent: 'GREENLIGHT_LIFECYCLE_EVENT',
  /** Base URL of the listener to test: `https://<dns name>:<port>`. */
  targetUrl: 'GREENLIGHT_TARGET_URL',
  /**
   * `app/<name>/<id>` of an internet-facing load balancer, whose private addresses the gate looks up, because its name
   * resolves to public ones even inside the VPC and a security-group source matches private traffic alone. Empty: connect by name.
   */
  loadBalancerFullName: 'GREENLIGHT_LOAD_BALANCER',
  /** JSON array of the names of the alarms that must be quiet. */
  alarmNames: 'GREENLIGHT_ALARMS',
  /** Overall time limit of one run's wait and checks, seconds. Alarms and the report come after it. */
  timeLimitSeconds: 'GREENLIGHT_TIME_LIMIT_SECONDS',
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
} as const;

export type { TlsVerification } from '../shared/http';

/** The suite's file name, beside the handler in its bundle: suites do not fit environment variables. */
export const SUITE_FILE = 'suite.json';

export type HookEvent =
  'BeforeInstall' | 'AfterInstall' | 'AfterAllowTestTraffic' | 'BeforeAllowTraffic' | 'AfterAllowTraffic';

/** A header's expectation: the exact value, or a regular expression. */
export type HeaderExpectation = string | { readonly pattern: string };

export interface SmokeExpectation {
  /** Accepted status codes. Default 200. */
  readonly status?: number | readonly number[];
  readonly headers?: Readonly<Record<string, HeaderExpectation>>;
  /** Text that the body must contain. */
  readonly bodyContains?: string;
  /** Regular expression that the body must match. */
  readonly bodyPattern?: string;
  /** Limit for the whole answer, milliseconds. */
  readonly latencyMs?: number;
}

export interface SmokeCheck {
  readonly name: string;
  /** Default GET. */
  readonly method?: string;
  /** Begins with `/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expect?: SmokeExpectation;
  /** Attempts after the first, for idempotent methods alone. Default 2, 0 for other methods. */
  readonly retries?: number;
  /** Time limit of one attempt, milliseconds. Default 5000. */
  readonly timeoutMs?: number;
}

export interface Suite {
  readonly checks: readonly SmokeCheck[];
}

export interface ExpectationFailure {
  /** What was expected of what: `status`, `header content-type`, `body`, `latency`, `connection`. */
  readonly expectation: string;
  readonly expected: string;
  readonly actual: string;
}

export interface CheckResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed';
  readonly request: { readonly method: string; readonly url: string };
  readonly attempts: number;
  /** Of the last attempt, milliseconds. */
  readonly durationMs: number;
  /** Every expectation that the last attempt did not meet. */
  readonly failures: readonly ExpectationFailure[];
}

export interface AlarmResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed';
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'MISSING';
  /** ISO 8601, when CloudWatch says. */
  readonly since?: string;
  /** CloudWatch's own reason. */
  readonly reason?: string;
}

/** The one structured log line of a gate run: `{"kind":"greenlight.verdict", ...}`. */
export interface Verdict {
  readonly kind: typeof VERDICT_KIND;
  readonly version: 1;
  readonly service: string;
  readonly lifecycleEvent: string;
  readonly deploymentId: string;
  readonly outcome: 'Succeeded' | 'Failed';
  /** What decided: `all-passed`, `check-failed`, `alarm-active`, `alarms-unreadable`, `time-limit`, `internal-error`. */
  readonly rule: string;
  /** One sentence for people: which check or alarm decided, with the value that it saw. */
  readonly sentence: string;
  readonly target: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly checks: readonly CheckResult[];
  readonly alarms: readonly AlarmResult[];
}

export const VERDICT_KIND = 'greenlight.verdict';

export { validateSuite } from './suite';
