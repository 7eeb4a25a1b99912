import type { Timings } from '../common/http';

/** What a run of a suite found. Comparison has its own: comparison/result.ts. */

export interface ExpectationFailure {
  /** What was expected of what: `status`, `header content-type`, `body`, `latency`, `connection`. */
  readonly expectation: string;
  readonly expected: string;
  readonly actual: string;
  /** Degrades the check, and does not fail it. */
  readonly soft?: true;
  /** Where the suite asks for it: `smoke.yaml:12:7`, or `checks[2].expect.status` for a suite in code. */
  readonly place?: string;
}

/** One request of a check, milliseconds from the start of the connection. */
export interface AttemptResult {
  /** Absent when no response came. */
  readonly status?: number;
  readonly timings: Timings;
  readonly failures: readonly ExpectationFailure[];
}

/** What the requests of a repeated check took, milliseconds of those with a response, by nearest rank. */
export interface RepeatResult {
  readonly times: number;
  readonly errors: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
}

export interface CheckResult {
  readonly name: string;
  /** `degraded` passes the gate; `skipped` never ran, as a check that it needs did not pass. */
  readonly outcome: 'passed' | 'degraded' | 'failed' | 'skipped';
  readonly request: { readonly method: string; readonly url: string };
  readonly attempts: number;
  /** Of the last attempt, milliseconds. */
  readonly durationMs: number;
  /** Every expectation that the last attempt did not meet. */
  readonly failures: readonly ExpectationFailure[];
  /** Where the suite has the check. */
  readonly place?: string;
  /** Each attempt in order; of a repeated check, the last one alone. */
  readonly tries?: readonly AttemptResult[];
  readonly repeat?: RepeatResult;
}
