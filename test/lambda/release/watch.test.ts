import type { Ending, ReleaseProperties, WatchState } from '../../../lambda/release/types';
import { createRelease } from '../../../lambda/release/handler';
import { type Aws, aws } from '../../../lambda/release/aws';
import type { Deployment } from '../../../verdict/progress';

/** What the log says of a deployment that ends after `cdk deploy`. */

const MINUTE_MS = 60_000;
const createdAtMs = Date.parse('2026-01-01T10:00:00Z');
const completedAtMs = createdAtMs + 30 * MINUTE_MS;
const properties = {
  ServiceName: 'web',
  GateLogGroups: { AfterAllowTraffic: 'gates' },
  AlarmNames: ['errors', 'latency', 'unhealthy'],
} as unknown as ReleaseProperties;
const state: WatchState = {
  kind: 'greenlight.watch',
  deploymentId: 'd-1',
  startedAt: new Date(createdAtMs + 10 * MINUTE_MS).toISOString(),
  properties,
  done: false,
  pollAgainSeconds: 30,
};
const baking: Deployment = {
  id: 'd-1',
  status: 'InProgress',
  createdAtMs,
  autoRollback: true,
  terminationWait: true,
  events: [{ name: 'AfterAllowTraffic', status: 'Succeeded' }],
};
const byAlarm: Deployment = {
  ...baking,
  status: 'Stopped',
  completedAtMs,
  error: { code: 'ALARM_ACTIVE', message: 'One or more alarms have been activated.' },
  rollbackDeploymentId: 'd-2',
};
const byHand: Deployment = {
  ...baking,
  status: 'Stopped',
  completedAtMs,
  autoRollback: false,
  error: { code: 'MANUAL_STOP', message: 'Stopped by you.' },
};
const rollback: Deployment = { ...baking, id: 'd-2', status: 'Succeeded' };
const denied = Object.assign(new Error('User: role/Release is not authorized to perform: it'), {
  name: 'AccessDeniedException',
});

const wentTo = (stateValue: string, minutesBefore: number, stateReason: string) => ({
  atMs: completedAtMs - minutesBefore * MINUTE_MS,
  data: JSON.stringify({ newState: { stateValue, stateReason } }),
});
const CROSSED = 'Threshold Crossed: 2 datapoints [60.0, 58.0] were greater than the threshold (5.0).';

let written: string[];
beforeEach(() => {
  written = [];
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => jest.restoreAllMocks());

/** One poll of deployments that are as given. */
async function poll(deployments: readonly Deployment[], changes: Partial<Aws> = {}, before = state) {
  const release = createRelease(
    {},
    {
      ...aws,
      deployment: (id) => {
        const found = deployments.find((each) => each.id === id);
        return found ? Promise.resolve(found) : Promise.reject(new Error(`${id} does not exist`));
      },
      lifecycleEvents: () => Promise.resolve([...baking.events]),
      alarmHistory: () => Promise.resolve([]),
      alarmStates: () => Promise.resolve([]),
      logMessages: () => Promise.resolve([]),
      ...changes,
    },
  );
  const after = (await release(before)) as WatchState;
  return { after, endings: written.map((text) => JSON.parse(text) as Ending) };
}

test('nothing is said while it bakes, nor while its rollback runs; after an hour it is polled less often', async () => {
  const now = { ...state, startedAt: new Date().toISOString() };
  const { after } = await poll([baking], {}, now);
  expect(after).toEqual(now);
  const running = { ...rollback, status: 'InProgress', terminationWait: false };
  expect((await poll([byAlarm, running], {}, now)).after).toMatchObject({ done: false });
  expect((await poll([baking])).after).toMatchObject({ done: false, pollAgainSeconds: 120 });
  expect(written).toEqual([]);
});

test.each<[string, readonly Deployment[], Partial<Aws>, Ending['outcome'], RegExp]>([
  [
    'an alarm, with value and threshold, since when, and what production is left with',
    [byAlarm, rollback],
    { alarmHistory: (name) => Promise.resolve(name === 'errors' ? [wentTo('ALARM', 2, CROSSED)] : []) },
    'failed',
    /^web was rolled back in its bake: alarm "errors" went to ALARM at 2026-01-01T10:28:00.000Z: Threshold Crossed: 2 datapoints \[60.0, 58.0\] were greater than the threshold \(5.0\); deployment d-1 stopped; production is back on the old version \(rollback d-2\)\.$/,
  ],
  [
    'an alarm that is quiet again',
    [byAlarm, rollback],
    {
      alarmHistory: (name) =>
        Promise.resolve(name === 'latency' ? [wentTo('OK', 0, 'fine'), wentTo('ALARM', 1, CROSSED)] : []),
    },
    'failed',
    /alarm "latency" went to ALARM at 2026-01-01T10:29:00.000Z: Threshold Crossed/,
  ],
  [
    'several alarms, the newest first',
    [byAlarm, rollback],
    { alarmHistory: (name) => Promise.resolve([wentTo('ALARM', name.length, CROSSED)]) },
    'failed',
    /alarm "errors" .*; alarm "latency" .*; and 1 more; deployment/,
  ],
  [
    'an alarm that cannot be read, by CodeDeploy’s own reason',
    [byAlarm, rollback],
    { alarmHistory: () => Promise.reject(denied) },
    'failed',
    /^web was rolled back in its bake: One or more alarms have been activated \(ALARM_ACTIVE\); the alarms could not be read: AccessDeniedException: User: role\/Release is not authorized to perform: it; deployment d-1 stopped/,
  ],
  [
    'an alarm whose rollback failed',
    [byAlarm, { ...rollback, status: 'Failed', terminationWait: false }],
    {},
    'failed',
    /its rollback d-2 failed too, so production may still be on the new version/,
  ],
  [
    'a stop by hand, with a rollback',
    [{ ...byHand, rollbackDeploymentId: 'd-2' }, rollback],
    {},
    'failed',
    /^web was rolled back in its bake: Stopped by you \(MANUAL_STOP\); .*back on the old version/,
  ],
  [
    'a stop by hand, without a rollback',
    [byHand],
    {},
    'failed',
    /^web was stopped in its bake: Stopped by you \(MANUAL_STOP\); .*no rollback followed, so all traffic stays on the new version\.$/,
  ],
  [
    'a hook that failed after the time of cdk deploy',
    [
      {
        ...byAlarm,
        status: 'Failed',
        terminationWait: false,
        error: { code: 'HOOK_EXECUTION_FAILURE', message: 'a hook failed' },
      },
      rollback,
    ],
    {
      lifecycleEvents: () => Promise.resolve([{ name: 'AfterAllowTraffic', status: 'Failed' }]),
      logMessages: () =>
        Promise.resolve([
          JSON.stringify({ kind: 'greenlight.verdict', deploymentId: 'd-1', sentence: 'check "orders" failed' }),
        ]),
    },
    'failed',
    /^web was not released: the AfterAllowTraffic gate says: check "orders" failed; deployment d-1 failed/,
  ],
  [
    'the end of the bake',
    [{ ...baking, status: 'Succeeded' }],
    {},
    'succeeded',
    /^web: deployment d-1 and its bake are over$/,
  ],
  [
    'that it may not read, with action and role',
    [baking],
    { lifecycleEvents: () => Promise.reject(denied) },
    'unknown',
    /^web: how deployment d-1 ends is not known: AccessDeniedException: User: role\/Release is not authorized to perform: it: denied for longer/,
  ],
])('one line in the log names %s', async (_what, deployments, changes, outcome, sentence) => {
  const { after, endings } = await poll(deployments, changes);
  expect(after.done).toBe(true);
  expect(endings).toEqual([
    {
      kind: 'greenlight.ending',
      serviceName: 'web',
      deploymentId: 'd-1',
      outcome,
      sentence: expect.stringMatching(sentence) as string,
    },
  ]);
});

test('what is only throttled is polled again', async () => {
  const { after, endings } = await poll([baking], { lifecycleEvents: () => Promise.reject(new Error('throttled')) });
  expect(after.done).toBe(false);
  expect(endings).toEqual([]);
});
