import type { Condition } from '../../../../rehearsal/services/elasticloadbalancing/conditions';
import type { ListenerView, RuleView } from '../../../../rehearsal/runner/release/listeners';
import { planLanes } from '../../../../rehearsal/runner/synthesis/lanes';
import type { LiveService } from '../../../../rehearsal/runner/release/live';

const path = (...Values: string[]): Condition => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
const host = (...Values: string[]): Condition => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const header = (HttpHeaderName: string, ...Values: string[]): Condition => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values },
});

/** One listener whose rules forward to the services named, in order; without conditions it is the default action. */
function listenerOf(rules: readonly (readonly [string, ...Condition[]])[]): readonly LiveService[] {
  const views = rules.map(([group, ...conditions], index): RuleView => ({
    arn: `rule-${index}`,
    priority: conditions.length > 0 ? String(index) : 'default',
    conditions,
    groups: [{ arn: group, weight: 1 }],
  }));
  const listener: ListenerView = { arn: 'listener', port: 80, rules: views };
  return [...new Set(rules.map(([name]) => name))].map((name) => ({
    name,
    arn: name,
    taskDefinition: 'web:1',
    targetGroupArns: [name],
    liveTargetGroupArn: name,
    routes: views
      .filter(({ groups }) => groups[0]?.arn === name)
      .map((rule) => ({ listener, rule, healthCheckPath: '/health' })),
  }));
}

const lanesOf = (services: readonly LiveService[], traffic: Partial<Parameters<typeof planLanes>[1]> = {}) =>
  planLanes(services, { rate: 6, ...traffic });

const summary = ({ lanes }: ReturnType<typeof planLanes>) =>
  Object.fromEntries(
    lanes.map((lane) => [
      lane.service,
      { rate: lane.rate, host: lane.host, headers: lane.headers, paths: lane.paths.map((each) => each.path) },
    ]),
  );

test('two services by path: each gets the load that its own rule asks for', () => {
  const found = lanesOf(listenerOf([['Orders', path('/orders/*')], ['Web']]));
  expect(summary(found)).toEqual({
    Orders: { rate: 6, headers: {}, paths: ['/orders/'] },
    Web: { rate: 6, headers: {}, paths: ['/'] },
  });
  expect(found.unserved).toEqual([]);
});

test('two services by host: each gets requests under its own name', () => {
  const services = listenerOf([
    ['Api', host('api.example.com')],
    ['Shop', host('*.example.com')],
  ]);
  expect(summary(lanesOf(services))).toMatchObject({
    Api: { host: 'api.example.com', paths: ['/'] },
    Shop: { host: 'www.example.com', paths: ['/'] },
  });
});

test('the paths of the file go to the services that serve them', () => {
  const services = listenerOf([['Orders', path('/orders*')], ['Web']]);
  const found = lanesOf(services, { paths: ['/', { path: '/search', weight: 3 }, '/orders/7'] });
  expect(summary(found)).toMatchObject({ Orders: { paths: ['/orders/7'] }, Web: { paths: ['/', '/search'] } });
});

test('a path that no service serves is reported, as is a service that no request reaches', () => {
  const services = listenerOf([
    ['Web', path('/shop/*')],
    ['Old', path('/shop/*')],
  ]);
  const { lanes, unserved } = lanesOf(services, { paths: ['/nowhere'] });
  expect(lanes.map(({ service }) => service)).toEqual(['Web']);
  expect(unserved).toEqual([
    '/nowhere reaches no service: it gets no load',
    'Old gets no load: no request from outside reaches it',
  ]);
});

test('a default action behind a rule for the home page gets requests for its health', () => {
  const services = listenerOf([['Home', path('/')], ['Rest']]);
  expect(summary(lanesOf(services))).toMatchObject({ Home: { paths: ['/'] }, Rest: { paths: ['/health'] } });
});

test('a rule that asks for a header, a method or a query gets them', () => {
  const query: Condition = { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '2*' }] } };
  const method: Condition = { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST'] } };
  const { lanes } = lanesOf(listenerOf([['Try', header('X-Try', 'blue-*'), query, method], ['Web']]));
  expect(lanes[0]).toMatchObject({
    service: 'Try',
    headers: { 'X-Try': 'blue-' },
    paths: [{ path: '/?v=2', method: 'POST' }],
  });
});

test('a rule by the address of the client is beyond a rehearsal, and the report says so', () => {
  const source: Condition = { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } };
  expect(lanesOf(listenerOf([['Office', source], ['Web']])).unserved).toEqual([
    'Office gets no load: no request from outside reaches it',
  ]);
});

test('a service that the file names has its own rate, host and paths; a name that is none is reported', () => {
  const services = listenerOf([['Orders', path('/orders*')], ['Web']]);
  const traffic = { host: 'shop.example.com', services: { Orders: { rate: 1, paths: ['/orders/1'] }, Order: {} } };
  const found = lanesOf(services, traffic);
  expect(summary(found)).toMatchObject({
    Orders: { rate: 1, host: 'shop.example.com', paths: ['/orders/1'] },
    Web: { rate: 6, host: 'shop.example.com' },
  });
  expect(found.unserved).toEqual(['traffic.services.Order: there is no such service; there is Orders, Web']);
});

test('a service of several rules shares its rate among them by the weight of their paths', () => {
  const services = listenerOf([
    ['Web', path('/a')],
    ['Web', path('/b')],
  ]);
  const { lanes } = lanesOf(services, { paths: [{ path: '/a', weight: 2 }, '/b'] });
  expect(lanes.map(({ rate, paths }) => [paths[0]?.path, rate])).toEqual([
    ['/a', 4],
    ['/b', 2],
  ]);
});

test('a path of its weight and a path made up for another route share the load of one service', () => {
  const services = listenerOf([['Web', path('/shop/*')], ['Web']]);
  const { lanes } = lanesOf(services, { rate: 8, paths: [{ path: '/search', weight: 3 }] });
  expect(lanes.map(({ rate, paths }) => [paths[0]?.path, rate])).toEqual([
    ['/shop/', 2],
    ['/search', 6],
  ]);
});

test('every listener of a service shares its load, and traffic.listener chooses one of them', () => {
  const [web] = listenerOf([['Web']]);
  const [other] = listenerOf([['Web']]);
  const routes = [...(web?.routes ?? []), ...(other?.routes ?? [])].map((route, index) => ({
    ...route,
    listener: { ...route.listener, arn: `listener-${index}`, port: 80 + index },
  }));
  const services = [{ ...(web as LiveService), routes }];
  const load = (listener?: number) =>
    planLanes(services, { rate: 6, ...(listener !== undefined && { listener }) }).lanes.map((lane) => [
      lane.listenerArn,
      lane.rate,
    ]);
  expect(load()).toEqual([
    ['listener-0', 3],
    ['listener-1', 3],
  ]);
  expect(load(81)).toEqual([['listener-1', 6]]);
  expect(planLanes(services, { rate: 6, listener: 90 }).unserved).toEqual([
    'Web gets no load: no request from outside reaches it',
  ]);
});
