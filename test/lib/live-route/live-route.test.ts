import { Aspects, Fn, SecretValue, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { EcsApplication } from 'aws-cdk-lib/aws-codedeploy';
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
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
import { ProductionRoute, LiveRoute, type LiveRouteProps } from '../../../lib';
import { newStack, ofType, templateOf, newApp } from '../support';

type Groups = Readonly<Record<'blue' | 'green', ApplicationTargetGroup>>;

function make(
  props: Partial<LiveRouteProps> = {},
  action: (groups: Groups) => ListenerAction = ({ blue }) => ListenerAction.forward([blue]),
) {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const [blue, green] = ['Blue', 'Green'].map((id) => new ApplicationTargetGroup(stack, id, { vpc, port: 80 })) as [
    ApplicationTargetGroup,
    ApplicationTargetGroup,
  ];
  const application = new EcsApplication(stack, 'Application');
  const route = new LiveRoute(stack, 'Route', {
    blue,
    green,
    production: ProductionRoute.defaultAction(loadBalancer, 80),
    application,
    ...props,
  });
  const certificate = new Certificate(stack, 'Certificate', { domainName: 'shop.example.com' });
  const listener = new ApplicationListener(stack, 'Listener', {
    loadBalancer,
    port: 80,
    protocol: ApplicationProtocol.HTTPS,
    certificates: [certificate],
    defaultAction: action({ blue, green }),
  });
  route.followWithListener(listener);
  return { stack, vpc, loadBalancer, blue, green, application, route, listener };
}

const routeOf = (stack: Stack) => ofType(stack, 'Custom::GreenlightLiveRoute')[0] as [string, { Properties: object }];

test('the listener forwards to the result of the route, which searches by load balancer and port', () => {
  const { stack } = make();
  const [id, { Properties }] = routeOf(stack);
  expect(Properties).toMatchObject({
    Location: { LoadBalancerArn: { Ref: expect.stringMatching(/^LoadBalancer/) as string }, Port: '80' },
    ApplicationName: { Ref: expect.stringMatching(/^Application/) as string },
    ServiceTimeout: '900',
  });
  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    DefaultActions: [{ Type: 'forward', TargetGroupArn: { 'Fn::GetAtt': [id, 'TargetGroupArn'] } }],
  });
});

test('its properties hold all of the listener except the result, references that CloudFormation resolves included', () => {
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
])('runs again after a change of %s', (_name, change) => {
  const before = routeOf(make().stack)[1].Properties;
  const changed = make();
  change(changed);
  expect(routeOf(changed.stack)[1].Properties).not.toEqual(before);
  expect(routeOf(make().stack)[1].Properties).toEqual(before);
});

test('a rule of an existing listener is found by its listener and priority, and follows too', () => {
  const { stack, blue, green, listener } = make();
  const route = new LiveRoute(stack, 'RuleRoute', { blue, green, production: ProductionRoute.rule(listener, 7) });
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

/** The template's actions of the listener. */
const actionsOf = (stack: Stack) =>
  ofType(stack, 'AWS::ElasticLoadBalancingV2::Listener')[0]?.[1].Properties.DefaultActions as unknown as object[];
const live = { 'Fn::GetAtt': [expect.stringMatching(/^Route/), 'TargetGroupArn'] };
const COGNITO = { UserPoolArn: Fn.importValue('Pool'), UserPoolClientId: 'shop', UserPoolDomain: 'shop' };
const oidc = {
  authorizationEndpoint: 'https://id.example.com/authorize',
  clientId: 'shop',
  clientSecret: SecretValue.unsafePlainText('x'),
  issuer: 'https://id.example.com',
  tokenEndpoint: 'https://id.example.com/token',
  userInfoEndpoint: 'https://id.example.com/user',
};

test('a listener that signs people in with OIDC first still does, and then forwards to the live side', () => {
  const { stack } = make({}, ({ blue }) =>
    ListenerAction.authenticateOidc({ ...oidc, next: ListenerAction.forward([blue]) }),
  );
  expect(actionsOf(stack)).toEqual([
    {
      Type: 'authenticate-oidc',
      Order: 1,
      AuthenticateOidcConfig: expect.objectContaining({ ClientId: 'shop' }) as object,
    },
    { Type: 'forward', Order: 2, TargetGroupArn: live },
  ]);
});

test('a weighted forward sends production only to the live side, also after a release', () => {
  const { stack } = make({}, ({ blue, green }) =>
    ListenerAction.weightedForward([
      { targetGroup: blue, weight: 100 },
      { targetGroup: green, weight: 0 },
    ]),
  );
  expect(actionsOf(stack)).toEqual([
    { Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: live, Weight: 100 }] } },
  ]);
});

test.each<[string, (made: ReturnType<typeof make>) => void]>([
  [
    'an override of all actions, as for Cognito',
    ({ listener, blue }) =>
      (listener.node.defaultChild as CfnListener).addPropertyOverride('DefaultActions', [
        { Type: 'authenticate-cognito', Order: 1, AuthenticateCognitoConfig: COGNITO },
        { Type: 'forward', Order: 2, TargetGroupArn: blue.targetGroupArn },
      ]),
  ],
  [
    'an assignment of all actions',
    ({ listener, blue }) =>
      ((listener.node.defaultChild as CfnListener).defaultActions = [
        { type: 'authenticate-cognito', order: 1 },
        { type: 'forward', order: 2, targetGroupArn: blue.targetGroupArn },
      ]),
  ],
  [
    'an aspect',
    ({ listener, blue, stack }) =>
      Aspects.of(stack).add({
        visit: (node) => {
          if (node === listener.node.defaultChild)
            (node as CfnListener).defaultActions = [
              { type: 'authenticate-cognito', order: 1 },
              { type: 'forward', order: 2, targetGroupArn: blue.targetGroupArn },
            ];
        },
      }),
  ],
])('the forward is found at the end of synthesis, after %s', (_name, change) => {
  const made = make();
  change(made);
  expect(actionsOf(made.stack)).toMatchObject([
    { Type: 'authenticate-cognito', Order: 1 },
    { Type: 'forward', Order: 2, TargetGroupArn: live },
  ]);
});

test.each<[string, (groups: Groups) => ListenerAction, RegExp]>([
  [
    'a redirect',
    () => ListenerAction.redirect({ port: '443' }),
    /Test\/Listener: DefaultActions has 0 forward actions/,
  ],
  ['a fixed response', () => ListenerAction.fixedResponse(404), /Test\/Listener: .*\(actions: fixed-response\)/],
  [
    'a split that CodeDeploy does not know of',
    ({ blue, green }) => ListenerAction.forward([blue, green]),
    /Test\/Listener: .*weights 1 and 1/,
  ],
])('synthesis refuses a follower with %s, by its path', (_name, action, message) => {
  const { stack } = make({}, action);
  expect(() => templateOf(stack)).toThrow(message);
});

test('synthesis refuses a rule that forwards to a group of nobody’s pair, by its path', () => {
  const { stack, vpc, blue, green, listener } = make();
  const route = new LiveRoute(stack, 'RuleRoute', { blue, green, production: ProductionRoute.rule(listener, 7) });
  const third = new ApplicationTargetGroup(stack, 'Third', { vpc, port: 80 });
  const conditions = [ListenerCondition.pathPatterns(['/a'])];
  const action = ListenerAction.forward([third]);
  route.followWithRule(new ApplicationListenerRule(stack, 'Rule', { listener, priority: 7, conditions, action }));
  expect(() => templateOf(stack)).toThrow(/Test\/Rule: Actions forwards to \{"Ref":"Third.*neither blue nor green/);
});

test('what another stack gives the actions is still handed over', () => {
  const { stack, listener, blue } = make();
  const other = new Stack(stack.node.root, 'Accounts');
  const pool = new CfnUserPool(other, 'Pool');
  (listener.node.defaultChild as CfnListener).defaultActions = [
    {
      type: 'authenticate-cognito',
      order: 1,
      authenticateCognitoConfig: { userPoolArn: pool.attrArn, userPoolClientId: 'a', userPoolDomain: 'b' },
    },
    { type: 'forward', order: 2, targetGroupArn: blue.targetGroupArn },
  ];
  expect(JSON.stringify(actionsOf(stack)[0])).toMatch(/Fn::(ImportValue|GetStackOutput)/);
});

test('one function serves the whole stack, and may only read', () => {
  const { stack, blue, green, listener } = make();
  new LiveRoute(stack, 'Second', { blue, green, production: ProductionRoute.rule(listener, 1) });
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

test('refuses a listener of another stack', () => {
  const app = newApp();
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
  const route = new LiveRoute(two, 'Route', {
    blue,
    green,
    production: ProductionRoute.defaultAction(loadBalancer, 80),
  });
  expect(() => route.followWithListener(listener)).toThrow(/One\/Listener: is in another stack than its LiveRoute/);
});
