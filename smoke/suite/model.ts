import { ExactNumber, type Numeric } from '../../common/json/exact-number';
/** The suite, version 1: what a suite file says, and what travels to the gate. docs/suite.md explains it. */

import type { ComparisonOptions } from '../comparison/options';

export type Json = string | number | ExactNumber | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A header's expectation: the exact value, or what must hold of it. */
export type HeaderExpectation =
  string | { readonly pattern?: string; readonly contains?: string; readonly exists?: boolean };

/** What must hold of the values at a JSONPath (RFC 9535): of every value found, and there must be one. */
export interface JsonExpectation {
  readonly path: string;
  readonly exists?: boolean;
  /** How many values the path finds. */
  readonly count?: number;
  readonly equals?: Json;
  readonly notEquals?: Json;
  readonly oneOf?: readonly Json[];
  readonly greaterThan?: Numeric;
  readonly atLeast?: Numeric;
  readonly lessThan?: Numeric;
  readonly atMost?: Numeric;
  /** Text within text, or a value within a list. */
  readonly contains?: Json;
  /** Regular expression that text must match. */
  readonly pattern?: string;
  readonly type?: 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object';
}

export type StatusExpectation = number | string;

export interface SmokeExpectation {
  /** Accepted status codes, or classes such as `2xx`. Default 200, or 3xx where `redirect` is expected. */
  readonly status?: StatusExpectation | readonly StatusExpectation[];
  readonly headers?: Readonly<Record<string, HeaderExpectation>>;
  /** Text that the body must contain. */
  readonly bodyContains?: string | readonly string[];
  /** Regular expression that the body must match. */
  readonly bodyPattern?: string;
  readonly json?: readonly JsonExpectation[];
  /** JSON Schema of the body, or the file that holds it. */
  readonly jsonSchema?: { readonly [key: string]: Json };
  /** Limit for the whole answer, milliseconds. */
  readonly latencyMs?: number;
  /** Days for which the certificate must still be valid. */
  readonly tlsDaysLeft?: number;
  /** Where the answer must redirect to: a URL or a path on the target. */
  readonly redirect?: string | { readonly pattern: string };
}

/** A request's body, exactly one of: text, JSON, or the text of a file beside the suite. */
export interface SmokeBody {
  readonly text?: string;
  readonly json?: Json;
  readonly file?: string;
}

export interface SmokeAuth {
  readonly type: 'bearer' | 'basic' | 'header';
  /** ARN of a Secrets Manager secret or an SSM parameter. */
  readonly secret: string;
  /** Field of a secret that holds a JSON object. */
  readonly field?: string;
  /** For `header`: its name. */
  readonly name?: string;
}

/** Where a value for later checks comes from, exactly one of. */
export interface Capture {
  /** JSONPath; the first value found. */
  readonly json?: string;
  readonly header?: string;
  /** Regular expression on the body; its first group, or all it matched. */
  readonly pattern?: string;
}

/** Sends the request `times` times, one after the other, and judges all of them together. */
export interface Repeat {
  readonly times: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  /** Share of the requests that may fail. Default 0. */
  readonly errorPercent?: number;
}

export type QueryValue = string | Numeric | boolean;

export interface SmokeCheck {
  readonly name: string;
  /** Default GET. */
  readonly method?: string;
  /** Begins with `/`, or is one captured value. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | SmokeBody;
  readonly auth?: SmokeAuth;
  /** Redirects to follow. Default 0. */
  readonly followRedirects?: number;
  /** Names of checks that must have passed before this one begins. */
  readonly needs?: readonly string[];
  /** A miss fails the check. */
  readonly expect?: SmokeExpectation;
  /** A miss degrades the check, which still passes the gate. */
  readonly warn?: SmokeExpectation;
  readonly capture?: Readonly<Record<string, Capture>>;
  /** Attempts after the first, for idempotent methods alone. Default 2, 0 for other methods. */
  readonly retries?: number;
  /** Before the second attempt, milliseconds; doubles with each one after, up to 5000. Default 500. */
  readonly backoffMs?: number;
  /** Time limit of one attempt, milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  readonly repeat?: Repeat;
}

/** What checks have unless they say otherwise. */
export type CheckDefaults = Pick<SmokeCheck, 'headers' | 'timeoutMs' | 'retries' | 'backoffMs'>;

export interface Suite {
  /** Where the JSON Schema is, for editors. */
  readonly $schema?: string;
  readonly version?: 1;
  readonly name?: string;
  /** Values that are known when the suite runs; with a default, or null when one must be given. */
  readonly variables?: Readonly<Record<string, string | null>>;
  /** Hosts besides the target that a redirect may be followed to: `host` or `host:port`. */
  readonly allowHosts?: readonly string[];
  readonly defaults?: CheckDefaults;
  readonly checks: readonly SmokeCheck[];
  /** Green against live blue, before any traffic shifts; false: not compared. Default: compared, and too little data is a warning. */
  readonly compare?: ComparisonOptions | boolean;
  /** The file that it was read from, for people. */
  readonly file?: string;
  /** `line:column` of each value by its path, `checks[2].expect.status`. */
  readonly places?: Readonly<Record<string, string>>;
}

/** A path into the suite: keys and indexes. */
export type Path = readonly (string | number)[];

/** One mistake in a suite. */
export interface Mistake {
  readonly path: Path;
  /** What was read. */
  readonly value: unknown;
  /** What is allowed. */
  readonly allowed: string;
}

export type Report = (path: Path, value: unknown, allowed: string) => void;

/** `checks[2].headers["content-type"]`. */
export function pathText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[$\w]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}
