import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { GateEnvironment } from '../../lambda/gate/types';
import {
  BlueGreenService,
  type BlueGreenServiceProps,
  type ListenerRuleOptions,
  ServiceListener,
  SmokeSuite,
} from '../../lib';
import { imageTask, newStack, ofType, statements, newApp } from './support';
import { nonEmpty } from '../support/non-empty';

function shared(stack = newStack()) {
  const vpc = new Vpc(stack, 'Vpc');
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const productionListener = loadBalancer.addListener('Production', {
    port: 80,
    defaultAction: ListenerAction.fixedResponse(404),
  });
  const testListener = loadBalancer.addListener('Test', {
    port: 9080,
    protocol: ApplicationProtocol.HTTP,
    open: false,
    defaultAction: ListenerAction.fixedResponse(404),
  });
  const add = (id: string, props: Partial<BlueGreenServiceProps>, scope = stack) =>
    new BlueGreenService(scope, id, {
      task: imageTask(),
      cluster,
      listener: ServiceListener.onLoadBalancer(loadBalancer),
      ...props,
    });
  const groups = (count: number) =>
    Array.from({ length: count }, (_, index) => new SecurityGroup(stack, `Group${index}`, { vpc }));
  /** A rule on the shared production listener. */
  const rule = (options: Partial<ListenerRuleOptions> = {}): Partial<BlueGreenServiceProps> => ({
    listener: ServiceListener.onListener(productionListener, {
      conditions: host('a.example.com'),
      priority: 10,
      ...options,
    }),
  });
  return { stack, vpc, cluster, loadBalancer, productionListener, testListener, add, groups, rule };
}

const host = (name: string) => [ListenerCondition.hostHeaders([name])];

test('two services share a load balancer and its listeners by rules that follow the live side', () => {
  const { stack, testListener, add, rule } = shared();
  const shop = add(
    'Shop',
    rule({ conditions: host('shop.example.com'), testRule: { listener: testListener, priority: 10 } }),
  );
  add(
    'Blog',
    rule({
      conditions: host('blog.example.com'),
      priority: 20,
      testRule: { listener: testListener, priority: 5 },
    }),
  );
  const rules = ofType(stack, 'AWS::ElasticLoadBalancingV2::ListenerRule').map(([, { Properties }]) => Properties);
  expect(rules.map(({ Priority }) => Priority)).toEqual([10, 10, 20, 5]);
  for (const rule of nonEmpty(rules)) {
    expect(rule).toMatchObject({
      Actions: [{ TargetGroupArn: { 'Fn::GetAtt': [expect.stringContaining('LiveRoute'), 'TargetGroupArn'] } }],
    });
  }
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 2);
  template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 2);
  expect(shop.twins.productionUrl).toBe('http://shop.example.com:80');
  expect(shop.twins.testUrl).toBe('http://shop.example.com:9080');
  expect(statements(stack).map(({ Action }) => Action)).toContain('elasticloadbalancing:ModifyRule');
});

test('a service with its own production listener tests green by a rule on a shared listener', () => {
  const { stack, loadBalancer, testListener, add } = shared();
  const testRule = { listener: testListener, priority: 3, conditions: host('shop.example.com') };
  const shop = add('Shop', { listener: ServiceListener.onLoadBalancer(loadBalancer, { port: 8000, testRule }) });
  const rules = ofType(stack, 'AWS::ElasticLoadBalancingV2::ListenerRule').map(([, { Properties }]) => Properties);
  expect(rules).toMatchObject([{ Priority: 3, ListenerArn: { Ref: expect.stringContaining('Test') as string } }]);
  expect([shop.twins.productionUrl, shop.twins.testUrl]).toEqual([
    'http://shop.example.com:8000',
    'http://shop.example.com:9080',
  ]);
});

test.each<[string, (made: ReturnType<typeof shared>) => void, RegExp]>([
  [
    'a priority that another rule has',
    ({ add, rule }) => {
      add('One', rule({ testPort: 9081 }));
      add('Two', rule({ testPort: 9082 }));
    },
    /priority 10 on the listener: Test\/One\/Twins\/ProductionRule\/Resource has it too.*choose another/s,
  ],
  [
    'a port that another listener has',
    ({ add, rule }) => void add('One', rule()),
    /port 9080 of the load balancer: Test\/LoadBalancer\/Test\/Resource listens there.*set listener.port or listener.testPort/s,
  ],
])('%s is an error at synth', (_name, build, message) => {
  const made = shared();
  build(made);
  expect(() => (made.stack.node.root as App).synth()).toThrow(message);
});

test.each<[string, (made: ReturnType<typeof shared>) => Partial<BlueGreenServiceProps>, RegExp]>([
  ['no conditions', ({ rule }) => rule({ conditions: [] }), /listener\.conditions is empty: say which requests/],
  [
    'one listener for both',
    ({ rule, productionListener }) => rule({ testRule: { listener: productionListener, priority: 11 } }),
    /listener\.testRule\.listener is the production listener/,
  ],
  [
    'a priority out of range',
    ({ rule }) => rule({ priority: 0 }),
    /listener\.priority 0: must be a whole number from 1 to 50000/,
  ],
  [
    'a path condition that the default suite does not match',
    ({ rule }) => rule({ conditions: [ListenerCondition.pathPatterns(['/shop/*', '/cart'])] }),
    /listener\.conditions take \/shop\/\*, \/cart and not healthCheck\.path '\/health'.*set suite with paths that the conditions take/,
  ],
  [
    'a redirect without HTTPS',
    ({ loadBalancer }) => ({ listener: ServiceListener.onLoadBalancer(loadBalancer, { redirectHTTP: true }) }),
    /redirectHTTP: there is no HTTPS listener/,
  ],
  ['no security group', () => ({ securityGroups: [] }), /securityGroups is empty/],
  [
    'six security groups',
    ({ groups }) => ({ securityGroups: groups(6) }),
    /6 securityGroups: a task can have 5 at most/,
  ],
  [
    'an unknown provider',
    () => ({ capacityProviderStrategies: [{ capacityProvider: 'SPOT', weight: 1 }] }),
    /capacityProvider 'SPOT': must be one of FARGATE, FARGATE_SPOT/,
  ],
  [
    'two bases',
    () => ({
      capacityProviderStrategies: [
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', base: 1 },
      ],
    }),
    /2 capacity providers have a base: one can/,
  ],
  [
    'no weight',
    () => ({ capacityProviderStrategies: [{ capacityProvider: 'FARGATE', base: 1 }] }),
    /no capacity provider has a weight above 0/,
  ],
])('refuses %s', (_name, props, message) => {
  const made = shared();
  expect(() => made.add('One', props(made))).toThrow(message);
});

test('a task can have five security groups', () => {
  const { add, groups, loadBalancer } = shared();
  const listener = ServiceListener.onLoadBalancer(loadBalancer, { port: 81, testPort: 9081 });
  expect(() => add('One', { listener, securityGroups: groups(5) })).not.toThrow();
});

test('brings security groups, roles, Spot with a base on Fargate, ARM64 and a sidecar along, into the AppSpec too', () => {
  const { stack, vpc, loadBalancer, add } = shared();
  const securityGroup = new SecurityGroup(stack, 'Tasks', { vpc });
  const taskRole = new Role(stack, 'TaskRole', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const web = add('Web', {
    task: imageTask({ runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64 }, taskRole }),
    listener: ServiceListener.onLoadBalancer(loadBalancer, { port: 81, testPort: 9081 }),
    securityGroups: [securityGroup],
    capacityProviderStrategies: [
      { capacityProvider: 'FARGATE', base: 1, weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 3 },
    ],
  });
  web.taskDefinition.addContainer('sidecar', {
    image: ContainerImage.fromRegistry('example/sidecar:1'),
    essential: false,
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
    TaskRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TaskRole'), 'Arn'] },
    ContainerDefinitions: [Match.objectLike({ Name: 'app' }), Match.objectLike({ Name: 'sidecar', Essential: false })],
  });
  template.hasResourceProperties('AWS::ECS::Service', {
    LaunchType: Match.absent(),
    CapacityProviderStrategy: [
      { CapacityProvider: 'FARGATE', Base: 1, Weight: 1 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 3 },
    ],
    NetworkConfiguration: {
      AwsvpcConfiguration: { SecurityGroups: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Tasks'), 'GroupId'] }] },
    },
  });
  const spec = JSON.stringify(ofType(stack, 'Custom::GreenlightEcsRelease')).replaceAll('\\', '');
  expect(spec).toContain('CapacityProviderStrategy":[{"CapacityProvider":"FARGATE","Base":1,"Weight":1}');
});

test('a certificate and a new load balancer redirect port 80', () => {
  const { stack, add } = shared();
  const certificate = Certificate.fromCertificateArn(
    stack,
    'Certificate',
    'arn:aws:acm:eu-west-1:111111111111:certificate/a',
  );
  add('Web', { listener: ServiceListener.create({ certificate }) });
  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 80,
    DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
  });
});

test.each<[string, ListenerCondition[], string | undefined]>([
  ['a host', host('shop.example.com'), '/health'],
  ['a pattern that the path is of', [ListenerCondition.pathPatterns(['/he?lth*', '/shop/*'])], '/health'],
  ['other paths', [ListenerCondition.pathPatterns(['/shop/*'])], undefined],
  ['a header', [ListenerCondition.httpHeader('x-try', ['yes'])], undefined],
  ['the method of the request', [ListenerCondition.httpRequestMethods(['GET'])], '/health'],
  ['a query', [ListenerCondition.queryStrings([{ key: 'page', value: '1' }])], undefined],
  ['addresses of everyone', [ListenerCondition.sourceIps(['0.0.0.0/0'])], '/health'],
])('the preflight asks for the health path only where it would be taken: %s', (_name, conditions, expected) => {
  const { stack, add, rule } = shared();
  const suite = SmokeSuite.of({ name: 'cart', path: '/shop/cart?page=1', headers: { 'X-Try': 'YES' } });
  add('Web', { ...rule({ conditions, testPort: 9081 }), suite });
  const [, gate] = ofType(stack, 'AWS::Lambda::Function').find(([id]) => id.startsWith('WebGateBeforeInstall')) ?? [];
  const { Variables } =
    (gate?.Properties as { Environment?: { Variables: Record<string, unknown> } }).Environment ?? {};
  expect(Variables?.[GateEnvironment.healthPath]).toBe(expected);
});

test('what another stack of the app has is used without a cycle, its security group too', () => {
  const app = newApp();
  const { vpc, cluster, ...made } = shared(new Stack(app, 'Base'));
  const securityGroup = new SecurityGroup(Stack.of(vpc), 'Tasks', { vpc });
  const stack = new Stack(app, 'Shop');
  const common = { task: imageTask(), cluster };
  const { loadBalancer, productionListener, testListener } = made;
  const rule = (priority: number) =>
    ServiceListener.onListener(productionListener, {
      conditions: host('a.example.com'),
      priority,
      testRule: { listener: testListener, priority },
    });
  const shop = new BlueGreenService(stack, 'Rule', {
    ...common,
    listener: rule(10),
    securityGroups: [securityGroup],
  });
  new BlueGreenService(stack, 'Own', {
    ...common,
    listener: ServiceListener.onLoadBalancer(loadBalancer, { port: 81, testPort: 9081 }),
  });
  const nested = new NestedStack(Stack.of(vpc), 'Nested');
  new BlueGreenService(nested, 'Nested', { ...common, listener: rule(11) });
  expect(() => app.synth()).not.toThrow();
  expect(shop.twins.testUrl).toBe('http://a.example.com:9080');
  // The load balancer's group lets nothing out by itself, so each stack adds its own way to its tasks.
  const reasons = (of: Stack, type: string) => ofType(of, type).map(([, { Properties }]) => Properties.Description);
  expect(reasons(stack, 'AWS::EC2::SecurityGroupEgress')).toEqual(expect.arrayContaining(['Load balancer to target']));
  for (const each of [stack, nested]) {
    expect(reasons(each, 'AWS::EC2::SecurityGroupIngress')).toContain('Smoke tests of green');
  }
});

test('works in a nested stack and in a stage', () => {
  const app = newApp();
  const stack = new Stack(new Stage(app, 'Prod'), 'Shop');
  const made = shared(stack);
  const nested = new NestedStack(stack, 'Nested');
  new BlueGreenService(nested, 'Web', {
    task: imageTask(),
    cluster: made.cluster,
  });
  const template = Template.fromStack(nested);
  template.resourceCountIs('Custom::GreenlightLiveRoute', 1);
  template.resourceCountIs('Custom::GreenlightEcsRelease', 1);
  expect(() => app.synth()).not.toThrow();
});
