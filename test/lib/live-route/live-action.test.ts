import fc from 'fast-check';
import { forwardToLive, registerWithLive } from '../../../lib/live-route/live-action';

const PAIR = { blue: { Ref: 'Blue' }, green: { Ref: 'Green' }, live: { 'Fn::GetAtt': ['Route', 'TargetGroupArn'] } };
const { blue, green, live } = PAIR;
const oidc = { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { Issuer: 'https://id.example.com' } };
const cognito = { Type: 'authenticate-cognito', Order: 2, AuthenticateCognitoConfig: { UserPoolArn: { Ref: 'Pool' } } };
const weighted = (...groups: readonly (readonly [arn: object, weight?: unknown])[]) => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({
      TargetGroupArn,
      ...(Weight !== undefined && { Weight }),
    })),
  },
});

test.each([
  ['a plain forward', [{ Type: 'forward', TargetGroupArn: blue }], [{ Type: 'forward', TargetGroupArn: live }]],
  ['a forward to green', [{ Type: 'forward', TargetGroupArn: green }], [{ Type: 'forward', TargetGroupArn: live }]],
  [
    'a forward after two authentications, with its order',
    [oidc, cognito, { Type: 'forward', Order: 3, TargetGroupArn: blue }],
    [oidc, cognito, { Type: 'forward', Order: 3, TargetGroupArn: live }],
  ],
  ['a forward before the authentication', [weighted([blue]), oidc], [weighted([live]), oidc]],
  ['weights that give blue everything', [weighted([blue, 100], [green, 0])], [weighted([live, 100])]],
  ['weights as text that give green everything', [weighted([blue, '0'], [green, '5'])], [weighted([live, '5'])]],
  ['a weight that a parameter gives to the only group', [weighted([blue, live])], [weighted([live, live])]],
  [
    'both spellings at once',
    [{ ...weighted([blue]), TargetGroupArn: blue }],
    [{ ...weighted([live]), TargetGroupArn: live }],
  ],
])('production goes to the live side through %s, and the rest stays', (_name, actions, expected) => {
  expect(forwardToLive(actions, PAIR)).toEqual({ actions: expected });
});

test('stickiness of the forward stays', () => {
  const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: 60 };
  const action = {
    Type: 'forward',
    ForwardConfig: { TargetGroups: [{ TargetGroupArn: blue }], TargetGroupStickinessConfig },
  };
  expect(forwardToLive([action], PAIR).actions).toEqual([
    { Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: live }], TargetGroupStickinessConfig } },
  ]);
});

test.each([
  ['a plain forward', { Type: 'forward', Order: 2, TargetGroupArn: blue }],
  ['a forward to both', { ...weighted([blue, 100], [green, 0]), Order: 2 }],
])('for ECS %s names both target groups with the weights that are live', (_name, action) => {
  const weights = {
    blue: { 'Fn::GetAtt': ['Route', 'BlueWeight'] },
    green: { 'Fn::GetAtt': ['Route', 'GreenWeight'] },
  };
  expect(forwardToLive([oidc, action], { ...PAIR, weights }).actions).toEqual([
    oidc,
    { ...weighted([blue, weights.blue], [green, weights.green]), Order: 2 },
  ]);
});

test.each<[string, unknown, RegExp]>([
  ['a redirect', [{ Type: 'redirect', RedirectConfig: {} }], /0 forward actions.*\(actions: redirect\)/],
  ['authentication before a fixed response', [oidc, { Type: 'fixed-response' }], /authenticate-oidc, fixed-response/],
  ['no action', [], /\(actions: none\)/],
  ['two forwards', [weighted([blue]), weighted([green])], /2 forward actions/],
  ['a split', [weighted([blue, 90], [green, 10])], /weights 90 and 10/],
  ['two groups without weights, a split in halves', [weighted([blue], [green])], /weights 1 and 1/],
  ['no weight at all', [weighted([blue, 0], [green, 0])], /weights 0 and 0/],
  ['weights of parameters', [weighted([blue, { Ref: 'P' }], [green, 0])], /weights \{"Ref":"P"\} and 0/],
  ['a third target group', [weighted([blue, 1], [{ Ref: 'Third' }, 0])], /"Ref":"Third".*neither blue nor green/],
  ['another target group', [{ Type: 'forward', TargetGroupArn: { Ref: 'Third' } }], /neither blue nor green/],
  ['a forward to nothing', [{ Type: 'forward' }], /no target group/],
  ['no group at all', [weighted()], /no target group/],
  ['a condition for all actions', { 'Fn::If': ['C', [], []] }, /only known at deploy time/],
  ['a condition for one action', [{ 'Fn::If': ['C', oidc, weighted([blue])] }], /only known at deploy time/],
  [
    'a condition for the groups',
    [{ Type: 'forward', ForwardConfig: { TargetGroups: { 'Fn::If': ['C', [], []] } } }],
    /only known at deploy time/,
  ],
])('refuses %s', (_name, actions, message) => {
  const { actions: rewritten, problem } = forwardToLive(actions, PAIR);
  expect(rewritten).toBeUndefined();
  expect(problem).toMatch(message);
});

test('whatever surrounds the forward, only the forward changes', () => {
  const other = fc.constantFrom<object>(oidc, cognito, { Type: 'jwt-validation', Order: 9 });
  const forward = fc.constantFrom<object>(weighted([blue, 1], [green, 0]), { Type: 'forward', TargetGroupArn: green });
  fc.assert(
    fc.property(fc.array(other), forward, fc.array(other), (before, action, after) => {
      const given = [...before, action, ...after];
      const { actions = [] } = forwardToLive(given, PAIR);
      expect(actions).toHaveLength(given.length);
      given.forEach((each, index) => {
        if (each === action) expect(JSON.stringify(actions[index])).toContain(JSON.stringify(live));
        else expect(actions[index]).toBe(each);
      });
      expect(JSON.stringify(actions)).not.toMatch(/"(Blue|Green)"/);
    }),
  );
});

describe('a rolling service', () => {
  const other = { TargetGroupArn: { Ref: 'Other' }, ContainerName: 'web' };
  const own = { TargetGroupArn: blue, ContainerName: 'web', ContainerPort: 8080 };

  test.each([
    ['blue', [own], [{ ...own, TargetGroupArn: live }]],
    ['green', [{ ...own, TargetGroupArn: green }], [{ ...own, TargetGroupArn: live }]],
    ['the pair and with another target group', [other, own], [other, { ...own, TargetGroupArn: live }]],
  ])('that registers with %s registers with the live side', (_name, given, loadBalancers) => {
    expect(registerWithLive(given, PAIR)).toEqual({ loadBalancers });
  });

  test.each([
    ['no load balancer', undefined, /register with the pair 0 times/],
    ['another target group only', [other], /register with the pair 0 times/],
    ['both target groups', [own, { ...own, TargetGroupArn: green }], /register with the pair 2 times/],
    ['an alternate target group', [{ ...own, AdvancedConfiguration: {} }], /ECS itself finds the live one/],
  ])('with %s is refused', (_name, given, message) => {
    expect(registerWithLive(given, PAIR).problem).toMatch(message);
  });
});
