import fc from 'fast-check';
import type { Suite } from '../../../smoke/suite/model';
import { rulesOf } from '../../support/listener-rules';
import type { Verdict } from '../../../lambda/gate/types';
import type { CodeDeployEvent } from '../../../lambda/gate/engines/codedeploy';
import { createGate } from '../../../lambda/gate/handler';
import { type Clients, clients as real } from '../../../lambda/gate/clients';

/** Every gate ends in exactly one report, whatever fails, whenever it fails. */

const arn = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/${name}/0123`;
const EVENTS = ['BeforeInstall', 'AfterAllowTestTraffic', 'AfterAllowTraffic'] as const;
type Event = (typeof EVENTS)[number];
const LIVE: Readonly<Record<Event, string>> = {
  BeforeInstall: 'blue',
  AfterAllowTestTraffic: 'green',
  AfterAllowTraffic: 'green',
};

/** How a dependency fails: at once, always denied, without any response, or with an unexpected one. */
const FAULTS = ['throws', 'denied', 'hangs', 'garbage'] as const;
type Fault = (typeof FAULTS)[number];

const DEPENDENCIES = [
  'loadSuite',
  'exchange',
  'privateAddresses',
  'describeAlarms',
  'greenTargetGroup',
  'listenerRules',
  'targetStates',
  'invokeFunction',
  'invokeSelf',
  'deploymentDescription',
  'writeVerdict',
  'writeMetrics',
  'report',
] as const satisfies readonly (keyof Clients)[];
type Dependency = (typeof DEPENDENCIES)[number];

interface Injection {
  readonly dependency: Dependency;
  readonly fault: Fault;
  /** Calls of the dependency from `first` on and before `last` fail. */
  readonly first: number;
  readonly last: number;
}

interface Outcome {
  readonly reports: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly invocations: number;
  readonly elapsedMs: number;
}

const suite: Suite = { checks: [{ name: 'orders', path: '/orders', retries: 0 }] };

function environment(event: Event, bakeSeconds: number) {
  return {
    GREENLIGHT_SERVICE: 'web',
    GREENLIGHT_LIFECYCLE_EVENT: event,
    GREENLIGHT_TARGET_URL: 'http://web.example.com:9080',
    GREENLIGHT_LOAD_BALANCER: 'app/web/1',
    GREENLIGHT_ALARMS: '["rate"]',
    GREENLIGHT_TIMEOUT_SECONDS: '60',
    GREENLIGHT_BAKE_SECONDS: String(bakeSeconds),
    GREENLIGHT_HEALTH_PATH: '/health',
    GREENLIGHT_VERSION_HEADER: '{"name":"x-version","value":"v2"}',
    GREENLIGHT_CUSTOM_CHECKS: '[{"name":"stock","functionArn":"arn:stock","timeoutSeconds":20}]',
    GREENLIGHT_SIDES: JSON.stringify({
      productionListenerArn: 'production',
      testListenerArn: 'test',
      targetGroupArns: [arn('blue'), arn('green')],
      deploymentTargetId: 'cluster:web',
    }),
  };
}

/** A world in which all is well, but for the injected faults. */
function world(event: Event, injections: readonly Injection[]) {
  const reports: string[] = [];
  const verdicts: Verdict[] = [];
  const queue: CodeDeployEvent[] = [];
  const response = { status: 200, headers: { 'x-version': 'v2' }, body: '', truncated: false, durationMs: 1 };
  const well: Clients = {
    ...real,
    loadSuite: () => suite,
    exchange: async () => ({ ...response, timings: { totalMs: 1 } }),
    privateAddresses: async () => ['10.0.0.1'],
    describeAlarms: async () => [{ name: 'rate', state: 'OK' }],
    greenTargetGroup: async () => 'green',
    listenerRules: async () => rulesOf([{ targetGroupArn: arn(LIVE[event]), weight: 1 }]),
    targetStates: async () => ['healthy'],
    invokeFunction: async () => ({ payload: '{"outcome":"passed"}' }),
    deploymentDescription: async () => undefined,
    invokeSelf: async (payload) => void queue.push(JSON.parse(payload) as CodeDeployEvent),
    writeVerdict: (verdict) => void verdicts.push(verdict),
    writeMetrics: () => undefined,
    report: async (_deployment, _execution, status) => void reports.push(status),
  };
  return { reports, verdicts, queue, clients: inject(well, injections) };
}

function inject(well: Clients, injections: readonly Injection[]): Clients {
  const faulty: Record<string, unknown> = { ...well };
  for (const name of DEPENDENCIES) {
    let calls = 0;
    faulty[name] = (...args: unknown[]) => {
      const call = calls++;
      const hit = injections.find((it) => it.dependency === name && call >= it.first && call < it.last);
      const act = well[name] as (...given: unknown[]) => unknown;
      return hit ? fail(hit.fault, name) : act(...args);
    };
  }
  return faulty as Clients;
}

/** What runs in the process itself can throw, and return something wrong, but neither hang nor be denied. */
function fail(fault: Fault, name: Dependency): unknown {
  const local = ['loadSuite', 'writeVerdict', 'writeMetrics'].includes(name);
  const error = Object.assign(new Error(`${name} ${fault}`), fault === 'denied' && { name: 'AccessDeniedException' });
  if (fault === 'garbage') return local ? undefined : Promise.resolve(undefined);
  if (local) throw error;
  return fault === 'hangs' ? new Promise(() => undefined) : Promise.reject(error);
}

/** Plays CodeDeploy and Lambda: the hook's call, the gate's own, and Lambda's two more tries after an error. */
async function play(event: Event, injections: readonly Injection[], bakeSeconds = 0): Promise<Outcome> {
  const { clients, reports, verdicts, queue } = world(event, injections);
  const gate = createGate(environment(event, bakeSeconds), clients);
  const startMs = Date.now();
  queue.push({ DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'hook-1' });
  let invocations = 0;
  for (let next = queue.shift(); next; next = queue.shift()) {
    const payload = next;
    for (let tries = 0; tries < 3; tries++) {
      invocations += 1;
      const endMs = Date.now() + 600_000;
      const running = gate(payload, { getRemainingTimeInMillis: () => endMs - Date.now() }).then(
        () => true,
        () => false,
      );
      let over: boolean | undefined;
      void running.then((it) => (over = it));
      while (over === undefined) await jest.advanceTimersByTimeAsync(2_000);
      expect(Date.now()).toBeLessThanOrEqual(endMs + 2_000);
      if (over) break;
    }
  }
  return { reports, verdicts, invocations, elapsedMs: Date.now() - startMs };
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const ALWAYS = { first: 0, last: Infinity };

test.each(EVENTS)('%s with nothing wrong: Succeeded, once', async (event) => {
  const { reports, verdicts } = await play(event, [], 0);
  expect([reports, verdicts.map((verdict) => verdict.sentence)]).toEqual([['Succeeded'], [expect.any(String)]]);
});

test('a watch of 20 min reports once, at its end, from the last of its invocations', async () => {
  const { reports, verdicts, invocations, elapsedMs } = await play('AfterAllowTraffic', [], 1_200);
  expect([reports, verdicts.length]).toEqual([['Succeeded'], 1]);
  expect(invocations).toBeGreaterThanOrEqual(3);
  expect(elapsedMs).toBeGreaterThanOrEqual(1_200_000);
  expect(verdicts[0]).toMatchObject({ identity: { outcome: 'passed' }, bake: { invocations, seconds: 1_200 } });
});

/** What an event does not ask for cannot fail it; writing the verdict is no reason to fail either. */
const HARMLESS: Readonly<Record<Event, readonly Dependency[]>> = {
  BeforeInstall: [
    'loadSuite',
    'greenTargetGroup',
    'invokeFunction',
    'invokeSelf',
    'deploymentDescription',
    'writeVerdict',
    'writeMetrics',
  ],
  AfterAllowTestTraffic: ['targetStates', 'invokeSelf', 'deploymentDescription', 'writeVerdict', 'writeMetrics'],
  AfterAllowTraffic: ['targetStates', 'deploymentDescription', 'writeVerdict', 'writeMetrics'],
};

/** What returns nothing cannot return something wrong. */
const VOID: readonly Dependency[] = ['invokeSelf', 'writeVerdict', 'writeMetrics'];

const cases = EVENTS.flatMap((event) =>
  DEPENDENCIES.filter((dependency) => dependency !== 'report').flatMap((dependency) =>
    FAULTS.filter((fault) => fault !== 'garbage' || !VOID.includes(dependency)).map(
      (fault) => [event, dependency, fault] as const,
    ),
  ),
);

test.each(cases)('%s, %s %s for good: one report, and it is right', async (event, dependency, fault) => {
  const bakeSeconds = event === 'AfterAllowTraffic' ? 1_200 : 0;
  const { reports, verdicts } = await play(event, [{ dependency, fault, ...ALWAYS }], bakeSeconds);
  expect(reports).toEqual([HARMLESS[event].includes(dependency) ? 'Succeeded' : 'Failed']);
  if (dependency !== 'writeVerdict') expect(verdicts.map((it) => it.outcome)).toEqual(reports);
});

test.each(EVENTS)('%s: the report itself is repeated until it is taken', async (event) => {
  for (const fault of ['throws', 'denied'] as const) {
    const { reports } = await play(event, [{ dependency: 'report', fault, first: 0, last: 5 }]);
    expect(reports).toEqual(['Succeeded']);
  }
  const { reports } = await play(event, [{ dependency: 'report', fault: 'throws', ...ALWAYS }]);
  expect(reports).toEqual([]);
});

test('any faults at any call: at most one report, and none only where the report itself kept failing', async () => {
  const injection = fc.record({
    dependency: fc.constantFrom(...DEPENDENCIES),
    fault: fc.constantFrom<Fault>('throws', 'denied', 'hangs'),
    first: fc.integer({ min: 0, max: 6 }),
    last: fc.integer({ min: 1, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...EVENTS), fc.array(injection, { maxLength: 4 }), async (event, faults) => {
      const { reports } = await play(event, faults, event === 'AfterAllowTraffic' ? 1_200 : 0);
      const hangs = faults.some((it) => it.dependency === 'report' && it.fault === 'hangs');
      expect(reports.length).toBeLessThanOrEqual(1);
      if (!hangs) expect(reports).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
}, 120_000);
