import type { Duration } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';

/** jsii has no narrower type for a JSON value, and `unknown` is none of its types. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the type that jsii has for any JSON value
type JsonValue = any;

/** The value that a header of the response must have. */
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
    /** The exact value, if one is expected. */
    public readonly value?: string,
    /** The regular expression, if one is expected. */
    public readonly regularExpression?: string,
  ) {}
}

/** Names a header for a secret, or a field of a secret that holds JSON. */
export interface SmokeAuthOptions {
  /** Key of the JSON object in the secret. @default - the whole text of the secret */
  readonly field?: string;
}

/** Credentials that a check sends, from a secret that the gate reads when it runs. */
export class SmokeAuth {
  /** `Authorization: Bearer <secret>`. */
  public static bearer(secret: ISecret, options: SmokeAuthOptions = {}): SmokeAuth {
    return SmokeAuth.fromSecret('bearer', secret, options);
  }

  /** `Authorization: Basic`, from `user:password` or a JSON object with `username` and `password`. */
  public static basic(secret: ISecret, options: SmokeAuthOptions = {}): SmokeAuth {
    return SmokeAuth.fromSecret('basic', secret, options);
  }

  /** The secret in a header of this name. */
  public static header(name: string, secret: ISecret, options: SmokeAuthOptions = {}): SmokeAuth {
    return SmokeAuth.fromSecret('header', secret, options, name);
  }

  /** `Authorization: Bearer <value>` with the value of an SSM parameter. */
  public static bearerParameter(parameter: IParameter, options: SmokeAuthOptions = {}): SmokeAuth {
    const grant = (grantee: IGrantable) => void parameter.grantRead(grantee);
    return new SmokeAuth('bearer', parameter.parameterArn, options.field, undefined, grant);
  }

  private static fromSecret(
    type: 'bearer' | 'basic' | 'header',
    secret: ISecret,
    options: SmokeAuthOptions,
    name?: string,
  ): SmokeAuth {
    const grant = (grantee: IGrantable) => void secret.grantRead(grantee);
    return new SmokeAuth(type, secret.secretArn, options.field, name, grant);
  }

  private constructor(
    /** How the secret is sent. */
    public readonly type: string,
    /** Where the secret is. */
    public readonly arn: string,
    /** Key of the JSON object in the secret. */
    public readonly field: string | undefined,
    /** The header, for type header. */
    public readonly headerName: string | undefined,
    private readonly grant: (grantee: IGrantable) => void,
  ) {}

  /**
   * Lets someone read the secret, its key included.
   * @internal
   */
  public _grantRead(grantee: IGrantable): void {
    this.grant(grantee);
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
  /** The accepted status codes. @default [200] */
  readonly expectedStatus?: number[];
  /** The accepted classes of status codes, such as `2xx`. @default - only `expectedStatus` */
  readonly expectedStatusClasses?: string[];
  /** The expected headers of the response by name. @default - any */
  readonly expectedHeaders?: { [name: string]: HeaderMatch };
  /** The text that the body of the response must contain. @default - any body */
  readonly bodyContains?: string;
  /** The regular expression that the body of the response must match. @default - any body */
  readonly bodyPattern?: string;
  /** What must hold of a JSON body. @default - any body */
  readonly json?: JsonMatch[];
  /** JSON Schema of the body, draft 2020-12, or draft-07 by `$schema`. @default - any body */
  readonly jsonSchema?: { [key: string]: JsonValue };
  /** The longest time that the whole response may take. @default - only `timeout` */
  readonly latencyLimit?: Duration;
  /** How long the certificate must still be valid, in whole days. @default - valid now */
  readonly certificateValidFor?: Duration;
  /** The location that the response must redirect to: a URL, or a path on the target. @default - no redirect */
  readonly redirectsTo?: string;
}

/** Where a value for later checks comes from. */
export class Capture {
  /** The first value that a JSONPath finds in the body. */
  public static json(path: string): Capture {
    return new Capture('json', path);
  }

  /** The value of a header. */
  public static header(name: string): Capture {
    return new Capture('header', name);
  }

  /** The first group of a regular expression on the body, or all that it matched. */
  public static pattern(pattern: string): Capture {
    return new Capture('pattern', pattern);
  }

  private constructor(
    /** What `source` is. */
    public readonly kind: string,
    /** The path, name or expression. */
    public readonly source: string,
  ) {}
}

/** A check that is sent many times, one after the other, and evaluated over all of them. */
export interface RepeatOptions {
  /** The number of requests, 2 to 1000. */
  readonly times: number;
  /** The largest median of the response times. @default - none */
  readonly p50?: Duration;
  /** The largest 95th percentile of the response times. @default - none */
  readonly p95?: Duration;
  /** The largest 99th percentile of the response times. @default - none */
  readonly p99?: Duration;
  /** The share of requests in percent that may fail. @default 0 */
  readonly errorPercent?: number;
}

/** One request that the gate sends, and the response that it expects. A miss fails the release. */
export interface SmokeCheck extends SmokeExpectations {
  /** Names the check in verdicts; unique in its suite. */
  readonly name: string;
  /** Path and query, beginning with `/`; `${name}` is replaced by a variable or a captured value, as in all texts. */
  readonly path: string;
  /** The HTTP method, in capitals. @default GET */
  readonly method?: string;
  /** Query parameters, percent-encoded for you. @default - those of the path */
  readonly query?: { [name: string]: string };
  /** The headers to send. @default - only the usual ones */
  readonly headers?: { [name: string]: string };
  /** Body to send. @default - none */
  readonly body?: string;
  /** Body to send as JSON, with its content type; instead of `body`. @default - none */
  readonly jsonBody?: JsonValue;
  /** Credentials to send. @default - none */
  readonly auth?: SmokeAuth;
  /** How many redirects to follow, only on the target unless the suite allows other hosts. @default 0 */
  readonly followRedirects?: number;
  /** Further expectations that only warn: a miss degrades the check, which still passes. @default - nothing */
  readonly warn?: SmokeExpectations;
  /** Values for later checks, which use them as `${name}` and wait for this one. @default - none */
  readonly capture?: { [name: string]: Capture };
  /** Names of checks that must pass before this one begins. @default - those whose captured values it uses */
  readonly needs?: string[];
  /** The number of attempts after the first, only for idempotent methods. @default - 2, and 0 for other methods */
  readonly retries?: number;
  /** Wait before the second attempt; it doubles with each one after. @default Duration.millis(500) */
  readonly retryBackoff?: Duration;
  /** The timeout of one attempt. @default Duration.seconds(5) */
  readonly timeout?: Duration;
  /** Sends the request many times and evaluates all of them together. @default - once */
  readonly repeat?: RepeatOptions;
}
