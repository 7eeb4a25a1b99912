import type { Duration } from 'aws-cdk-lib';

/** What a header of the answer must be. */
export class HeaderMatch {
  /** Exactly this value. */
  public static exactly(value: string): HeaderMatch {
    return new HeaderMatch(value, undefined);
  }

  /** A value that the regular expression matches. */
  public static pattern(pattern: string): HeaderMatch {
    return new HeaderMatch(undefined, pattern);
  }

  private constructor(
    /** The exact value, if one is asked for. */
    public readonly value?: string,
    /** The regular expression, if one is asked for. */
    public readonly regularExpression?: string,
  ) {}
}

/** One request that the gate makes, and what it expects of the answer. */
export interface SmokeCheck {
  /** Names the check in verdicts; unique in its suite. */
  readonly name: string;
  /** Path and query, beginning with `/`. */
  readonly path: string;
  /** The HTTP method, in capitals. @default GET */
  readonly method?: string;
  /** Headers to send. @default - none besides the usual */
  readonly headers?: { [name: string]: string };
  /** Body to send. @default - none */
  readonly body?: string;
  /** Accepted status codes. @default [200] */
  readonly expectedStatus?: number[];
  /** Expected headers of the answer by name. @default - any */
  readonly expectedHeaders?: { [name: string]: HeaderMatch };
  /** Text that the answer's body must contain. @default - any body */
  readonly bodyContains?: string;
  /** Regular expression that the answer's body must match. @default - any body */
  readonly bodyPattern?: string;
  /** Limit for the whole answer. @default - the timeout alone */
  readonly latencyLimit?: Duration;
  /** Attempts after the first; for idempotent methods alone. @default - 2, and 0 for other methods */
  readonly retries?: number;
  /** Time limit of one attempt. @default Duration.seconds(5) */
  readonly timeout?: Duration;
}
