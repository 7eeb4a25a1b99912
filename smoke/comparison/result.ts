/** The result of a comparison, as the verdict has it. */

/** The kinds of differences between the responses of green and blue. */
export const DIFFERENCE_KINDS = [
  'status',
  'header',
  'json-missing',
  'json-added',
  'json-type',
  'json-value',
  'body',
] as const;

/** One measure of the comparison of green with blue. docs/comparison.md explains the rule. */
export interface ComparedMeasure {
  readonly measure: 'errors' | 'latency';
  readonly decision: 'worse' | 'not-worse' | 'not-enough-data';
  /** Errors: green's share less blue's. Latency: green's time at `quantile` as a multiple of blue's. */
  readonly value: number;
  /** The interval of the value; null if there is too little data for a bound. */
  readonly interval: readonly [low: number | null, high: number | null];
  /** Share of failed requests, or milliseconds at `quantile`. */
  readonly blue: number;
  readonly green: number;
  /** Latency: the quantile at which green is slowest compared with blue: 0.5, 0.75, 0.9, 0.95 or 0.99. */
  readonly quantile?: number;
  /** Pairs that count: one request to each side. */
  readonly pairs: number;
  /** The reciprocal of the probability of such pairs, or more one-sided ones, between equal sides. "worse" needs `threshold`. */
  readonly evidence: number;
  /** The evidence that the last check required. Early checks require more than late ones. */
  readonly threshold: number;
  readonly alpha: number;
  /** Errors: the share that "not worse" rules out. Latency: how many times as long as blue green may take. */
  readonly margin: number;
  /** The name of the statistical test. */
  readonly rule: string;
}

/** One kind of failure of a request, with its share on each side. */
export interface ComparedFailure {
  /** Name of the request. */
  readonly request: string;
  /** `status 500`, `timed out`, or the error of the connection. */
  readonly what: string;
  /** The share of blue's responses to this request. */
  readonly blue: number;
  readonly green: number;
}

/** A difference of green's responses from blue's, at a place where all of blue's responses are equal. */
export interface ResponseDifference {
  /** Name of the request. */
  readonly request: string;
  readonly kind: (typeof DIFFERENCE_KINDS)[number];
  /** `status`, a header's name, or a path such as `orders[].id`. */
  readonly place: string;
  readonly blue: string;
  readonly green: string;
  /** The number of green's responses that differ, out of `of` inspected ones. */
  readonly count: number;
  readonly of: number;
  /** Such a difference fails the gate, by the suite's `failOnDifferences`. */
  readonly fails?: true;
}

/** Green against live blue: the same safe requests to both, in pairs. */
export interface ComparisonResult {
  readonly decision: ComparedMeasure['decision'];
  /** Whether the gate passes, by the decision and by the differences that fail it. */
  readonly outcome: 'passed' | 'failed';
  /** One sentence for people. */
  readonly sentence: string;
  readonly measures: readonly ComparedMeasure[];
  readonly differences: readonly ResponseDifference[];
  /** Places that differ between two responses of blue, and are therefore not compared. */
  readonly noise: readonly string[];
  /** How requests failed on either side, with the largest excess of green first; 20 kinds at most. */
  readonly failures: readonly ComparedFailure[];
  /** Names of the requests that only green supports. They were left out. */
  readonly newRequests: readonly string[];
  /** The number of requests to both sides together, including the warm-up. */
  readonly requests: number;
  readonly durationMs: number;
  /** What ended the comparison. `differences`: differences that fail the gate, found before a decision. */
  readonly endedBy: 'worse' | 'not-worse' | 'differences' | 'requests' | 'timeout' | 'sides-changed';
}
