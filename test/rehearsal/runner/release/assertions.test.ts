import { expectationOf } from '../../../../rehearsal/runner/plan/expectation';
import { parsePlan } from '../../../../rehearsal/runner/plan/read';
import { type Actual, violations } from '../../../../rehearsal/runner/release/assertions';

const good: Actual = {
  outcome: 'succeeded',
  reason: '',
  amounts: { lost: 0, failed: 0, exposed: 120, minutes: 14 },
  denied: [],
  notModelled: [],
  unserved: [],
};

/** What is wrong with a release of which the file says so much. */
function found(release: string, actual: Partial<Actual>) {
  const text = `version: 1\nreleases:\n  - { name: v2, ${release} }\n`;
  const [planned] = parsePlan(text, 'r.yaml').releases;
  if (!planned) throw new Error('no release');
  const amounts = { ...good.amounts, ...actual.amounts };
  return violations(expectationOf(planned), { ...good, ...actual, amounts }).map(
    ({ assertion, value, expected }) => `${assertion} ${value}, expected ${expected}`,
  );
}

const amounts = (more: Partial<Actual['amounts']>) => ({ amounts: { ...good.amounts, ...more } });

test('a good release that lost requests is not as expected', () => {
  expect(found('expect: succeeded', amounts({ lost: 568 }))).toEqual(['lost 568, expected at most 0']);
  expect(found('expect: { outcome: succeeded, lost: 600 }', amounts({ lost: 568 }))).toEqual([]);
});

test('a release that is meant to be rolled back may lose requests, unless the file limits them', () => {
  expect(found('expect: rolled-back', { outcome: 'rolled-back', ...amounts({ lost: 3 }) })).toEqual([]);
  const limited = found('expect: { outcome: rolled-back, lost: 2 }', {
    outcome: 'rolled-back',
    ...amounts({ lost: 3 }),
  });
  expect(limited).toEqual(['lost 3, expected at most 2']);
});

test.each([
  ['failed: { max: 5 }', { failed: 6 }, 'failed 6, expected at most 5'],
  ['exposed: { min: 1, max: 50 }', { exposed: 120 }, 'exposed 120, expected at least 1 and at most 50'],
  ['exposed: { min: 1 }', { exposed: 0 }, 'exposed 0, expected at least 1'],
  ['minutes: 20', { minutes: 25.5 }, 'minutes 25.5, expected at most 20'],
])('%s is held', (limit, actual, text) => {
  expect(found(`expect: { outcome: succeeded, ${limit} }`, amounts(actual))).toEqual([text]);
});

test('the reason is held in either place', () => {
  const actual = { outcome: 'rolled-back', reason: 'tasks never got healthy' } as const;
  const text = 'reason tasks never got healthy, expected a text with "orders"';
  expect(found('expect: rolled-back, reason: orders', actual)).toEqual([text]);
  expect(found('expect: { outcome: rolled-back, reason: orders }', actual)).toEqual([text]);
});

test('a denied call is not as expected, unless the file allows its action', () => {
  const call = { release: 'v2', principal: 'arn:aws:iam::1:role/r', action: 's3:GetObject', resource: '*' };
  expect(found('expect: succeeded', { denied: [{ ...call, allowed: false }] })).toEqual([
    'denied s3:GetObject, expected no denied call that neither allow.denied nor expect.denied names',
  ]);
  expect(found('expect: succeeded', { denied: [{ ...call, allowed: true }] })).toEqual([]);
});

test('an update without a deployment is a success, and nothing at all is not', () => {
  expect(found('expect: succeeded', { outcome: 'updated' })).toEqual([]);
  expect(found('expect: succeeded', { outcome: 'unchanged' })).toEqual(['outcome unchanged, expected succeeded']);
  expect(found('expect: updated', { outcome: 'succeeded' })).toEqual(['outcome succeeded, expected updated']);
});

test.each([
  ['expect: { outcome: fine }', 'releases[0].expect.outcome is "fine"'],
  ['expect: { outcome: succeeded, lots: 1 }', 'releases[0].expect.lots'],
  ['expect: { outcome: succeeded, lost: -1 }', 'releases[0].expect.lost is -1'],
  ['expect: { outcome: succeeded, lost: {} }', 'give min, max or both'],
  ['expect: { outcome: succeeded, lost: { min: 3, max: 2 } }', 'min must not be above max'],
])('%s is refused with its place', (release, text) => {
  expect(() => found(release, {})).toThrow(text);
  expect(() => found(release, {})).toThrow(/^r\.yaml:3:\d+: /);
});

test('a call that the file expects to be denied must be denied', () => {
  const call = {
    release: 'v2',
    principal: 'arn:aws:iam::1:role/r',
    action: 's3:GetObject',
    resource: '*',
    allowed: true,
  };
  const expected = 'expect: { outcome: succeeded, denied: [s3:GetObject] }';
  expect(found(expected, { denied: [call] })).toEqual([]);
  expect(found(expected, {})).toEqual(['denied no call, expected a denied call of s3:getobject']);
});

test('a release that proves nothing is not as expected', () => {
  const property = {
    logicalId: 'Web',
    type: 'AWS::ECS::Service',
    property: 'DeploymentConfiguration.Strategy',
    effect: 'x',
  };
  expect(found('expect: succeeded', { unserved: ['Web'] })).toEqual([
    'traffic no request to Web, expected requests to each service that the release changes, or its name in allow.unserved',
  ]);
  const decisive = { ...property, decides: true, allowed: false };
  expect(found('expect: succeeded', { notModelled: [decisive] })).toEqual([
    'notModelled Web AWS::ECS::Service.DeploymentConfiguration.Strategy, expected no property that decides a release and is not ' +
      'modelled, or its type and name in allow.notModelled',
  ]);
  expect(found('expect: succeeded', { notModelled: [{ ...decisive, allowed: true }] })).toEqual([]);
  expect(found('expect: succeeded', { notModelled: [{ ...decisive, decides: false }] })).toEqual([]);
});
