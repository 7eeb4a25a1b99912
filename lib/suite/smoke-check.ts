import type { Duration } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { grantParameter, grantSecret } from './auth-grants';
import type { SmokeCheck as SuiteCheck } from '../../smoke/suite';
import type { JsonValue, SmokeExpectations } from './smoke-expectations';

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
    const grant = (grantee: IGrantable) => grantParameter(parameter, grantee);
    return new SmokeAuth('bearer', parameter.parameterArn, options.field, undefined, grant);
  }

  private static fromSecret(
    type: 'bearer' | 'basic' | 'header',
    secret: ISecret,
    options: SmokeAuthOptions,
    name?: string,
  ): SmokeAuth {
    const grant = (grantee: IGrantable) => grantSecret(secret, grantee);
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

/** The body of a request. */
export class SmokeBody {
  /** The text as it is. */
  public static text(text: string): SmokeBody {
    return new SmokeBody(text);
  }

  /** A JSON value, sent with its content type. */
  public static json(value: JsonValue): SmokeBody {
    return new SmokeBody({ json: value as null });
  }

  private constructor(private readonly content: NonNullable<SuiteCheck['body']>) {}

  /**
   * The body as a suite file has it.
   * @internal
   */
  public _render(): NonNullable<SuiteCheck['body']> {
    return this.content;
  }
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

/** One request that the gate sends, and the response that it expects. Any other response fails the release. */
export interface SmokeCheck {
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
  /** The body to send. @default - none */
  readonly body?: SmokeBody;
  /** Credentials to send. @default - none */
  readonly auth?: SmokeAuth;
  /** How many redirects to follow, only on the target unless the suite allows other hosts. @default 0 */
  readonly followRedirects?: number;
  /** What the response must be; otherwise the check fails. @default - status 200 */
  readonly expect?: SmokeExpectations;
  /** What the response should be; otherwise the check is degraded, and still passes. @default - nothing */
  readonly warn?: SmokeExpectations;
  /** Values for later checks, which use them as `${name}` and wait for this one. @default - none */
  readonly capture?: { [name: string]: Capture };
  /** Names of checks that must pass before this one begins. @default - those whose captured values it uses */
  readonly needs?: string[];
  /** The number of attempts after the first, only for idempotent methods. @default - 2, and 0 for other methods */
  readonly retries?: number;
  /** Wait before the second attempt; it doubles with each one after. @default Duration.millis(500) */
  readonly backoff?: Duration;
  /** The timeout of one attempt. @default Duration.seconds(5) */
  readonly timeout?: Duration;
  /** Sends the request many times and evaluates all of them together. @default - once */
  readonly repeat?: RepeatOptions;
}
