import { createLiveRoute } from '../../../lambda/live-route/handler';
import type { Aws } from '../../../lambda/live-route/aws';
import { UPDATE_GUARD_RESOURCE_TYPE } from '../../../lambda/live-route/types';
import type { CustomResourceEvent } from '../../../lambda/shared/custom-resource';
import { rulesOf } from '../../support/listener-rules';
import { routeEvent } from './support';

/** AWS throttles calls or fails while a stack rolls back: a failure of the route would be the end of the rollback. */

const MINUTE_MS = 60_000;

const event = routeEvent();

const healthCheck = {
  ...{ Protocol: 'HTTP', Path: '/', Codes: '200', Port: 'traffic-port' },
  ...{ Interval: '30', Timeout: '5', UnhealthyThreshold: '2' },
};
const fixed = (port: number) => ({
  ServiceToken: 'function',
  ServiceName: 'web',
  Fixed: { LoadBalancers: `${port}` },
  HealthChecks: { Blue: healthCheck, Green: healthCheck },
  Checked: [],
  Ships: '',
});
/** What only a rollback may change. */
const guarded: CustomResourceEvent = {
  ...event,
  ResourceType: UPDATE_GUARD_RESOURCE_TYPE,
  OldResourceProperties: fixed(80),
  ResourceProperties: fixed(8080),
};

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick'] });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** @param minutes AWS fails so long */
function respond(asked: CustomResourceEvent, minutes: number) {
  const endMs = Date.now() + minutes * MINUTE_MS;
  const throttled = Object.assign(new Error('Rate exceeded'), { name: 'Throttling' });
  const unlessFailing = <T>(value: T) => (Date.now() < endMs ? Promise.reject(throttled) : Promise.resolve(value));
  const responses: { Status: string; Reason: string }[] = [];
  const aws: Aws = {
    listenerAt: () => unlessFailing('production'),
    rules: () => unlessFailing(rulesOf([{ targetGroupArn: 'blue', weight: 1 }])),
    physicalId: () => unlessFailing(undefined),
    targets: () => unlessFailing(1),
    inFlight: () => unlessFailing([]),
    serviceInFlight: () => unlessFailing([]),
    isRollingBack: () => unlessFailing(true),
    put: (_url, body) => Promise.resolve(void responses.push(JSON.parse(body) as (typeof responses)[number])),
  };
  void createLiveRoute(aws)(asked);
  return responses;
}

test.each([
  ['the live route', event],
  ['the update guard', guarded],
])('%s waits for AWS as long as the release does, and then responds as always', async (_what, asked) => {
  const responses = respond(asked, 9);
  await jest.advanceTimersByTimeAsync(8.9 * MINUTE_MS);
  expect(responses).toEqual([]);
  await jest.advanceTimersByTimeAsync(MINUTE_MS);
  expect(responses).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
});

test.each([
  ['the live route', event, /Rate exceeded/],
  ['the update guard', guarded, /port or containerName changes/],
])('%s responds before its function ends when AWS fails for longer', async (_what, asked, reason) => {
  const responses = respond(asked, 60);
  await jest.advanceTimersByTimeAsync(11 * MINUTE_MS);
  expect(responses).toEqual([
    expect.objectContaining({ Status: 'FAILED', Reason: expect.stringMatching(reason) as string }),
  ]);
});
