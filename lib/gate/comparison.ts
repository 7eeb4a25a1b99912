import type { Duration } from 'aws-cdk-lib';

/** A request that goes to green and to live blue, many times: it must change nothing. */
export interface ComparedRequest {
  /** Path and query, beginning with `/`. */
  readonly path: string;
  /** Names the request in reports. @default - method and path */
  readonly name?: string;
  /** GET, HEAD or OPTIONS. @default GET */
  readonly method?: string;
  /** Headers to send. @default - none besides the usual */
  readonly headers?: { [name: string]: string };
}

/** In what green's answers can differ from those of live blue. */
export enum DifferenceKind {
  /** The status. */
  STATUS = 'status',
  /** The value or presence of a header that is compared. */
  HEADER = 'header',
  /** A field that is gone. */
  JSON_MISSING = 'json-missing',
  /** A field that is new. */
  JSON_ADDED = 'json-added',
  /** A field of another type. */
  JSON_TYPE = 'json-type',
  /** Another value of a field that is always the same on blue. */
  JSON_VALUE = 'json-value',
  /** Another body, of an answer that is no JSON. */
  BODY = 'body',
}

/** How green is compared with live blue before any traffic shifts: docs/comparison.md. */
export interface ComparisonOptions {
  /** What is sent to both sides, 1 to 100. @default - the checks whose method is safe and that need no other value */
  readonly requests?: ComparedRequest[];
  /** Chance of stopping a green that is no worse, 0.0001 to 0.2. @default 0.01 */
  readonly alpha?: number;
  /** How sure "not worse" is, 0.8 to 0.999. @default 0.95 */
  readonly confidence?: number;
  /** Percent of the requests by which "not worse" rules out that green fails more, 0.1 to 50. @default 1 */
  readonly errorMarginPercent?: number;
  /** Green may take this many times as long as blue, 1 to 10. @default 1.1 */
  readonly latencyRatio?: number;
  /** Or this much longer, whichever is more; up to a minute. @default Duration.millis(5) */
  readonly latencyFloor?: Duration;
  /** Requests to both sides together, 100 to 100000. @default 10000 */
  readonly requestsMax?: number;
  /** Time for all requests, up to 14 min and to the time limit of the gate. @default Duration.minutes(2) */
  readonly timeLimit?: Duration;
  /** Of both sides together, half of them meet the live side; 1 to 10000. @default 100 */
  readonly requestsPerSecond?: number;
  /** Pairs of requests under way at a time, 1 to 64. @default 4 */
  readonly concurrency?: number;
  /** Limit of one answer, up to a minute. @default Duration.seconds(5) */
  readonly timeout?: Duration;
  /** Headers that must be alike. @default ['content-type'] */
  readonly headers?: string[];
  /** Which differences between the answers fail the gate. @default - none, they are reported */
  readonly failOnDifferences?: DifferenceKind[];
  /** Whether too little data passes. @default false */
  readonly passWithoutEnoughData?: boolean;
}
