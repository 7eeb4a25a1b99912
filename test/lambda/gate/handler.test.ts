import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import { mockClient } from 'aws-sdk-client-mock';
import type { Suite } from '../../../smoke/suite/model';
import type { Verdict } from '../../../lambda/gate/types';
import { createGate } from '../../../lambda/gate/handler';
import { type Clients, clients } from '../../../lambda/gate/clients';
import { decide } from '../../../lambda/gate/verdict';
import { exchange } from '../../../common/http';
import { until } from '../../support/until';
import { httpServer, type Listening } from '../../support/servers/servers';

const codedeploy = mockClient(CodeDeployClient);
const cloudwatch = mockClient(CloudWatchClient);

const event = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'hook-1' };
const context = (remainingMs = 60_000) => {
  const endMs = Date.now() + remainingMs;
  return { getRemainingTimeInMillis: () => endMs - Date.now() };
};
const suite: Suite = { checks: [{ name: 'orders', path: '/orders', retries: 0 }] };

let server: Listening;
let status: number;
let verdicts: Verdict[];
beforeEach(async () => {
  status = 200;
  verdicts = [];
  for (const mock of [codedeploy, cloudwatch]) mock.reset();
  codedeploy.on(PutLifecycleEventHookExecutionStatusCommand).resolves({});
  cloudwatch.on(DescribeAlarmsCommand, { AlarmTypes: ['MetricAlarm'] }).resolves({
    MetricAlarms: [{ AlarmName: 'rate', StateValue: 'OK' }],
  });
  cloudwatch.on(DescribeAlarmsCommand, { AlarmTypes: ['CompositeAlarm'] }).resolves({
    CompositeAlarms: [{ AlarmName: 'any', StateValue: 'INSUFFICIENT_DATA' }],
  });
  server = await httpServer((_request, response) => response.writeHead(status).end());
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.close();
});

const environment = (changes: Record<string, string> = {}) => ({
  GREENLIGHT_SERVICE: 'web',
  GREENLIGHT_LIFECYCLE_EVENT: 'AfterAllowTestTraffic',
  GREENLIGHT_TARGET_URL: `http://127.0.0.1:${server.port}`,
  GREENLIGHT_ALARMS: '["rate","any"]',
  GREENLIGHT_TIMEOUT_SECONDS: '30',
  ...changes,
});

const gate = (env = environment(), changes: Partial<Clients> = {}) =>
  createGate(env, {
    ...clients,
    loadSuite: () => suite,
    untilListenerSettles: () => Promise.resolve(),
    writeVerdict: (verdict) => void verdicts.push(verdict),
    writeMetrics: () => undefined,
    ...changes,
  });

const reports = () =>
  codedeploy.commandCalls(PutLifecycleEventHookExecutionStatusCommand).map((call) => call.args[0].input);

test('reports Succeeded with one verdict that holds every check and alarm', async () => {
  await expect(gate()(event, context())).resolves.toBe('Succeeded');
  expect(reports()).toEqual([{ deploymentId: 'd-1', lifecycleEventHookExecutionId: 'hook-1', status: 'Succeeded' }]);
  expect(verdicts).toHaveLength(1);
  expect(verdicts[0]).toMatchObject({
    kind: 'greenlight.verdict',
    version: 1,
    service: 'web',
    lifecycleEvent: 'AfterAllowTestTraffic',
    deploymentId: 'd-1',
    rule: 'all-passed',
    sentence: '1 check passed, 2 alarms quiet (1 without data yet)',
    checks: [{ name: 'orders', outcome: 'passed', attempts: 1 }],
    alarms: [
      { name: 'rate', state: 'OK' },
      { name: 'any', state: 'INSUFFICIENT_DATA' },
    ],
  });
  expect(cloudwatch.commandCalls(DescribeAlarmsCommand).map((call) => call.args[0].input)).toMatchObject([
    { AlarmNames: ['rate', 'any'], AlarmTypes: ['MetricAlarm'] },
    { AlarmNames: ['any'], AlarmTypes: ['CompositeAlarm'] },
    // Once before the checks, once after them.
    { AlarmNames: ['rate', 'any'], AlarmTypes: ['MetricAlarm'] },
    { AlarmNames: ['any'], AlarmTypes: ['CompositeAlarm'] },
  ]);
});

test('reports Failed with the value that a check saw', async () => {
  status = 500;
  await expect(gate()(event, context())).resolves.toBe('Failed');
  expect(reports()[0]?.status).toBe('Failed');
  expect(verdicts[0]?.sentence).toBe(
    `check "orders" failed: status was 500, expected 200 (GET http://127.0.0.1:${server.port}/orders, 1 attempt)`,
  );
});

test('reports Failed when a variable is missing, the suite is wrong or cannot be read', async () => {
  await gate({ ...environment(), GREENLIGHT_ALARMS: '' })(event, context());
  await gate(environment(), { loadSuite: () => ({ checks: [] }) })(event, context());
  await gate(environment(), {
    loadSuite: () => {
      throw new Error('ENOENT: suite.json');
    },
  })(event, context());
  expect(reports().map((report) => report.status)).toEqual(['Failed', 'Failed', 'Failed']);
  expect(verdicts.map((verdict) => [verdict.rule, verdict.sentence])).toEqual([
    ['internal-error', expect.stringMatching(/GREENLIGHT_ALARMS is missing/)],
    ['internal-error', expect.stringMatching(/the suite file is damaged: checks is \[\]/)],
    ['internal-error', 'the gate could not judge: ENOENT: suite.json'],
  ]);
});

test('asks nothing of the service before the load balancer follows its changed listener', async () => {
  let settle: (() => void) | undefined;
  const untilListenerSettles = () => new Promise<void>((resolve) => (settle = resolve));
  let requests = 0;
  const counted: Clients['exchange'] = (request) => {
    requests += 1;
    return exchange(request);
  };
  const running = gate(environment(), { untilListenerSettles, exchange: counted })(event, context());
  await until('the wait for the listener', () => settle);
  await until('the alarms to be read', () => cloudwatch.calls().length > 0);
  expect(requests).toBe(0);
  settle?.();
  await expect(running).resolves.toBe('Succeeded');
  expect(requests).toBeGreaterThan(0);
});

describe('cut off before it was done, it keeps what it found', () => {
  const hanging = (calls: number) => {
    let requests = 0;
    const read: Clients['describeAlarms'] = async (names, signal) => {
      requests += 1;
      if (requests <= calls) return clients.describeAlarms(names, signal);
      return new Promise(() => undefined);
    };
    return read;
  };

  test('checks that passed, and the rule that the time was up', async () => {
    await gate(environment(), { describeAlarms: hanging(1) })(event, context(3_000));
    expect(verdicts[0]).toMatchObject({
      rule: 'timeout',
      sentence: 'the gate was not done within 3 s',
      checks: [{ name: 'orders', outcome: 'passed' }],
      alarms: [
        { name: 'rate', state: 'OK', phase: 'before' },
        { name: 'any', state: 'INSUFFICIENT_DATA' },
      ],
    });
    expect(reports()[0]?.status).toBe('Failed');
  });

  test('a check that failed decides', async () => {
    status = 500;
    await gate(environment(), { describeAlarms: hanging(1) })(event, context(3_000));
    expect(verdicts[0]).toMatchObject({ rule: 'check-failed', checks: [{ name: 'orders', outcome: 'failed' }] });
    expect(verdicts[0]?.sentence).toMatch(
      /^check "orders" failed: status was 500.*; the gate was not done within 3 s$/,
    );
  });

  test('an error of the gate itself stays the rule, which nobody may pardon', () => {
    const request = { method: 'GET', url: 'http://web.example.com/orders' };
    const failures = [{ expectation: 'status', expected: '200', actual: '500' }];
    const check = { name: 'orders', outcome: 'failed' as const, request, attempts: 1, durationMs: 1, failures };
    const decision = decide({
      checks: [check],
      alarms: [],
      interruption: { rule: 'internal-error', reason: 'the gate could not judge: disk full' },
    });
    expect(decision).toMatchObject({ outcome: 'Failed', rule: 'internal-error' });
    expect(decision.sentence).toMatch(/^the gate could not judge: disk full; check "orders" failed: status was 500/);
  });
});

test('reports what it found even when the verdict cannot be written', async () => {
  const broken = gate(environment(), {
    writeVerdict: () => {
      throw new Error('stdout is closed');
    },
  });
  await expect(broken(event, context())).resolves.toBe('Succeeded');
  expect(reports()).toHaveLength(1);
});

test('reports within its time although everything hangs', async () => {
  const hang = () => new Promise<never>(() => undefined);
  const remainingMs = 600;
  const startMs = Date.now();
  await gate(environment({ GREENLIGHT_LOAD_BALANCER: 'app/web/1' }), { privateAddresses: hang })(
    event,
    context(remainingMs),
  );
  expect(Date.now() - startMs).toBeLessThan(remainingMs + 300);
  expect(reports().map((report) => report.status)).toEqual(['Failed']);
  expect(verdicts[0]?.rule).toBe('timeout');
});

test('takes an event that is already completed for done', async () => {
  const completed = Object.assign(new Error('done'), { name: 'LifecycleEventAlreadyCompletedException' });
  codedeploy.on(PutLifecycleEventHookExecutionStatusCommand).rejects(completed);
  await expect(gate()(event, context())).resolves.toBe('Succeeded');
  expect(reports()).toHaveLength(1);
});

describe('with denied and failing calls', () => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  beforeEach(
    () => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] }),
  );
  afterEach(() => void jest.useRealTimers());

  async function finish<T>(running: Promise<T>, stepMs = 1_000): Promise<T> {
    let over = false;
    void running.catch(() => undefined).finally(() => (over = true));
    for (let turn = 0; !over && turn < 2_000; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (turn % 10 === 9) await jest.advanceTimersByTimeAsync(stepMs);
    }
    return running;
  }
  // No sockets here: their events and faked timers do not mix.
  const noNetwork: Partial<Clients> = {
    exchange: () =>
      Promise.resolve({ status: 200, headers: {}, body: '', truncated: false, durationMs: 1, timings: { totalMs: 1 } }),
  };

  test('the report is repeated until it is taken', async () => {
    codedeploy
      .on(PutLifecycleEventHookExecutionStatusCommand)
      .rejectsOnce(denied)
      .rejectsOnce(new Error('socket hang up'))
      .resolves({});
    await expect(finish(gate(environment(), noNetwork)(event, context()))).resolves.toBe('Succeeded');
    expect(reports()).toHaveLength(3);
  });

  test('no report at all throws, so that Lambda invokes again', async () => {
    codedeploy.on(PutLifecycleEventHookExecutionStatusCommand).rejects(new Error('socket hang up'));
    await expect(finish(gate(environment(), noNetwork)(event, context()))).rejects.toThrow(/socket hang up|no report/);
    expect(reports().length).toBeGreaterThan(5);
  });

  test('denied alarms are read again for a minute', async () => {
    cloudwatch
      .on(DescribeAlarmsCommand)
      .rejectsOnce(denied)
      .rejectsOnce(denied)
      .resolves({
        MetricAlarms: [
          { AlarmName: 'rate', StateValue: 'OK' },
          { AlarmName: 'any', StateValue: 'OK' },
        ],
      });
    await expect(finish(gate(environment(), noNetwork)(event, context(600_000)))).resolves.toBe('Succeeded');
  });

  test('alarms that stay denied fail the gate', async () => {
    cloudwatch.on(DescribeAlarmsCommand).rejects(denied);
    await expect(finish(gate(environment(), noNetwork)(event, context(600_000)))).resolves.toBe('Failed');
    expect(verdicts[0]).toMatchObject({
      rule: 'alarms-unreadable',
      sentence: 'the alarms could not be read: AccessDeniedException: not authorized',
    });
  });
});

test('connects to the private addresses of an internet-facing load balancer', async () => {
  const requests: string[] = [];
  const addresses = new Set<unknown>();
  const env = environment({
    GREENLIGHT_LOAD_BALANCER: 'app/web/50dc6c495c0c9188',
    GREENLIGHT_TARGET_URL: `http://web.elb.amazonaws.com:${server.port}`,
  });
  await gate(env, {
    privateAddresses: (name) => {
      requests.push(name);
      return Promise.resolve(['10.0.1.4', '10.0.2.4']);
    },
    exchange: (request) => {
      addresses.add(request.address);
      return exchange({ ...request, address: '127.0.0.1' });
    },
  })(event, context());
  expect(requests).toEqual(['app/web/50dc6c495c0c9188']);
  expect(addresses).toEqual(new Set(['10.0.1.4']));
  expect(verdicts[0]?.outcome).toBe('Succeeded');
});
