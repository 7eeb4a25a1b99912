import { compileConditions, type Condition, type RequestView } from '../../services/elasticloadbalancing/conditions';
import type { Plan } from '../plan/plan';
import type { TrafficPath } from '../traffic';
import type { LiveService, Route } from '../release/live';

/** Steady requests of one kind to one listener, all of which reach one rule of one service. */
export interface Lane {
  readonly service: string;
  readonly listenerArn: string;
  /** Requests a second of AWS time. */
  readonly rate: number;
  readonly host?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly paths: readonly Required<TrafficPath>[];
}

export interface LanePlan {
  readonly lanes: readonly Lane[];
  /** What of the rehearsal file, or which service, gets no load, each with the reason, for people. */
  readonly unserved: readonly string[];
}

type Traffic = Plan['traffic'];
type PlannedPath = NonNullable<Traffic['paths']>[number];

interface Weighted {
  readonly path: string;
  readonly weight: number;
}

/** How a client must ask so that a rule's conditions hold, the path left open. */
interface Ask {
  readonly method: string;
  readonly host?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
}

/**
 * The load on each service: the paths of the file that reach it, and where none does, one that its listener rule asks
 * for. Every listener that leads to the service shares the load, unless `traffic.listener` chooses one. A rule that no request can reach, because another one comes before it, gets no load.
 */
export function planLanes(services: readonly LiveService[], traffic: Traffic): LanePlan {
  const used = new Set<string>();
  const perService = services.map((service) => lanesOf(service, traffic, used));
  const unknown = Object.keys(traffic.services ?? {}).filter((name) => !services.some((each) => each.name === name));
  const known = services.map(({ name }) => name).join(', ') || 'none';
  return {
    lanes: perService.flat(),
    unserved: [
      ...unknown.map((name) => `traffic.services.${name}: there is no such service; there is ${known}`),
      ...(traffic.paths ?? [])
        .map(weighted)
        .filter(({ path }) => services.length > 0 && !used.has(path))
        .map(({ path }) => `${path} reaches no service: it gets no load`),
      ...services
        .filter((_, index) => perService[index]?.length === 0)
        .map(({ name }) => `${name} gets no load: no request from outside reaches it`),
    ],
  };
}

function lanesOf(service: LiveService, traffic: Traffic, used: Set<string>): readonly Lane[] {
  const own = traffic.services?.[service.name];
  const rate = own?.rate ?? traffic.rate;
  const host = own?.host ?? traffic.host;
  const given = (own?.paths ?? traffic.paths ?? []).map(weighted);
  const routes = service.routes.filter(({ listener }) => [undefined, listener.port].includes(traffic.listener));
  const found = routes.map((route) => ({ route, ...pathsOn(route, given, host, own?.paths !== undefined) }));
  const weights = found.flatMap(({ paths }) => paths);
  for (const { path } of weights) used.add(path);
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  return found
    .filter(({ paths }) => paths.length > 0)
    .map(({ route, ask, paths }) => ({
      service: service.name,
      listenerArn: route.listener.arn,
      rate: (rate * paths.reduce((sum, { weight }) => sum + weight, 0)) / total,
      ...(ask.host !== undefined && { host: ask.host }),
      headers: ask.headers,
      paths: paths.map(({ path, weight }) => ({ path: withQuery(path, ask.query), weight, method: ask.method })),
    }));
}

/** The given paths that reach the route; without one, the first of those made up for it that does. */
function pathsOn(route: Route, given: readonly Weighted[], host: string | undefined, onlyGiven: boolean) {
  const { conditions } = route.rule;
  const ask = askFor(conditions, host);
  const reaches = ({ path }: Weighted) => isFirst(route, ask, withQuery(path, ask.query));
  const matching = given.filter(reaches);
  if (matching.length > 0 || onlyGiven) return { ask, paths: matching };
  const patterns = conditions.filter(({ Field }) => Field === 'path-pattern').flatMap(valuesOf);
  const paths = patterns.length > 0 ? patterns.map(example) : ['/', route.healthCheckPath];
  const derived = paths.map((path) => ({ path, weight: 1 })).find(reaches);
  return { ask, paths: derived ? [derived] : [] };
}

/** Whether the load balancer sends such a request by this rule and by none before it. */
function isFirst({ listener, rule }: Route, ask: Ask, url: string): boolean {
  const headers = { ...lowerCase(ask.headers), host: ask.host ?? 'localhost' };
  const request: RequestView = { method: ask.method, url, headers };
  const first = listener.rules.find(
    ({ conditions }) => conditions.length === 0 || compileConditions(conditions)(request),
  );
  return first?.arn === rule.arn;
}

function askFor(conditions: readonly Condition[], host: string | undefined): Ask {
  const hosts = conditions.filter(({ Field }) => Field === 'host-header');
  const allowed = hosts.every((condition) => compileConditions([condition])({ headers: { host: host ?? '' } }));
  const name = allowed ? host : hosts.flatMap(valuesOf).map(example)[0];
  const methods = conditions.filter(({ Field }) => Field === 'http-request-method').flatMap(valuesOf);
  const headers = conditions
    .filter(({ Field }) => Field === 'http-header')
    .map((condition) => [condition.HttpHeaderConfig?.HttpHeaderName ?? '', example(valuesOf(condition)[0] ?? '')]);
  const query = conditions
    .map(({ QueryStringConfig }) => QueryStringConfig?.Values?.[0])
    .flatMap((pair) => (pair ? [[example(pair.Key ?? 'q'), example(pair.Value ?? '')]] : []));
  return {
    method: methods.includes('GET') ? 'GET' : (methods[0] ?? 'GET'),
    ...(name !== undefined && { host: name }),
    headers: Object.fromEntries(headers) as Record<string, string>,
    query: new URLSearchParams(query as [string, string][]).toString(),
  };
}

/** A text that a pattern matches: `*` may be any text, `?` one character. */
function example(pattern: string): string {
  const text = pattern.replace(/\?/g, 'a');
  return /^\*\./.test(text) ? text.replace('*', 'www').replace(/\*/g, '') : text.replace(/\*/g, '');
}

function valuesOf(condition: Condition): readonly string[] {
  const { HostHeaderConfig, PathPatternConfig, HttpHeaderConfig, HttpRequestMethodConfig, Values } = condition;
  const config = HostHeaderConfig ?? PathPatternConfig ?? HttpHeaderConfig ?? HttpRequestMethodConfig;
  return config?.Values ?? Values ?? [];
}

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

const weighted = (path: PlannedPath): Weighted => (typeof path === 'string' ? { path, weight: 1 } : path);

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
