import type { Timings } from '../common/http';

/** The results of a run of a suite. Those of a comparison are in comparison/result.ts. */

export interface ExpectationFailure {
  /** What the expectation is about: `status`, `header content-type`, `body`, `latency`, `connection`. */
  readonly expectation: string;
  readonly expected: string;
  readonly actual: string;
  /** True if it only degrades the check. */
  readonly soft?: true;
  /** Where the suite has the expectation: `smoke.yaml:12:7`, or `checks[2].expect.status` for a suite in code. */
  readonly place?: string;
}

/** One request of a check, milliseconds from the start of the connection. */
export interface AttemptResult {
  /** Absent if no response came. */
  readonly status?: number;
  readonly timings: Timings;
  readonly failures: readonly ExpectationFailure[];
}

/** The times of a repeated check, in milliseconds, of the requests with a response, by nearest rank. */
export interface RepeatResult {
  readonly times: number;
  readonly errors: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
}

export interface CheckResult {
  readonly name: string;
  /** `degraded` passes the gate. `skipped` never ran, because a check that it needs did not pass. */
  readonly outcome: 'passed' | 'degraded' | 'failed' | 'skipped';
  readonly request: { readonly method: string; readonly url: string };
  readonly attempts: number;
  /** The duration of the last attempt, in milliseconds. */
  readonly durationMs: number;
  /** Every expectation that the last attempt did not meet. */
  readonly failures: readonly ExpectationFailure[];
  /** Where the suite has the check. */
  readonly place?: string;
  /** Each attempt in order; of a repeated check only the last one. */
  readonly tries?: readonly AttemptResult[];
  readonly repeat?: RepeatResult;
}
