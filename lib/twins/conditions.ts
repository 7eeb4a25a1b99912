import { Token } from 'aws-cdk-lib';
import type { ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { coversAll } from '../internal/cidr';
import { mayMatch, UNKNOWN } from '../internal/wildcards';

interface Values {
  readonly values?: readonly string[];
  readonly regexValues?: readonly string[];
}

/** As `ListenerCondition.renderRawCondition` writes it. */
interface RawCondition {
  readonly field?: string;
  readonly values?: readonly string[];
  readonly regexValues?: readonly string[];
  readonly hostHeaderConfig?: Values;
  readonly pathPatternConfig?: Values;
  readonly httpHeaderConfig?: Values & { readonly httpHeaderName?: string };
  readonly httpRequestMethodConfig?: Values;
  readonly queryStringConfig?: { readonly values?: readonly { readonly key?: string; readonly value?: string }[] };
  readonly sourceIpConfig?: Values;
}

/** A request as a listener sees it. Texts may hold tokens and `UNKNOWN`. */
export interface RoutedRequest {
  readonly method: string;
  /** The names that it may carry, without port. */
  readonly hosts: readonly string[];
  /** Without the query. */
  readonly path: string;
  /** Undefined when nothing of it is known. */
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The address ranges that it may come from; undefined when they are not known. */
  readonly sources?: readonly string[];
}

/** The condition that does not take a request, and how to make it fit. */
export interface Mismatch {
  readonly field: string;
  /** What the condition takes. */
  readonly expected: string;
  readonly remedy: string;
}

type Matcher = (raw: RawCondition, request: RoutedRequest) => Mismatch | undefined;

/**
 * The six types of conditions, by field.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
const MATCHERS: Readonly<Record<string, Matcher>> = {
  'host-header': (raw, { hosts }) => {
    const patterns = patternsOf(raw, raw.hostHeaderConfig);
    if (hosts.some((host) => takes(patterns, host, true))) return undefined;
    return {
      field: 'host-header',
      expected: textOf(patterns),
      remedy: 'set domainName to a name that the condition takes',
    };
  },
  'path-pattern': (raw, { path }) => {
    const patterns = patternsOf(raw, raw.pathPatternConfig);
    if (takes(patterns, path, false)) return undefined;
    return {
      field: 'path-pattern',
      expected: textOf(patterns),
      remedy: 'set suite with paths that the conditions take',
    };
  },
  'http-header': (raw, { headers }) => {
    const name = raw.httpHeaderConfig?.httpHeaderName ?? '';
    const patterns = patternsOf(raw, raw.httpHeaderConfig);
    const sent = Token.isUnresolved(name) ? UNKNOWN : headers[name.toLowerCase()];
    if (sent !== undefined && takes(patterns, sent, true)) return undefined;
    const remedy = `send the header ${name} with each check: headers of a check, or defaults.headers of a suite file`;
    return { field: `http-header ${name}`, expected: textOf(patterns), remedy };
  },
  'http-request-method': (raw, { method }) => {
    const methods = patternsOf(raw, raw.httpRequestMethodConfig).values;
    if (methods.some((each) => Token.isUnresolved(each) || each === method)) return undefined;
    return {
      field: 'http-request-method',
      expected: methods.join(', '),
      remedy: 'use checks of a method that it takes',
    };
  },
  'query-string': ({ queryStringConfig }, { query }) => {
    const wanted = queryStringConfig?.values ?? [];
    if (query === undefined || wanted.some((pair) => query.some((sent) => takesPair(pair, sent)))) return undefined;
    const expected = wanted.map(({ key, value }) => (key === undefined ? (value ?? '') : `${key}=${value}`)).join(', ');
    return { field: 'query-string', expected, remedy: 'give each check a query that the condition takes' };
  },
  'source-ip': ({ sourceIpConfig }, { sources }) => {
    const ranges = sourceIpConfig?.values ?? [];
    if (ranges.some((range) => Token.isUnresolved(range)) || coversAll(ranges, sources)) return undefined;
    const from = sources ? sources.join(', ') : 'private addresses of the VPC';
    return {
      field: 'source-ip',
      expected: ranges.join(', '),
      remedy: `the gate connects from ${from}: let the condition take these addresses too`,
    };
  },
};

/** The first condition that does not take the request; undefined when a rule with these conditions may take it. */
export function mismatchOf(
  conditions: readonly ListenerCondition[] | undefined,
  request: RoutedRequest,
): Mismatch | undefined {
  for (const condition of conditions ?? []) {
    const raw = condition.renderRawCondition() as RawCondition;
    const mismatch = MATCHERS[raw.field ?? '']?.(raw, request);
    if (mismatch) return mismatch;
  }
  return undefined;
}

/** The first name in a host condition that is a name and no pattern. */
export function hostOf(conditions: readonly ListenerCondition[] = []): string | undefined {
  const raws = conditions.map((condition) => condition.renderRawCondition() as RawCondition);
  const hosts = raws
    .filter(({ field }) => field === 'host-header')
    .flatMap((raw) => patternsOf(raw, raw.hostHeaderConfig).values);
  return hosts.find((host) => !Token.isUnresolved(host) && !/[*?]/.test(host));
}

interface Patterns {
  readonly values: readonly string[];
  readonly regexValues: readonly string[];
}

/** Host and path conditions may have their values next to the field too. */
function patternsOf({ values, regexValues }: RawCondition, config: Values = {}): Patterns {
  return { values: config.values ?? values ?? [], regexValues: config.regexValues ?? regexValues ?? [] };
}

function takes({ values, regexValues }: Patterns, text: string, ignoreCase: boolean): boolean {
  return (
    values.some((pattern) => mayMatch(pattern, text, { ignoreCase })) ||
    regexValues.some((expression) => mayFit(expression, text, ignoreCase))
  );
}

/** What is not known at synth, and what JavaScript does not read, may fit. */
function mayFit(expression: string, text: string, ignoreCase: boolean): boolean {
  if (Token.isUnresolved(expression) || Token.isUnresolved(text) || text.includes(UNKNOWN)) return true;
  try {
    return new RegExp(expression, ignoreCase ? 'i' : '').test(text);
  } catch {
    return true;
  }
}

function takesPair(
  { key, value = '' }: { readonly key?: string; readonly value?: string },
  [sentKey, sentValue]: readonly [string, string],
): boolean {
  const ignoreCase = true;
  return (key === undefined || mayMatch(key, sentKey, { ignoreCase })) && mayMatch(value, sentValue, { ignoreCase });
}

function textOf({ values, regexValues }: Patterns): string {
  return [...values, ...regexValues].join(', ');
}
