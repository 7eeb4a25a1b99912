import { Stack } from '../../../../support/rehearsal/elasticloadbalancing';
import { until } from '../../../../support/until';
import { nonEmpty } from '../../../../support/non-empty';

let stack: Stack;
beforeEach(() => (stack = new Stack()));
afterEach(() => stack.end());

const MINUTE_MS = 60_000;

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
test('requests are published by load balancer and by target group, at the start of the minute they came in', async () => {
  await stack.backend('10.0.9.1', (_request, response) => response.end('ok'));
  const group = (await stack.group('web', { Targets: [{ Id: '10.0.9.1' }] })).physicalId;
  const balancer = await stack.create('LoadBalancer', { Name: 'lb', SecurityGroups: ['sg-lb'] });
  const listener = await stack.create('Listener', {
    LoadBalancerArn: balancer.physicalId,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
  });
  const fromMs = stack.world.clock.now();
  expect((await fetch(stack.elb.listenerUrl(listener.physicalId))).status).toBe(200);
  const data = () => stack.published.flatMap(({ MetricData }) => MetricData);
  const requests = () => data().filter(({ MetricName }) => MetricName === 'RequestCount');
  await until('the minute is published', () => requests().length > 0);
  const byDimensions = requests().map(({ Dimensions }) =>
    (Dimensions as { Name: string }[]).map(({ Name }) => Name).sort(),
  );
  expect(byDimensions).toContainEqual(['LoadBalancer']);
  expect(byDimensions).toContainEqual(['LoadBalancer', 'TargetGroup']);
  for (const { Timestamp } of nonEmpty(requests())) {
    const atMs = Number(Timestamp) * 1000;
    expect(atMs % MINUTE_MS).toBe(0);
    expect(atMs).toBeGreaterThan(fromMs - MINUTE_MS);
    expect(atMs).toBeLessThanOrEqual(stack.world.clock.now());
  }
  expect(new Set(stack.published.map(({ Namespace }) => Namespace))).toEqual(new Set(['AWS/ApplicationELB']));
});
