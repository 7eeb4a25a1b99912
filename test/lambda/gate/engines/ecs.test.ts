import type { Clients } from '../../../../lambda/gate/clients';
import { clients } from '../../../../lambda/gate/clients';
import type { EcsInvocation } from '../../../../lambda/gate/engines/ecs';
import { createGate } from '../../../../lambda/gate/handler';
import type { Verdict } from '../../../../lambda/gate/types';
import type { Suite } from '../../../../smoke/suite/model';
import { httpServer, type Listening } from '../../../support/servers/servers';
import { rulesOf } from '../../../support/listener-rules';

const arn = (kind: string, id: string) => `arn:aws:ecs:eu-west-1:111122223333:${kind}/cluster/web/${id}`;
const group = (name: string) => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/${name}/0123`;
const context = { getRemainingTimeInMillis: () => 60_000 };
const suite: Suite = { checks: [{ name: 'orders', path: '/orders', retries: 0 }] };

const event = (changes: Partial<EcsInvocation> = {}): EcsInvocation => ({
  executionId: 'e-1',
  lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
  resourceArn: arn('service-deployment', 'abc123'),
  executionDetails: { targetServiceRevisionArn: arn('service-revision', '2') },
  ...changes,
});

let server: Listening;
let status: number;
let verdicts: Verdict[];
beforeEach(async () => {
  [status, verdicts] = [200, []];
  server = await httpServer((_request, response) => response.writeHead(status).end());
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.close();
});

const SIDES = {
  productionListenerArn: 'production',
  testListenerArn: 'test',
  targetGroupArns: [group('one'), group('two')],
};

function gate(environment: Record<string, string> = {}, changes: Partial<Clients> = {}) {
  const url = `http://127.0.0.1:${server.port}`;
  const env = {
    GREENLIGHT_SERVICE: 'web',
    GREENLIGHT_LIFECYCLE_EVENT: 'AfterAllowTestTraffic',
    GREENLIGHT_TARGET_URL: url,
    GREENLIGHT_LIVE_URL: url,
    GREENLIGHT_ALARMS: '["rate"]',
    GREENLIGHT_TIMEOUT_SECONDS: '30',
    GREENLIGHT_SIDES: JSON.stringify(SIDES),
    ...environment,
  };
  return createGate(env, {
    ...clients,
    loadSuite: () => suite,
    describeAlarms: async () => [{ name: 'rate', state: 'OK' }],
    untilListenerSettles: () => Promise.resolve(),
    listenerRules: async () => rulesOf([{ targetGroupArn: group('two'), weight: 1 }]),
    targetStates: async () => [],
    serviceDeployment: async (serviceDeploymentArn) => ({
      serviceDeploymentArn,
      status: 'IN_PROGRESS',
      sourceServiceRevisions: [{ arn: arn('service-revision', '1') }],
    }),
    targetGroupsOfRevision: async () => [group('two')],
    writeVerdict: (verdict) => void verdicts.push(verdict),
    writeMetrics: () => undefined,
    ...changes,
  });
}

test("green that passes is SUCCEEDED, with the deployment's id in the verdict and green named by its revision", async () => {
  await expect(gate()(event(), context)).resolves.toEqual({ hookStatus: 'SUCCEEDED' });
  expect(verdicts).toMatchObject([{ deploymentId: 'abc123', outcome: 'Succeeded', identity: { green: 'two' } }]);
});

test('a check that fails is FAILED with its sentence in the verdict', async () => {
  status = 500;
  await expect(gate()(event(), context)).resolves.toEqual({ hookStatus: 'FAILED' });
  expect(verdicts[0]?.sentence).toMatch(/^check "orders" failed: status was 500/);
});

test('the wrong target group behind the test listener is FAILED', async () => {
  const targetGroupsOfRevision = async () => [group('one')];
  const listener = gate({ GREENLIGHT_TIMEOUT_SECONDS: '1' }, { targetGroupsOfRevision });
  await expect(listener(event(), context)).resolves.toEqual({ hookStatus: 'FAILED' });
  expect(verdicts[0]).toMatchObject({ rule: 'identity-failed' });
});

describe('before anything starts', () => {
  const preflight = { GREENLIGHT_LIFECYCLE_EVENT: 'BeforeInstall' };
  const before = event({ lifecycleStage: 'PRE_SCALE_UP' });
  const firing = { describeAlarms: async () => [{ name: 'rate', state: 'ALARM' }] };

  test('an alarm that fires already refuses the release: ECS itself would ignore all alarms', async () => {
    await expect(gate(preflight, firing)(before, context)).resolves.toEqual({ hookStatus: 'FAILED' });
    expect(verdicts[0]?.sentence).toContain('alarm "rate" is firing');
  });

  test('break-glass in the details of the hook passes it', async () => {
    const greenlightBreakGlass = { Reason: 'the fix for the outage', Allow: ['alarms'] as const };
    const states = { ...firing, targetStates: async () => ['healthy'] };
    const response = await gate(preflight, states)({ ...before, hookDetails: { greenlightBreakGlass } }, context);
    expect({ response, rule: verdicts[0]?.rule }).toEqual({
      response: { hookStatus: 'SUCCEEDED' },
      rule: 'break-glass',
    });
  });

  test('the first version has no live side to check', async () => {
    const serviceDeployment: Clients['serviceDeployment'] = async (serviceDeploymentArn) => ({
      serviceDeploymentArn,
      status: 'IN_PROGRESS',
    });
    const first = gate(preflight, { ...firing, serviceDeployment });
    await expect(first(before, context)).resolves.toEqual({ hookStatus: 'SUCCEEDED' });
    expect(verdicts[0]?.sentence).toBe('nothing is live yet: this is the first version');
  });
});

describe('before a step', () => {
  const step = event({ lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' });
  const environment = { GREENLIGHT_LIFECYCLE_EVENT: 'BeforeAllowTraffic' };
  // As in a canary: production forwards to both sides, the test listener only to green.
  const split = [
    { targetGroupArn: group('one'), weight: 90 },
    { targetGroupArn: group('two'), weight: 10 },
  ];
  const listenerRules: Clients['listenerRules'] = async (listener) =>
    rulesOf(listener === 'production' ? split : [{ targetGroupArn: group('two'), weight: 1 }]);

  test('green is tested on the test listener, and not compared: production forwards to green too', async () => {
    await expect(gate(environment, { listenerRules })(step, context)).resolves.toEqual({ hookStatus: 'SUCCEEDED' });
    expect(verdicts).toMatchObject([{ lifecycleEvent: 'BeforeAllowTraffic', identity: { green: 'two' } }]);
    expect(verdicts[0]?.checks).toHaveLength(1);
    expect(verdicts[0]?.comparison).toBeUndefined();
  });

  test('green that fails then is FAILED, and blue is not asked', async () => {
    status = 500;
    await expect(gate(environment, { listenerRules })(step, context)).resolves.toEqual({ hookStatus: 'FAILED' });
    expect(verdicts[0]).toMatchObject({ rule: 'check-failed' });
    expect(verdicts[0]?.liveChecks).toBeUndefined();
  });
});

test('a hook at another stage than its own is FAILED, and says which', async () => {
  await expect(gate()(event({ lifecycleStage: 'POST_SCALE_UP' }), context)).resolves.toEqual({ hookStatus: 'FAILED' });
  expect(verdicts[0]?.sentence).toContain('ECS called it at POST_SCALE_UP, and it is for POST_TEST_TRAFFIC_SHIFT');
});

test('a bake that outlasts an invocation continues in the next call, and ends with an outcome', async () => {
  const bakes = gate({ GREENLIGHT_LIFECYCLE_EVENT: 'AfterAllowTraffic', GREENLIGHT_BAKE_SECONDS: '2400' });
  const after = event({ lifecycleStage: 'POST_PRODUCTION_TRAFFIC_SHIFT' });
  // Too short for the next reading of the alarms.
  const first = await bakes(after, { getRemainingTimeInMillis: () => 33_000 });
  expect(first).toMatchObject({ hookStatus: 'IN_PROGRESS', callBackDelay: 5 });
  expect(first.hookDetails?.greenlightBake).toMatchObject({ smokeRuns: 1, proved: { identity: { green: 'two' } } });
  expect(verdicts).toEqual([]);
  const greenlightBake = { ...first.hookDetails?.greenlightBake, nextSmokeMs: undefined } as never;
  await expect(bakes({ ...after, hookDetails: { greenlightBake } }, context)).resolves.toEqual({
    hookStatus: 'SUCCEEDED',
  });
  expect(verdicts[0]).toMatchObject({ outcome: 'Succeeded', bake: { invocations: 2 } });
});

test('an exception never decides: what cannot be read is FAILED with a sentence', async () => {
  const serviceDeployment = () => Promise.reject(new Error('ThrottlingException: Rate exceeded'));
  await expect(gate({}, { serviceDeployment })(event(), context)).resolves.toEqual({ hookStatus: 'FAILED' });
  expect(verdicts[0]).toMatchObject({ rule: 'internal-error' });
  expect(verdicts[0]?.sentence).toContain('Rate exceeded');
});

describe('a deployment that also waits for a person', () => {
  const waits = event({ hookDetails: { greenlightApproval: true } });
  const pause = (status: string) => ({ hookId: 'ecs-pause-1', targetType: 'PAUSE', status });
  const hook = { hookId: 'ecs-lambda-1', targetType: 'AWS_LAMBDA', status: 'IN_PROGRESS' };

  /** A gate whose deployment is described by `details`, one after the other, and the hooks that it continued. */
  function continued(sources: object[], ...details: object[][]) {
    const hooks: string[] = [];
    const listener = gate(
      {},
      {
        serviceDeployment: async (serviceDeploymentArn) => ({
          serviceDeploymentArn,
          status: 'IN_PROGRESS',
          sourceServiceRevisions: sources,
          lifecycleHookDetails: details.length > 1 ? details.shift() : details[0],
        }),
        continueServiceDeployment: async (serviceDeploymentArn, hookId) =>
          void hooks.push(`${serviceDeploymentArn} ${hookId}`),
      },
    );
    return { hooks, listener };
  }

  test('creates the service: its gate continues the pause as soon as there is one', async () => {
    const { hooks, listener } = continued([], [hook], [hook], [hook, pause('AWAITING_ACTION')]);
    await expect(listener(waits, context)).resolves.toEqual({ hookStatus: 'SUCCEEDED' });
    expect(hooks).toEqual([`${waits.resourceArn} ecs-pause-1`]);
  });

  test('creates the service, and somebody was faster: nothing is left to continue', async () => {
    const { hooks, listener } = continued([], [hook, pause('SUCCEEDED')]);
    await expect(listener(waits, context)).resolves.toEqual({ hookStatus: 'SUCCEEDED' });
    expect(hooks).toEqual([]);
  });

  test('replaces a version: only a person continues it', async () => {
    const { hooks, listener } = continued([{ arn: arn('service-revision', '1') }], [hook, pause('AWAITING_ACTION')]);
    await expect(listener(waits, context)).resolves.toEqual({ hookStatus: 'SUCCEEDED' });
    expect(hooks).toEqual([]);
  });

  test('creates the service, and the pause cannot be continued: FAILED with the reason, before its time is over', async () => {
    const denied = gate(
      {},
      {
        serviceDeployment: async (serviceDeploymentArn) => ({
          serviceDeploymentArn,
          status: 'IN_PROGRESS',
          lifecycleHookDetails: [pause('AWAITING_ACTION')],
        }),
        continueServiceDeployment: () => Promise.reject(new Error('AccessDeniedException: not authorized')),
      },
    );
    await expect(denied(waits, { getRemainingTimeInMillis: () => 3_000 })).resolves.toEqual({ hookStatus: 'FAILED' });
    expect(verdicts.at(-1)?.outcome).toBe('Failed');
  });
});
