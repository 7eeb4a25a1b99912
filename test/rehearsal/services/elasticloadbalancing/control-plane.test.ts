import { Stack } from '../../../support/rehearsal/elasticloadbalancing';

let stack: Stack;
beforeEach(() => (stack = new Stack()));
afterEach(() => stack.end());

async function balanced() {
  const group = (await stack.group('blue')).physicalId;
  const balancer = await stack.create('LoadBalancer', {
    Name: 'web',
    Subnets: ['subnet-1', 'subnet-2'],
    SecurityGroups: ['sg-1'],
  });
  const DefaultActions = [{ Type: 'forward', TargetGroupArn: group }];
  const properties = { LoadBalancerArn: balancer.physicalId, Port: '80', Protocol: 'HTTP', DefaultActions };
  const listener = await stack.create('Listener', properties);
  return { group, balancer, listener, properties };
}

test('a load balancer has the attributes and interfaces of an ALB', async () => {
  const { balancer, listener } = await balanced();
  const { attributes } = balancer;
  expect(attributes['DNSName']).toMatch(/^web-\d{10}\.us-east-1\.elb\.amazonaws\.com$/);
  expect(attributes['LoadBalancerFullName']).toMatch(/^app\/web\/[0-9a-f]{16}$/);
  expect(listener.physicalId).toContain(`listener/${String(attributes['LoadBalancerFullName'])}/`);
  const interfaces = stack.world.network.listInterfaces();
  expect(interfaces.map(({ description }) => description)).toEqual(
    Array(2).fill(`ELB ${String(attributes['LoadBalancerFullName'])}`),
  );
  expect(stack.elb.localUrl(String(attributes['DNSName']), 80)).toBe(stack.elb.listenerUrl(listener.physicalId));
});

test.each([
  ['-1', 'ValidationError', /whole number from 0 to 999/],
  ['1000', 'ValidationError', /whole number from 0 to 999/],
  ['x', 'MalformedInput', /weight is "x": expected a number/],
])('a weight of %s is refused and nothing changes', async (Weight, code, message) => {
  const { group, listener } = await balanced();
  const DefaultActions = [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: group, Weight }] } }];
  const call = stack.call('ModifyListener', { ListenerArn: listener.physicalId, DefaultActions });
  await expect(call).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as unknown,
  });
  const { Rules } = await stack.call<{ Rules: unknown[] }>('DescribeRules', { ListenerArn: listener.physicalId });
  expect(Rules).toMatchObject([{ IsDefault: true, Priority: 'default', Actions: [{ TargetGroupArn: group }] }]);
});

test('a template update applies its default actions again', async () => {
  const { group, listener, properties } = await balanced();
  const green = (await stack.group('green')).physicalId;
  const ListenerArn = listener.physicalId;
  await stack.call('ModifyListener', { ListenerArn, DefaultActions: [{ Type: 'forward', TargetGroupArn: green }] });
  const type = stack.elb.resourceTypes?.['AWS::ElasticLoadBalancingV2::Listener'];
  const request = { stackName: 'Greenlight', stackId: 's', logicalId: 'L', signal: new AbortController().signal };
  await type?.update?.({ ...request, properties, previous: properties, current: listener });
  const { Listeners } = await stack.call<{ Listeners: unknown[] }>('DescribeListeners', {
    ListenerArns: [ListenerArn],
  });
  expect(Listeners).toMatchObject([{ Port: 80, DefaultActions: [{ TargetGroupArn: group }] }]);
});

test('a target group in use cannot be deleted, and targets of an unused one are unused', async () => {
  const { group } = await balanced();
  const type = stack.elb.resourceTypes?.['AWS::ElasticLoadBalancingV2::TargetGroup'];
  const current = { physicalId: group, attributes: {} };
  const request = {
    stackName: 's',
    stackId: 's',
    logicalId: 'l',
    properties: {},
    signal: new AbortController().signal,
  };
  await expect(Promise.resolve(type?.delete?.({ ...request, current }))).rejects.toMatchObject({
    code: 'ResourceInUse',
  });
  const spare = (await stack.group('spare', { Targets: [{ Id: '10.0.9.9', Port: 1 }] })).physicalId;
  expect(await stack.targetStates(spare)).toEqual(['unused']);
});

test('unknown ARNs get the error codes of AWS', async () => {
  await expect(stack.call('DescribeTargetHealth', { TargetGroupArn: 'no' })).rejects.toMatchObject({
    code: 'TargetGroupNotFound',
  });
  await expect(stack.call('ModifyListener', { ListenerArn: 'no' })).rejects.toMatchObject({ code: 'ListenerNotFound' });
  await expect(stack.call('ModifyRule', { RuleArn: 'no' })).rejects.toMatchObject({ code: 'RuleNotFound' });
});
