import { createCloudWatch } from '../../../rehearsal/services/cloudwatch';
import { INTERNAL } from '../../../rehearsal/core/service';
import { Stack as LoadBalancerStack } from '../../support/rehearsal/elasticloadbalancing';
import { until } from '../../support/until';
import { newStack, ofType, serviceIn } from '../support';

/**
 * A green that takes connections and breaks them: the load balancer sends 502 in its place, and its target group reports
 * no error. Real sockets, the load balancer's own metrics, and the alarms of a service as its template has them.
 */

let world: LoadBalancerStack;
let cloudWatch: ReturnType<typeof createCloudWatch>;
beforeEach(() => {
  world = new LoadBalancerStack();
  cloudWatch = createCloudWatch(world.world);
  world.world.add(cloudWatch);
});
afterEach(async () => {
  await cloudWatch.stop?.();
  await world.end();
});

/** Makes the 5xx alarms of the template, on this load balancer and these target groups. */
async function makeAlarms(attributes: Readonly<Record<string, string>>): Promise<void> {
  const stack = newStack();
  serviceIn(stack);
  for (const [id, { Properties }] of ofType(stack, 'AWS::CloudWatch::Alarm')) {
    const [name] = /(Blue|Green)5xx(Rate|Severe)/.exec(id) ?? [];
    if (name === undefined) continue;
    const resolved = JSON.stringify(Properties, (_key, value: Record<string, unknown>) => {
      const [resource = '', attribute = ''] = (value?.['Fn::GetAtt'] ?? []) as string[];
      const side = /Blue|Green/.exec(resource)?.[0] ?? '';
      return resource === '' ? value : attributes[attribute === 'TargetGroupFullName' ? side : attribute];
    });
    const properties = { ...(JSON.parse(resolved) as object), AlarmName: name, AlarmActions: undefined };
    await world.world.call(INTERNAL, 'cloudwatch', 'PutMetricAlarm', properties);
  }
}

async function statesOfAlarms(): Promise<Readonly<Record<string, string>>> {
  const { MetricAlarms } = await world.world.call<{ MetricAlarms: { AlarmName: string; StateValue: string }[] }>(
    INTERNAL,
    'cloudwatch',
    'DescribeAlarms',
    {},
  );
  return Object.fromEntries(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
}

test('a green that resets every second connection is in both of its alarms, and in none of blue', async () => {
  let requests = 0;
  await world.backend('10.0.9.1', (_request, response) => void response.end('blue'));
  await world.backend('10.0.9.2', (request, response) => {
    if (request.url !== '/health' && (requests += 1) % 2 === 0) request.socket.resetAndDestroy();
    else response.end('green');
  });
  const blue = await world.group('blue', { Targets: [{ Id: '10.0.9.1' }] });
  const green = await world.group('green', { Targets: [{ Id: '10.0.9.2' }] });
  const balancer = await world.create('LoadBalancer', { Name: 'shop', Type: 'application', Subnets: ['subnet-1'] });
  const TargetGroups = [blue, green].map(({ physicalId }) => ({ TargetGroupArn: physicalId, Weight: 50 }));
  const listener = await world.create('Listener', {
    LoadBalancerArn: balancer.physicalId,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
  });
  await makeAlarms({
    LoadBalancerFullName: String(balancer.attributes.LoadBalancerFullName),
    Blue: String(blue.attributes.TargetGroupFullName),
    Green: String(green.attributes.TargetGroupFullName),
  });

  const url = world.elb.listenerUrl(listener.physicalId);
  const statuses = new Set<number>();
  const ask = async () => {
    const responses = await Promise.all(Array.from({ length: 40 }, () => fetch(url)));
    for (const { status } of responses) statuses.add(status);
    const { Green5xxRate, Green5xxSevere } = await statesOfAlarms();
    return Green5xxRate === 'ALARM' && Green5xxSevere === 'ALARM';
  };
  await until("both alarms of green's errors", ask, { limitMs: 60_000, state: () => [...statuses] });
  expect([...statuses].sort()).toEqual([200, 502]);
  expect(await statesOfAlarms()).toMatchObject({ Blue5xxRate: 'OK', Blue5xxSevere: 'OK' });
}, 90_000);
