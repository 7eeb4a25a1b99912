import { type Invoke, readResponse, invokeAll } from '../../../lambda/gate/custom-check';
import type { CustomCheckRequest } from '../../../lambda/gate/types';

const context = {
  service: 'web',
  deploymentId: 'd-1',
  lifecycleEvent: 'AfterAllowTestTraffic',
  targetUrl: 'http://web:9080',
  limitMs: 60_000,
};
const check = (name: string, timeoutSeconds = 30) => ({ name, functionArn: `arn:${name}`, timeoutSeconds });
const passes: Invoke = async () => ({ payload: '{"outcome":"passed","message":"all in stock","details":{"n":1}}' });

beforeEach(() => void jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void jest.useRealTimers());

test('the function gets the documented request, and its response is the result', async () => {
  const requests: CustomCheckRequest[] = [];
  const invoke: Invoke = (arn, payload, ...rest) => {
    requests.push(JSON.parse(payload) as CustomCheckRequest);
    return passes(arn, payload, ...rest);
  };
  await expect(invokeAll([check('stock')], context, invoke)).resolves.toEqual([
    { name: 'stock', outcome: 'passed', message: 'all in stock', details: { n: 1 }, durationMs: 0 },
  ]);
  expect(requests).toEqual([
    {
      kind: 'greenlight.custom-check',
      version: 1,
      service: 'web',
      deploymentId: 'd-1',
      lifecycleEvent: 'AfterAllowTestTraffic',
      targetUrl: 'http://web:9080',
      deadline: '2026-01-01T00:00:30.000Z',
    },
  ]);
});

test('the gate’s own limit ends a check before its own does', async () => {
  const hang: Invoke = () => new Promise(() => undefined);
  const running = invokeAll([check('slow', 5), check('slower', 300)], context, hang);
  await jest.advanceTimersByTimeAsync(60_000);
  await expect(running).resolves.toMatchObject([
    { outcome: 'failed', message: 'it did not respond within 5 s', durationMs: 5_000 },
    { outcome: 'failed', message: 'it did not respond within 60 s', durationMs: 60_000 },
  ]);
});

test('a function that cannot be called is a failed check, and others still run', async () => {
  const missing = Object.assign(new Error('Function not found'), { name: 'ResourceNotFoundException' });
  const invoke: Invoke = (arn, ...rest) => (arn === 'arn:gone' ? Promise.reject(missing) : passes(arn, ...rest));
  await expect(invokeAll([check('gone'), check('stock')], context, invoke)).resolves.toMatchObject([
    {
      name: 'gone',
      outcome: 'failed',
      message: 'it could not be called: ResourceNotFoundException: Function not found',
    },
    { name: 'stock', outcome: 'passed' },
  ]);
});

test.each<[string, Parameters<typeof readResponse>[0], object]>([
  ['degraded', { payload: '{"outcome":"degraded"}' }, { outcome: 'degraded', message: 'it is degraded' }],
  [
    'another outcome',
    { payload: '{"outcome":"ok"}' },
    { outcome: 'failed', message: /^it responded with \{"outcome":"ok"\}/ },
  ],
  ['nothing', { payload: 'null' }, { outcome: 'failed', message: /^it responded with null, expected/ }],
  ['no JSON', { payload: '<html>' }, { outcome: 'failed', message: /^it responded with <html>/ }],
  ['a message that is no text', { payload: '{"outcome":"passed","message":1}' }, { outcome: 'failed' }],
  [
    'an exception',
    { functionError: 'Unhandled', payload: '{"errorType":"TypeError","errorMessage":"x is undefined"}' },
    { outcome: 'failed', message: 'its function failed: TypeError: x is undefined' },
  ],
  ['a crash without a word', { functionError: 'Unhandled', payload: '' }, { outcome: 'failed' }],
])('%s', (_name, invoked, expected) => {
  const { message, ...rest } = expected as { message?: string | RegExp; outcome: string };
  const response = readResponse(invoked);
  expect(response).toMatchObject(rest);
  if (message) expect(response.message).toMatch(message);
});

test('details are bounded, and a message is one line', () => {
  const details = 'x'.repeat(10_000);
  const response = readResponse({ payload: JSON.stringify({ outcome: 'passed', message: 'a\nb', details }) });
  expect(response.message).toBe('a b');
  expect(JSON.stringify(response.details).length).toBeLessThan(5_000);
});
