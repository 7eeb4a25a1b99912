import type { RequestListener } from 'node:http';
import { startTraffic, attribute, isFailed, isLost } from '../../../../../rehearsal/runner/traffic';
import { Stack } from '../../../../support/rehearsal/elasticloadbalancing';
import { until } from '../../../../support/until';
import { nonEmpty } from '../../../../support/non-empty';

const respond =
  (text: string): RequestListener =>
  (_request, response) =>
    response.end(text);

let stack: Stack;
beforeEach(() => (stack = new Stack()));
afterEach(() => stack.end());

async function listener(actions: unknown, port = 80, protocol = 'HTTP') {
  const balancer = await stack.create('LoadBalancer', { Name: `lb-${port}`, SecurityGroups: ['sg-lb'] });
  const created = await stack.create('Listener', {
    LoadBalancerArn: balancer.physicalId,
    Port: port,
    Protocol: protocol,
    ...(protocol === 'HTTPS' && {
      Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/1' }],
    }),
    DefaultActions: actions,
  });
  return { balancer, arn: created.physicalId, url: stack.elb.listenerUrl(created.physicalId) };
}

function weighted(...groups: [string, number][]) {
  const TargetGroups = groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  return [{ Type: 'forward', ForwardConfig: { TargetGroups } }];
}

async function twins() {
  await stack.backend('10.0.9.1', respond('blue'));
  await stack.backend('10.0.9.2', respond('green'));
  const blue = (await stack.group('blue', { Targets: [{ Id: '10.0.9.1' }] })).physicalId;
  const green = (await stack.group('green', { Targets: [{ Id: '10.0.9.2' }] })).physicalId;
  return { blue, green };
}

test('weights split requests within statistical bounds', async () => {
  const { blue, green } = await twins();
  const { url } = await listener(weighted([blue, 90], [green, 10]));
  let greens = 0;
  for (let i = 0; i < 600; i++) if ((await (await fetch(url)).text()) === 'green') greens += 1;
  // 60 expected; five standard deviations of the binomial are 37.
  expect(greens).toBeGreaterThan(23);
  expect(greens).toBeLessThan(97);
});

test('no request is lost while the listener switches under load', async () => {
  const { blue, green } = await twins();
  const { url, arn } = await listener(weighted([blue, 1]));
  await until('blue healthy', async () => (await stack.targetStates(blue))[0] === 'healthy');
  const traffic = startTraffic({ url, clock: stack.world.clock, ratePerSecondWall: 300 });
  const greenSeen = () => stack.access.some((entry) => entry.targetGroupArn === green);
  await until('traffic on blue', () => stack.access.length > 50);
  await stack.call('ModifyListener', { ListenerArn: arn, DefaultActions: weighted([blue, 0], [green, 100]) });
  await until('traffic on green', greenSeen);
  await stack.call('DeregisterTargets', { TargetGroupArn: blue, Targets: [{ Id: '10.0.9.1' }] });
  const before = stack.access.length;
  await until('more traffic', () => stack.access.length > before + 50);
  const log = await traffic.stop();
  const records = attribute(log.records, stack.access);
  expect(records.filter(isLost)).toEqual([]);
  expect(records.filter(isFailed)).toEqual([]);
  expect(records.at(-1)?.targetGroupArn).toBe(green);
  const event = stack.world.events.all().find(({ event }) => event === 'weights');
  expect(event?.detail).toBe('port 80: blue 0 %, green 100 %');
});

test('a draining target finishes what it began and gets nothing new', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let slowBegan = false;
  await stack.backend('10.0.9.1', (request, response) => {
    if (request.url !== '/slow') return response.end('quick');
    slowBegan = true;
    return void held.then(() => response.end('finished'));
  });
  const TargetGroupAttributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '60' }];
  const group = (await stack.group('one', { Targets: [{ Id: '10.0.9.1' }], TargetGroupAttributes })).physicalId;
  const { url } = await listener(weighted([group, 1]));
  const slow = fetch(`${url}/slow`);
  await until('the slow request began', () => slowBegan);
  await stack.call('DeregisterTargets', { TargetGroupArn: group, Targets: [{ Id: '10.0.9.1', Port: '8080' }] });
  expect(await stack.targetStates(group)).toEqual(['draining']);
  expect((await fetch(url)).status).toBe(503);
  release();
  expect(await (await slow).text()).toBe('finished');
  await until('the delay is over', async () => (await stack.targetStates(group)).length === 0);
});

test('502 when nothing listens, 503 without targets, 504 when a security group drops the connection', async () => {
  stack.world.network.useFirewall({ allows: (target) => !target.includes('sg-closed') });
  const dead = await stack.backend('10.0.9.1', respond('dead'));
  await stack.backend('10.0.9.2', respond('closed'), ['sg-closed']);
  const refused = (await stack.group('refused', { Targets: [{ Id: '10.0.9.1' }] })).physicalId;
  const closed = (await stack.group('closed', { Targets: [{ Id: '10.0.9.2' }] })).physicalId;
  const empty = (await stack.group('empty')).physicalId;
  dead.close();
  expect((await fetch((await listener(weighted([refused, 1]), 81)).url)).status).toBe(502);
  expect((await fetch((await listener(weighted([empty, 1]), 82)).url)).status).toBe(503);
  expect((await fetch((await listener(weighted([closed, 1]), 83)).url)).status).toBe(504);
  await until('closed is unhealthy', async () => (await stack.targetStates(closed))[0] === 'unhealthy');
  const health = await stack.call('DescribeTargetHealth', { TargetGroupArn: closed });
  expect(health).toMatchObject({ TargetHealthDescriptions: [{ TargetHealth: { Reason: 'Target.Timeout' } }] });
  expect(stack.access.map((entry) => [entry.elbStatusCode, entry.targetStatusCode])).toEqual([
    [502, undefined],
    [503, undefined],
    [504, undefined],
  ]);
});

test('bodies stream both ways, forwarding headers are set and hop-by-hop ones are not passed on', async () => {
  let received: Record<string, unknown> = {};
  await stack.backend('10.0.9.1', (request, response) => {
    if (request.url !== '/health') received = request.headers;
    response.setHeader('X-Own', 'yes');
    request.pipe(response);
  });
  const group = (await stack.group('echo', { Targets: [{ Id: '10.0.9.1' }] })).physicalId;
  const { url } = await listener(weighted([group, 1]));
  const body = 'x'.repeat(3_000_000);
  const trace = 'Root=1-67891233-abcdef012345678912345678';
  const headers = { 'X-Amzn-Trace-Id': trace, 'X-Forwarded-For': '192.0.2.1', Te: 'trailers' };
  const response = await fetch(`${url}/a?b=c`, { method: 'POST', body, headers });
  expect(await response.text()).toBe(body);
  expect(response.headers.get('x-own')).toBe('yes');
  expect(received).toMatchObject({
    'x-forwarded-for': '192.0.2.1, 127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': '80',
  });
  expect(received['te']).toBeUndefined();
  expect(received['x-amzn-trace-id']).toMatch(
    /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678$/,
  );
  expect(stack.access[0]).toMatchObject({ traceId: trace.slice(5), target: '10.0.9.1:8080', targetStatusCode: 200 });
});

test('kept-alive connections that the target closed lose no request', async () => {
  const server = await stack.backend('10.0.9.1', respond('ok'));
  server.keepAliveTimeout = 1;
  const group = (await stack.group('short', { Targets: [{ Id: '10.0.9.1' }] })).physicalId;
  const { url } = await listener(weighted([group, 1]));
  for (let i = 0; i < 10; i++) {
    expect((await fetch(url)).status).toBe(200);
    server.closeIdleConnections();
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test('a client that gives up is a 460', async () => {
  await stack.backend('10.0.9.1', () => undefined);
  const group = (await stack.group('silent', { Targets: [{ Id: '10.0.9.1' }] })).physicalId;
  const { url } = await listener(weighted([group, 1]));
  await expect(fetch(url, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
  await until('the entry', () => stack.access.length === 1);
  expect(stack.access[0]?.elbStatusCode).toBe(460);
});

test('rules apply by priority; fixed responses and redirects need no target', async () => {
  const { blue } = await twins();
  const fixed = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '418', MessageBody: 'teapot' } };
  const { url, arn } = await listener(weighted([blue, 1]));
  const rule = (Priority: number, path: string, action: unknown) =>
    stack.create('ListenerRule', {
      ListenerArn: arn,
      Priority,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }],
      Actions: [action],
    });
  const redirect = { Type: 'redirect', RedirectConfig: { Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' } };
  await rule(20, '/tea*', redirect);
  await rule(10, '/tea/pot', { ...fixed, FixedResponseConfig: { ...fixed.FixedResponseConfig, StatusCode: '400' } });
  await until('the rule is seen', async () => (await fetch(`${url}/tea/pot`, { redirect: 'manual' })).status === 400);
  const moved = await fetch(`${url}/tea?x=1`, { redirect: 'manual' });
  expect(moved.headers.get('location')).toBe('https://127.0.0.1:443/tea?x=1');
  expect(await (await fetch(`${url}/other`)).text()).toBe('blue');
});

test('each minute is reported to CloudWatch with the dimensions of an ALB', async () => {
  const { blue } = await twins();
  const { url, balancer } = await listener(weighted([blue, 1]));
  for (let i = 0; i < 5; i++) await fetch(url);
  const group = { Name: 'TargetGroup', Value: blue.slice(blue.indexOf('targetgroup/')) };
  const whole = { Name: 'LoadBalancer', Value: balancer.attributes['LoadBalancerFullName'] };
  const all = () => stack.published.flatMap(({ MetricData }) => MetricData);
  const sum = (name: string, Dimensions: unknown[]) =>
    all()
      .filter((d) => d['MetricName'] === name && JSON.stringify(d['Dimensions']) === JSON.stringify(Dimensions))
      .reduce((total, d) => total + ((d['Value'] as number) ?? (d['Counts'] as number[]).reduce((a, b) => a + b)), 0);
  // Five requests may be of two minutes.
  await until('every minute', () => sum('RequestCount', [whole]) >= 5);
  const data = all();
  expect(sum('RequestCount', [whole])).toBe(5);
  expect(sum('HTTPCode_Target_2XX_Count', [group, whole])).toBe(5);
  expect(sum('TargetResponseTime', [group, whole])).toBe(5);
  expect(sum('HealthyHostCount', [group, whole])).toBeGreaterThan(0);
  expect(data.some((d) => d['MetricName'] === 'HTTPCode_ELB_5XX_Count')).toBe(false);
  expect(nonEmpty(data).every((d) => (d['Timestamp'] as number) % 60 === 0)).toBe(true);
});

test('no port stays open after stop, and stopping twice is fine', async () => {
  const { blue } = await twins();
  const { url } = await listener(weighted([blue, 1]));
  await fetch(url);
  await stack.elb.stop?.();
  await stack.elb.stop?.();
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});
