/** What a comparison leaves in the verdict. */

/** In what green's responses can differ from blue's. */
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
  /** Of the value; null where there is too little data for a bound. */
  readonly interval: readonly [low: number | null, high: number | null];
  /** Share of failed requests, or milliseconds at `quantile`. */
  readonly blue: number;
  readonly green: number;
  /** Latency: the quantile at which green lies the furthest behind: 0.5, 0.75, 0.9, 0.95 or 0.99. */
  readonly quantile?: number;
  /** Pairs that count: one request to each side. */
  readonly pairs: number;
  /** 1 over the chance of such pairs, or of more one-sided ones, between equals; "worse" needs `threshold`. */
  readonly evidence: number;
  /** What the evidence had to reach at the last check: more at early checks than at late ones. */
  readonly threshold: number;
  readonly alpha: number;
  /** Errors: the share that "not worse" rules out. Latency: the multiple of blue's time that green is allowed. */
  readonly margin: number;
  /** The test by name. */
  readonly rule: string;
}

/** A way in which a request failed, on either side. */
export interface ComparedFailure {
  /** Name of the request. */
  readonly request: string;
  /** `status 500`, `timed out`, or the error of the connection. */
  readonly what: string;
  /** Share of blue's responses to this request. */
  readonly blue: number;
  readonly green: number;
}

/** Something in which green's responses differ from blue's, where blue's own responses all agree. */
export interface ResponseDifference {
  /** Name of the request. */
  readonly request: string;
  readonly kind: (typeof DIFFERENCE_KINDS)[number];
  /** `status`, a header's name, or a path such as `orders[].id`. */
  readonly place: string;
  readonly blue: string;
  readonly green: string;
  /** Responses of green that differ, of those examined. */
  readonly seen: number;
  readonly of: number;
  /** The suite asks that such a difference fails the gate. */
  readonly fails?: true;
}

/** Green against live blue: the same safe requests to both, in pairs. */
export interface ComparisonResult {
  readonly decision: ComparedMeasure['decision'];
  /** Whether the gate passes: by the decision, and by the differences that are set to fail it. */
  readonly outcome: 'passed' | 'failed';
  /** One sentence for people. */
  readonly sentence: string;
  readonly measures: readonly ComparedMeasure[];
  readonly differences: readonly ResponseDifference[];
  /** Places that differ between two responses of blue, and so say nothing about green. */
  readonly noise: readonly string[];
  /** How requests failed on either side, what sets green apart the most first; 20 kinds at most. */
  readonly failures: readonly ComparedFailure[];
  /** Names of the requests that the live side refuses and green does not: a release brings them, so they were left out. */
  readonly newRequests: readonly string[];
  /** Requests sent to both sides together, warm-up included. */
  readonly requests: number;
  readonly durationMs: number;
  /** What ended it; `differences`: such as fail the gate, before there was a decision. */
  readonly endedBy: 'worse' | 'not-worse' | 'differences' | 'requests' | 'timeout' | 'sides-changed';
}
