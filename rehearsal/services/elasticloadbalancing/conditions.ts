import { invalid } from './values';

/** A rule's condition. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html */
export interface Condition {
  readonly Field?: string;
  readonly Values?: readonly string[];
  readonly HostHeaderConfig?: ValuesConfig;
  readonly PathPatternConfig?: ValuesConfig;
  readonly HttpHeaderConfig?: ValuesConfig & { readonly HttpHeaderName?: string };
  readonly HttpRequestMethodConfig?: ValuesConfig;
  readonly QueryStringConfig?: { readonly Values?: readonly { readonly Key?: string; readonly Value?: string }[] };
  readonly SourceIpConfig?: ValuesConfig;
}

interface ValuesConfig {
  readonly Values?: readonly string[];
}

/** What conditions read; `node:http`'s IncomingMessage is one. */
export interface RequestView {
  readonly method?: string;
  /** Path and query, as in the request line. */
  readonly url?: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export type Predicate = (request: RequestView) => boolean;

/**
 * One function for all of a rule's conditions, each of which must hold.
 * @throws AwsError ValidationError for an unknown field or one without values
 */
export function compileConditions(conditions: readonly Condition[] | undefined): Predicate {
  if (!conditions?.length) throw invalid('A rule must have at least one condition');
  const predicates = conditions.map(compileCondition);
  return (request) => predicates.every((holds) => holds(request));
}

function compileCondition(condition: Condition): Predicate {
  switch (condition.Field) {
    case 'host-header':
      return hostHeader(required(condition, condition.HostHeaderConfig));
    case 'path-pattern':
      return pathPattern(required(condition, condition.PathPatternConfig));
    case 'http-header':
      return httpHeader(condition);
    case 'http-request-method':
      return requestMethod(required(condition, condition.HttpRequestMethodConfig));
    case 'query-string':
      return queryString(condition);
    case 'source-ip':
      required(condition, condition.SourceIpConfig);
      // Every client here is on loopback, so an address of the outside world never matches.
      return () => false;
    default:
      throw invalid(
        `Condition field '${condition.Field ?? ''}' must be one of 'path-pattern, host-header, http-header, http-request-method, query-string, source-ip'`,
      );
  }
}

function required(condition: Condition, config: ValuesConfig | undefined): readonly string[] {
  const values = config?.Values ?? condition.Values ?? [];
  if (values.length === 0) throw invalid(`A condition of field '${condition.Field ?? ''}' must have a value`);
  return values;
}

/** `*` is any text, `?` one character. */
function wildcard(pattern: string, flags: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}

function hostHeader(values: readonly string[]): Predicate {
  const patterns = values.map((value) => wildcard(value, 'i'));
  return ({ headers }) => {
    const host = String(headers['host'] ?? '').replace(/:\d+$/, '');
    return patterns.some((pattern) => pattern.test(host));
  };
}

function pathPattern(values: readonly string[]): Predicate {
  const patterns = values.map((value) => wildcard(value, ''));
  return ({ url }) => {
    const path = (url ?? '/').split('?', 1)[0] ?? '/';
    return patterns.some((pattern) => pattern.test(path));
  };
}

function httpHeader(condition: Condition): Predicate {
  const name = condition.HttpHeaderConfig?.HttpHeaderName?.toLowerCase();
  if (!name) throw invalid('A condition of field http-header must have an HttpHeaderName');
  const patterns = required(condition, condition.HttpHeaderConfig).map((value) => wildcard(value, 'i'));
  return ({ headers }) => {
    const found = headers[name];
    if (found === undefined) return false;
    const values = typeof found === 'string' ? [found] : found;
    return values.some((value) => patterns.some((pattern) => pattern.test(value)));
  };
}

function requestMethod(values: readonly string[]): Predicate {
  return ({ method }) => values.includes(method ?? '');
}

function queryString(condition: Condition): Predicate {
  const wanted = condition.QueryStringConfig?.Values ?? [];
  if (wanted.length === 0) throw invalid('A condition of field query-string must have a value');
  const pairs = wanted.map(({ Key, Value }) => ({
    key: Key === undefined ? undefined : wildcard(Key, 'i'),
    value: wildcard(Value ?? '', 'i'),
  }));
  return ({ url }) => {
    const given = [...new URLSearchParams((url ?? '').split('?').slice(1).join('?'))];
    return pairs.some(({ key, value }) => given.some(([k, v]) => (key?.test(k) ?? true) && value.test(v)));
  };
}
