import { rulesOf } from '../../support/listener-rules';
import { judgeHealth, preflight, type PreflightSources } from '../../../lambda/gate/preflight';
import type { HttpResponse } from '../../../common/http';

const arn = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/${name}/0123`;
const sides = {
  productionListenerArn: 'production',
  testListenerArn: 'test',
  targetGroupArns: [arn('one'), arn('two')],
  deploymentTargetId: 'cluster:web',
};
const request = { method: 'GET', url: new URL('http://web/health'), headers: {}, timeoutMs: 1 };
const health = { request, codes: '200' };
const signal = new AbortController().signal;
const sources = (changes: Partial<PreflightSources> = {}): PreflightSources => ({
  listenerRules: async () => rulesOf([{ targetGroupArn: arn('one'), weight: 100 }]),
  targetStates: async () => ['healthy', 'healthy', 'draining'],
  exchange: async () => ({ status: 200 }) as HttpResponse,
  ...changes,
});
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

async function read(changes: Partial<PreflightSources>, codes = '200') {
  const running = preflight(sides, { ...health, codes }, sources(changes), signal);
  await jest.advanceTimersByTimeAsync(120_000);
  return (await running).map(({ name, outcome, message }) => [name, outcome, message]);
}

test('a fit live side passes with what was seen', async () => {
  await expect(read({})).resolves.toEqual([
    ['one-live-side', 'passed', 'production forwards only to one'],
    ['live-side-healthy', 'passed', '2 of 2 targets of the live side one are healthy'],
    ['production-responds', 'passed', 'production responded with 200 to GET http://web/health'],
  ]);
});

test('a health check that responds with 204 is as good, where the target groups accept it', async () => {
  const exchange = async () => ({ status: 204 }) as HttpResponse;
  expect((await read({ exchange }, '200-299')).at(-1)).toEqual([
    'production-responds',
    'passed',
    'production responded with 200-299 to GET http://web/health',
  ]);
  expect((await read({ exchange })).at(-1)).toMatchObject(['production-responds', 'failed', expect.any(String)]);
});

test('weights that a stopped release left behind block nothing: the next release ends them', async () => {
  const split = rulesOf([
    { targetGroupArn: arn('one'), weight: 10 },
    { targetGroupArn: arn('two'), weight: 90 },
  ]);
  await expect(read({ listenerRules: async () => split })).resolves.toEqual([
    [
      'one-live-side',
      'passed',
      expect.stringMatching(/forwards to one \(10 %\), two \(90 %\), left so .* this one ends it/),
    ],
    ['live-side-healthy', 'passed', expect.stringMatching(/of the live side two are healthy/)],
    expect.arrayContaining(['production-responds', 'passed']),
  ]);
});

test.each<[string, Partial<PreflightSources>, unknown[]]>([
  [
    'a listener that forwards elsewhere',
    { listenerRules: async () => rulesOf([]) },
    ['one-live-side', 'failed', expect.stringMatching(/forwards to neither side/)],
  ],
  [
    'sick targets',
    { targetStates: async () => ['unhealthy', 'healthy'] },
    ['live-side-healthy', 'failed', expect.stringMatching(/1 of 2 targets .* expected more than half/)],
  ],
  [
    'denied calls',
    { targetStates: () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' })) },
    ['live-side-healthy', 'failed', 'the live side could not be read: AccessDenied: no'],
  ],
  [
    'errors in production',
    { exchange: async () => ({ status: 503 }) as HttpResponse },
    [
      'production-responds',
      'failed',
      expect.stringMatching(/production responded with 503, expected 200 .*3 attempts/),
    ],
  ],
])('%s refuse the release', async (_name, changes, expected) => {
  expect(await read(changes)).toContainEqual(expected);
});

test('one lost request refuses nothing', async () => {
  const exchange = jest
    .fn<Promise<HttpResponse>, []>()
    .mockRejectedValueOnce(new Error('reset'))
    .mockResolvedValue({ status: 200 } as HttpResponse);
  expect((await read({ exchange })).map(([, outcome]) => outcome)).toEqual(['passed', 'passed', 'passed']);
});

test.each([
  [[], 'failed'],
  [['initial'], 'failed'],
  [['healthy', 'initial', 'initial'], 'passed'],
  [['healthy', 'healthy', 'unhealthy'], 'passed'],
  [['healthy', 'unhealthy'], 'failed'],
  [['unused'], 'failed'],
])('targets %j: %s', (states, outcome) => {
  expect(judgeHealth('one', states).outcome).toBe(outcome);
});
