import fc from 'fast-check';
import { slotsOf, targetGroupsOf, withShare } from '../../../../rehearsal/services/codedeploy/traffic';

const pair = { blue: 'blue', green: 'green' };

test('property: both target groups are named, their weights sum to 100 and green gets its percent', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.constantFrom('blue', 'green'), (percent, live) => {
      const [action] = withShare([{ Type: 'forward', TargetGroupArn: live }], pair, percent);
      const groups = action ? targetGroupsOf(action) : [];
      expect(groups.map(({ TargetGroupArn }) => TargetGroupArn)).toEqual(['blue', 'green']);
      expect(groups.reduce((sum, { Weight = 0 }) => sum + Weight, 0)).toBe(100);
      expect(groups[1]?.Weight).toBe(percent);
    }),
  );
});

test('stickiness and other actions stay as they are', () => {
  const login = { Type: 'authenticate-oidc', Order: 1 };
  const TargetGroupStickinessConfig = { Enabled: false };
  const forward = {
    Type: 'forward',
    ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'blue' }], TargetGroupStickinessConfig },
  };
  const [first, second] = withShare([login, forward], pair, 10);
  expect(first).toBe(login);
  expect(second?.ForwardConfig?.TargetGroupStickinessConfig).toBe(TargetGroupStickinessConfig);
});

test('only what forwards to the pair is a slot', () => {
  const listener = { ListenerArn: 'l', DefaultActions: [{ Type: 'fixed-response' }] };
  const rules = [
    { RuleArn: 'own', Actions: [{ Type: 'forward', TargetGroupArn: 'blue' }] },
    { RuleArn: 'foreign', Actions: [{ Type: 'forward', TargetGroupArn: 'other' }] },
    { RuleArn: 'default', IsDefault: true, Actions: [{ Type: 'forward', TargetGroupArn: 'blue' }] },
  ];
  expect(slotsOf(listener, rules, pair).map(({ ruleArn }) => ruleArn)).toEqual(['own']);
});
