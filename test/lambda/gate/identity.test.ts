import { rulesOf } from '../../support/listener-rules';
import { type IdentityQuestion, type IdentitySources, identify } from '../../../lambda/gate/identity';
import type { HttpResponse } from '../../../common/http';

const arn = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/${name}/0123`;
const signal = new AbortController().signal;

const question = (changes: Partial<IdentityQuestion> = {}): IdentityQuestion => ({
  deploymentId: 'd-1',
  engine: 'CodeDeploy',
  sides: {
    productionListenerArn: 'production',
    testListenerArn: 'test',
    targetGroupArns: [arn('one'), arn('two')],
    deploymentTargetId: 'cluster:web',
  },
  listenerArn: 'test',
  requests: [],
  limitMs: 0,
  ...changes,
});

const reply = (headers: Record<string, string>) => ({ status: 200, headers }) as unknown as HttpResponse;
const sources = (changes: Partial<IdentitySources> = {}): IdentitySources => ({
  greenTargetGroup: async () => 'two',
  listenerRules: async () =>
    rulesOf([
      { targetGroupArn: arn('one'), weight: 0 },
      { targetGroupArn: arn('two'), weight: 100 },
    ]),
  exchange: async () => reply({ 'x-version': 'v2' }),
  ...changes,
});
const request = { method: 'GET', url: new URL('http://web/'), headers: {}, timeoutMs: 1 };
const versioned = question({ version: { name: 'X-Version', value: 'v2' }, requests: [request, request] });

test("only green's target group, and its version on every node, prove identity", async () => {
  await expect(identify(versioned, sources(), signal)).resolves.toMatchObject({
    outcome: 'passed',
    green: 'two',
    forwards: [{ targetGroup: 'two', weight: 100 }],
    version: { header: 'X-Version', expected: 'v2', actual: 'v2' },
    attempts: 1,
  });
});

test.each<[string, Partial<IdentitySources>, RegExp]>([
  [
    'the live side',
    { listenerRules: async () => rulesOf([{ targetGroupArn: arn('one'), weight: 1 }]) },
    /the live side responds .* forwards to one \(100 %\), expected only two/,
  ],
  [
    'both sides',
    {
      listenerRules: async () =>
        rulesOf([
          { targetGroupArn: arn('one'), weight: 1 },
          { targetGroupArn: arn('two'), weight: 3 },
        ]),
    },
    /both sides respond .* one \(25 %\), two \(75 %\)/,
  ],
  [
    'another service',
    { listenerRules: async () => rulesOf([{ targetGroupArn: arn('other'), weight: 1 }]) },
    /forwards to neither side of the service/,
  ],
  ['no replacement', { greenTargetGroup: async () => undefined }, /CodeDeploy names no target group of green in d-1/],
  [
    'an unreadable listener',
    { listenerRules: () => Promise.reject(new Error('socket hang up')) },
    /could not be found out which side responds: socket hang up/,
  ],
  [
    'an old version',
    { exchange: async () => reply({ 'x-version': 'v1' }) },
    /header X-Version was "v1", expected "v2"/,
  ],
  [
    'a version that is not in the response',
    { exchange: async () => reply({}) },
    /header X-Version was missing, expected "v2"/,
  ],
  [
    'one node that lags',
    {
      exchange: jest
        .fn()
        .mockResolvedValueOnce(reply({ 'x-version': 'v2' }))
        .mockResolvedValue(reply({})),
    },
    /was missing/,
  ],
])('%s fails it', async (_name, changes, reason) => {
  const result = await identify(versioned, sources(changes), signal);
  expect(result.outcome).toBe('failed');
  expect(result.reason).toMatch(reason);
});

describe('with time to wait', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('it waits for green within the limit, and no longer', async () => {
    const live = rulesOf([{ targetGroupArn: arn('one'), weight: 1 }]);
    const listenerRules = jest.fn(async () => live);
    const late = identify(question({ limitMs: 30_000 }), sources({ listenerRules }), signal);
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(late).resolves.toMatchObject({ outcome: 'failed', attempts: 11 });
    const green = rulesOf([{ targetGroupArn: arn('two'), weight: 1 }]);
    listenerRules.mockResolvedValueOnce(live).mockResolvedValueOnce(green);
    const comes = identify(question({ limitMs: 30_000 }), sources({ listenerRules }), signal);
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(comes).resolves.toMatchObject({ outcome: 'passed', attempts: 2 });
  });
});
