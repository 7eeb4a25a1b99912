import type { Duration } from 'aws-cdk-lib';

/** A request that goes to green and to live blue, many times: it must change nothing. */
export interface ComparedRequest {
  /** The path and query, beginning with `/`. */
  readonly path: string;
  /** The name of the request in reports. @default - method and path */
  readonly name?: string;
  /** The method: GET, HEAD or OPTIONS. @default GET */
  readonly method?: string;
  /** The headers to send. @default - only the usual ones */
  readonly headers?: { [name: string]: string };
}

/** The kinds of differences between the responses of green and of live blue. */
export enum DifferenceKind {
  /** Another status. */
  STATUS = 'status',
  /** Another value or presence of a header that is compared. */
  HEADER = 'header',
  /** A field that green does not have. */
  JSON_MISSING = 'json-missing',
  /** A field that only green has. */
  JSON_ADDED = 'json-added',
  /** A field of another type. */
  JSON_TYPE = 'json-type',
  /** Another value of a field that is always the same on blue. */
  JSON_VALUE = 'json-value',
  /** Another body, of a response that is not JSON. */
  BODY = 'body',
}

/** What a gate makes of a comparison that has too little data for a result. */
export enum NotEnoughData {
  /** The gate fails. */
  FAIL = 'fail',
  /** The gate passes, and the verdict has a warning. */
  WARN = 'warn',
}

/** How green is compared with live blue before any traffic shifts: docs/comparison.md. */
export interface ComparisonOptions {
  /** The requests that are sent to both sides, 1 to 100. @default - the checks with a safe method that need no value of another check */
  readonly requests?: ComparedRequest[];
  /** The chance of stopping a green that is no worse, 0.0001 to 0.2. @default 0.01 */
  readonly alpha?: number;
  /** The confidence of "not worse", 0.8 to 0.999. @default 0.95 */
  readonly confidence?: number;
  /** The share of requests in percent that green may fail more often and still be "not worse", 0.1 to 50. @default 1 */
  readonly errorMarginPercent?: number;
  /** How many times as long as blue green may take, 1 to 10. @default 1.1 */
  readonly latencyRatio?: number;
  /** How much longer than blue green may take in any case, up to a minute. @default Duration.millis(5) */
  readonly latencyFloor?: Duration;
  /** The largest number of requests to both sides together, 100 to 100000. @default 10000 */
  readonly maxRequests?: number;
  /** The timeout of all requests together, up to 14 min and not above the timeout of the gate. @default Duration.minutes(2) */
  readonly timeout?: Duration;
  /** The number of requests per second to both sides together, 1 to 10000. Half of them go to the live side. @default 100 */
  readonly requestsPerSecond?: number;
  /** How many pairs of requests are sent at the same time, 1 to 64. @default 4 */
  readonly concurrency?: number;
  /** The timeout of one request, up to a minute. @default Duration.seconds(5) */
  readonly requestTimeout?: Duration;
  /** The headers that must be equal. @default ['content-type'] */
  readonly headers?: string[];
  /** The kinds of differences that fail the gate. @default - none, they are reported */
  readonly failOnDifferences?: DifferenceKind[];
  /** Whether too little data fails the gate. @default NotEnoughData.FAIL */
  readonly notEnoughData?: NotEnoughData;
}
