import { App, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { EcsApplication } from 'aws-cdk-lib/aws-codedeploy';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type CfnListener,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LiveRoute, type LiveRouteProps } from '../../lib';
import { FLAGS, newStack, ofType } from './support';

function make(props: Partial<LiveRouteProps> = {}) {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const [blue, green] = ['Blue', 'Green'].map((id) => new ApplicationTargetGroup(stack, id, { vpc, port: 80 })) as [
    ApplicationTargetGroup,
    ApplicationTargetGroup,
  ];
  const application = new EcsApplication(stack, 'Application');
  const route = new LiveRoute(stack, 'Route', { blue, green, loadBalancer, port: 80, application, ...props });
  const certificate = new Certificate(stack, 'Certificate', { domainName: 'shop.example.com' });
  const listener = new ApplicationListener(stack, 'Listener', {
    loadBalancer,
    port: 80,
    protocol: ApplicationProtocol.HTTPS,
    certificates: [certificate],
    defaultAction: ListenerAction.forward([blue]),
  });
  route.followWithListener(listener);
  return { stack, vpc, loadBalancer, blue, green, application, route, listener };
}

const routeOf = (stack: Stack) => ofType(stack, 'Custom::GreenlightLiveRoute')[0] as [string, { Properties: object }];

test('the listener forwards to the answer, which asks by load balancer and port', () => {
  const { stack } = make();
  const [id, { Properties }] = routeOf(stack);
  expect(Properties).toMatchObject({
    Location: { LoadBalancerArn: { Ref: expect.stringMatching(/^LoadBalancer/) as string }, Port: '80' },
    ApplicationName: { Ref: expect.stringMatching(/^Application/) as string },
    ServiceTimeout: '600',
  });
  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    DefaultActions: [{ Type: 'forward', TargetGroupArn: { 'Fn::GetAtt': [id, 'TargetGroupArn'] } }],
  });
});

test('its properties hold all of the listener but the answer, references that CloudFormation resolves included', () => {
  const [, { Properties }] = routeOf(make().stack);
  expect(Properties).toMatchObject({
    Followers: [
      {
        Port: 80,
        Protocol: 'HTTPS',
        Certificates: [{ CertificateArn: { Ref: expect.stringMatching(/^Certificate/) as string } }],
        DefaultActions: [{ Type: 'forward', TargetGroupArn: 'live' }],
      },
      { StackTags: {} },
    ],
  });
});

test.each<[string, (made: ReturnType<typeof make>) => void]>([
  ['a tag', ({ listener }) => Tags.of(listener).add('team', 'shop')],
  ['a tag of the stack', ({ stack }) => Tags.of(stack).add('team', 'shop')],
  [
    'an attribute',
    ({ listener }) => ((listener.node.defaultChild as CfnListener).listenerAttributes = [{ key: 'a', value: 'b' }]),
  ],
  [
    'an override',
    ({ listener }) => (listener.node.defaultChild as CfnListener).addPropertyOverride('SslPolicy', 'other'),
  ],
])('asks anew after a change of %s', (_name, change) => {
  const before = routeOf(make().stack)[1].Properties;
  const changed = make();
  change(changed);
  expect(routeOf(changed.stack)[1].Properties).not.toEqual(before);
  expect(routeOf(make().stack)[1].Properties).toEqual(before);
});

test('a rule of an existing listener is found by its listener and priority, and follows too', () => {
  const { stack, blue, green, listener } = make();
  const route = new LiveRoute(stack, 'RuleRoute', { blue, green, listener, priority: 7 });
  const rule = new ApplicationListenerRule(stack, 'Rule', {
    listener,
    priority: 7,
    conditions: [ListenerCondition.pathPatterns(['/a'])],
    action: ListenerAction.forward([blue]),
  });
  route.followWithRule(rule);
  const [id, { Properties }] = ofType(stack, 'Custom::GreenlightLiveRoute').find(([each]) =>
    each.startsWith('RuleRoute'),
  ) ?? ['', { Properties: {} }];
  expect(Properties).toMatchObject({
    Location: { ListenerArn: { Ref: expect.stringMatching(/^Listener/) as string }, Priority: '7' },
    ApplicationName: '',
  });
  expect(JSON.stringify((Properties as { Followers: unknown }).Followers)).not.toContain('ListenerArn');
  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
    Actions: [{ Type: 'forward', TargetGroupArn: { 'Fn::GetAtt': [id, 'TargetGroupArn'] } }],
  });
});

test('one function serves the whole stack, and may only read', () => {
  const { stack, blue, green, listener } = make();
  new LiveRoute(stack, 'Second', { blue, green, listener, priority: 1 });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: 'cloudformation:DescribeStacks', Resource: { Ref: 'AWS::StackId' } }),
        Match.objectLike({ Action: Match.arrayWith(['codedeploy:GetDeployment']) }),
      ]),
    },
  });
  const policies = JSON.stringify(ofType(stack, 'AWS::IAM::Policy'));
  expect(
    [...policies.matchAll(/"(\w+:[A-Z]\w+)"/g)]
      .map(([, action]) => action)
      .filter((action) => !/:(Describe|List|Get|CreateLogStream|PutLogEvents)/.test(action ?? '')),
  ).toEqual([]);
});

test.each<[Partial<LiveRouteProps>, RegExp]>([
  [{ loadBalancer: undefined, port: undefined }, /listener and loadBalancer: exactly one of them/],
  [{ port: undefined }, /loadBalancer without port: set the port/],
  [{ port: 0 }, /port 0: must be a whole number from 1 to 65535/],
  [{ priority: 50_001 }, /priority 50001: must be a whole number from 1 to 50000/],
])('refuses %j', (props, message) => {
  expect(() => make(props)).toThrow(message);
});

test('refuses a listener of another stack', () => {
  const app = new App({ context: FLAGS });
  const [one, two] = [new Stack(app, 'One'), new Stack(app, 'Two')];
  const vpc = new Vpc(one, 'Vpc');
  const loadBalancer = new ApplicationLoadBalancer(one, 'LoadBalancer', { vpc });
  const group = (id: string) => new ApplicationTargetGroup(one, id, { vpc, port: 80 });
  const [blue, green] = [group('Blue'), group('Green')];
  const listener = new ApplicationListener(one, 'Listener', {
    loadBalancer,
    port: 80,
    defaultAction: ListenerAction.forward([blue]),
  });
  const route = new LiveRoute(two, 'Route', { blue, green, loadBalancer, port: 80 });
  expect(() => route.followWithListener(listener)).toThrow(/One\/Listener: is in another stack than its LiveRoute/);
});
