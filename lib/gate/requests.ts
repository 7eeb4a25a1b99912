import { Token } from 'aws-cdk-lib';
import { bindVariables, render, soleReference, type Suite, withDefaults } from '../../smoke/suite';
import type { RoutedRequest } from '../twins/conditions';
import { UNKNOWN, withoutTokens } from '../internal/wildcards';

type SmokeCheck = Suite['checks'][number];

/** Who sends a request, and the request itself. */
export interface GateRequest {
  readonly sender: string;
  readonly request: RoutedRequest;
}

/** Where a gate's requests come from and which name they carry. */
export interface GateOrigin {
  readonly hosts: readonly string[];
  readonly sources?: readonly string[];
}

/** The gate's Host header: the service's name, else the load balancer's own, whose end is known at synth. */
export function hostsOf(domainName: string | undefined, loadBalancerDnsName: string): readonly string[] {
  if (domainName !== undefined) return [domainName];
  if (!Token.isUnresolved(loadBalancerDnsName)) return [loadBalancerDnsName];
  return ['amazonaws.com', 'amazonaws.com.cn'].map((suffix) => `${UNKNOWN}.${suffix}`);
}

/** A request without headers of its own, as for the preflight and the version header. */
export function plainGet(path: string, origin: GateOrigin): RoutedRequest {
  return { ...origin, method: 'GET', ...target(path, {}, {}), headers: sentHeaders({}) };
}

/** Every request that a run of the suite sends, that of the comparison too. Redirects are followed at run time. */
export function requestsOf(
  suite: Suite,
  variables: Readonly<Record<string, string>>,
  origin: GateOrigin,
): readonly GateRequest[] {
  const { values } = bindVariables(suite, variables);
  const checks = suite.checks.map((check) => ({
    sender: `check '${check.name}'`,
    request: requestOf(withDefaults(check, suite), values, origin),
  }));
  // Without requests of its own the comparison sends some of the checks.
  const requests = typeof suite.compare === 'object' ? suite.compare.requests : undefined;
  const compared = (requests ?? []).map(({ name, ...request }) => ({
    sender: `request '${name ?? request.path}' of the comparison`,
    request: requestOf({ name: '', ...request }, values, origin),
  }));
  return [...checks, ...compared];
}

function requestOf(check: SmokeCheck, values: Values, origin: GateOrigin): RoutedRequest {
  const fill = (text: string) => known(text, values);
  const given = Object.entries(check.headers ?? {}).map(([name, value]) => [name.toLowerCase(), fill(value)] as const);
  const headers = sentHeaders({ ...bodyHeaders(check), ...Object.fromEntries(given), ...authHeaders(check) });
  const { host } = headers;
  return {
    ...origin,
    ...(host !== undefined && { hosts: [host.replace(/:\d+$/, '')] }),
    method: check.method ?? 'GET',
    ...target(check.path, check.query ?? {}, values),
    headers,
  };
}

type Values = Readonly<Record<string, string>>;

/** The text as far as it is known at synth: neither captured values nor tokens are. */
function known(text: string, values: Values, encode: (value: string) => string = (value) => value): string {
  const filled = render(text, values, (value) => (Token.isUnresolved(value) ? value : encode(value)));
  return withoutTokens(filled).replace(/\$\{[^}]*\}/g, UNKNOWN);
}

/** Path and query. A path that is one captured or given URL says neither. */
function target(path: string, query: NonNullable<SmokeCheck['query']>, values: Values) {
  const sole = soleReference(path);
  const text = known(
    sole === undefined ? path : (values[sole] ?? UNKNOWN),
    sole === undefined ? values : {},
    encodeURIComponent,
  );
  if (text.startsWith(UNKNOWN)) return { path: UNKNOWN };
  const [before = '', ...after] = text.split('?');
  const own = after.length > 0 ? [...new URLSearchParams(after.join('?'))] : [];
  const added = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => [name, typeof each === 'string' ? known(each, values) : String(each)] as const),
  );
  const sent = before.includes(UNKNOWN) ? before : new URL(`http://localhost${before}`).pathname;
  return { path: sent, query: [...own, ...added] };
}

/** What the gate adds to every request: common/http/request-text.ts. */
function sentHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { 'user-agent': 'cdk-greenlight', ...headers };
}

function bodyHeaders({ body }: SmokeCheck): Record<string, string> {
  if (body === undefined) return {};
  const json = typeof body === 'object' && body.json !== undefined;
  return { 'content-length': UNKNOWN, ...(json && { 'content-type': 'application/json' }) };
}

function authHeaders({ auth }: SmokeCheck): Record<string, string> {
  if (!auth) return {};
  if (auth.type === 'header') return { [(auth.name ?? 'authorization').toLowerCase()]: UNKNOWN };
  return { authorization: `${auth.type === 'bearer' ? 'Bearer' : 'Basic'} ${UNKNOWN}` };
}
