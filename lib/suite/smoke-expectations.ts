import type { Duration } from 'aws-cdk-lib';
import type { HeaderExpectation } from '../../smoke/suite';

/** Any JSON value. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- jsii has no narrower type for a JSON value, and unknown is none of its types
export type JsonValue = any;

/** A status code, or a class of status codes, that a check accepts. */
export class StatusMatch {
  /** 1xx: the request is not finished. */
  public static readonly INFORMATIONAL = new StatusMatch('1xx');
  /** 2xx: the request succeeded. */
  public static readonly SUCCESSFUL = new StatusMatch('2xx');
  /** 3xx: the response leads elsewhere, or says that nothing has changed. */
  public static readonly REDIRECTION = new StatusMatch('3xx');
  /** 4xx: the request was wrong. */
  public static readonly CLIENT_ERROR = new StatusMatch('4xx');
  /** 5xx: the service failed. */
  public static readonly SERVER_ERROR = new StatusMatch('5xx');

  /** Exactly this status code, 100 to 599. */
  public static code(code: number): StatusMatch {
    return new StatusMatch(code);
  }

  private constructor(private readonly accepted: number | string) {}

  /**
   * The match as a suite file has it.
   * @internal
   */
  public _render(): number | string {
    return this.accepted;
  }
}

/** The value that a header of the response must have. */
export class HeaderMatch {
  /** Exactly this value. */
  public static exactly(value: string): HeaderMatch {
    return new HeaderMatch(value);
  }

  /** A value that the regular expression matches. */
  public static pattern(pattern: string): HeaderMatch {
    return new HeaderMatch({ pattern });
  }

  /** A value that contains this text. */
  public static contains(text: string): HeaderMatch {
    return new HeaderMatch({ contains: text });
  }

  /** Whether the response must have the header, with any value, or must not have it. */
  public static exists(exists: boolean): HeaderMatch {
    return new HeaderMatch({ exists });
  }

  private constructor(private readonly expected: HeaderExpectation) {}

  /**
   * The match as a suite file has it.
   * @internal
   */
  public _render(): HeaderExpectation {
    return this.expected;
  }
}

/** What must hold of the values at a JSONPath (RFC 9535): of every one found, and there must be one. */
export interface JsonMatch {
  /** The JSONPath. */
  readonly path: string;
  /** Whether the path must find a value, or must not. @default - not checked */
  readonly exists?: boolean;
  /** How many values the path must find. @default - any number */
  readonly count?: number;
  /** The value, whatever the order of its keys. @default - any */
  readonly equalTo?: JsonValue;
  /** What the value must not be. @default - nothing */
  readonly notEqualTo?: JsonValue;
  /** What the value may be. @default - anything */
  readonly oneOf?: JsonValue[];
  /** The value must be a number above this. @default - not checked */
  readonly greaterThan?: number;
  /** The value must be a number, this or above. @default - not checked */
  readonly atLeast?: number;
  /** The value must be a number below this. @default - not checked */
  readonly lessThan?: number;
  /** The value must be a number, this or below. @default - not checked */
  readonly atMost?: number;
  /** Text within the text, or an entry of the list. @default - not checked */
  readonly contains?: JsonValue;
  /** A regular expression that the text must match. @default - not checked */
  readonly pattern?: string;
  /** `string`, `number`, `boolean`, `null`, `array` or `object`. @default - any */
  readonly type?: string;
}

/** What a response must be. */
export interface SmokeExpectations {
  /** The accepted status codes, and classes of status codes. @default - 200, or any 3xx with `redirect` */
  readonly status?: StatusMatch[];
  /** The expected headers of the response by name. @default - any */
  readonly headers?: { [name: string]: HeaderMatch };
  /** The text that the body of the response must contain. @default - any body */
  readonly bodyContains?: string;
  /** The regular expression that the body of the response must match. @default - any body */
  readonly bodyPattern?: string;
  /** What must hold of a JSON body. @default - any body */
  readonly json?: JsonMatch[];
  /** JSON Schema of the body, draft 2020-12, or draft-07 by `$schema`. @default - any body */
  readonly jsonSchema?: { [key: string]: JsonValue };
  /** The longest time that the whole response may take. @default - only `timeout` of the check */
  readonly latency?: Duration;
  /** How long the certificate must still be valid, in whole days. @default - valid now */
  readonly certificateValidity?: Duration;
  /** The location that the response must redirect to: a URL, or a path on the target. @default - no redirect */
  readonly redirect?: string;
}
