import { type Clients, clients } from '../../../lambda/gate/clients';
import { readEnvironment } from '../../../lambda/gate/environment';
import { createGate } from '../../../lambda/gate/handler';
import type { Verdict } from '../../../lambda/gate/types';

const complete = {
  GREENLIGHT_SERVICE: 'web',
  GREENLIGHT_LIFECYCLE_EVENT: 'AfterAllowTestTraffic',
  GREENLIGHT_TARGET_URL: 'https://lb.example.com:8443',
  GREENLIGHT_ALARMS: '["a","b"]',
  GREENLIGHT_TIMEOUT_SECONDS: '120',
};

test('reads a complete environment', () => {
  expect(readEnvironment(complete)).toMatchObject({
    serviceName: 'web',
    lifecycleEvent: 'AfterAllowTestTraffic',
    target: new URL('https://lb.example.com:8443'),
    loadBalancerFullName: '',
    alarmNames: ['a', 'b'],
    timeoutMs: 120_000,
    hostName: undefined,
    tlsVerification: 'chain',
  });
});

test('verifies the certificate in full when the domain is given', () => {
  expect(readEnvironment({ ...complete, GREENLIGHT_HOST_NAME: 'shop.example.com' })).toMatchObject({
    hostName: 'shop.example.com',
    tlsVerification: 'full',
  });
});

test('names every missing variable in one error', () => {
  expect(() => readEnvironment({})).toThrow(
    /GREENLIGHT_SERVICE is missing.*GREENLIGHT_LIFECYCLE_EVENT is missing.*GREENLIGHT_TARGET_URL is missing.*GREENLIGHT_ALARMS is missing.*GREENLIGHT_TIMEOUT_SECONDS is missing/,
  );
});

test.each([
  ['GREENLIGHT_TARGET_URL', 'ftp://x'],
  ['GREENLIGHT_TARGET_URL', 'http://x/path'],
  ['GREENLIGHT_ALARMS', '[1]'],
  ['GREENLIGHT_ALARMS', 'a,b'],
  ['GREENLIGHT_TIMEOUT_SECONDS', '0'],
  ['GREENLIGHT_TLS_VERIFICATION', 'some'],
])('%s=%s is refused with its value', (name, value) => {
  expect(() => readEnvironment({ ...complete, [name]: value })).toThrow(`${name} is ${JSON.stringify(value)}`);
});

test('a verdict without settings has empty names, so that its document stays whole', async () => {
  const verdicts: Verdict[] = [];
  const writeVerdict = (verdict: Verdict) => void verdicts.push(verdict);
  const silent: Clients = {
    ...clients,
    writeVerdict,
    writeMetrics: () => undefined,
    report: () => Promise.resolve(),
  };
  await createGate({}, silent)(
    { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'hook-1' },
    { getRemainingTimeInMillis: () => 60_000 },
  );
  expect(verdicts).toEqual([
    expect.objectContaining({ outcome: 'Failed', service: '', lifecycleEvent: '', target: '' }),
  ]);
});
