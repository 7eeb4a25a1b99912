import { METRICS } from '../../lambda/gate/types';
import { type GateScenario, startGateScenario } from '../support/scenarios/gate';
import { schemaProblems } from '../support/verdict-schema';
import { nonEmpty } from '../support/non-empty';
import { until } from '../support/until';

/** Bad releases that must not cost one production request: rehearsed by the real CDK CLI on the local AWS. */

jest.setTimeout(600_000);

let scenario: GateScenario;
beforeAll(async () => {
  scenario = await startGateScenario();
  const created = await scenario.release('v1');
  expect(created.outcome).toBe('created');
});
afterAll(() => scenario?.stop());
afterEach(async () => {
  for (const verdict of nonEmpty(await scenario.verdicts())) expect(schemaProblems(verdict)).toEqual([]);
});

async function alarmState(name: string): Promise<string | undefined> {
  const { MetricAlarms } = await scenario.call<{ MetricAlarms: { StateValue: string }[] }>(
    'cloudwatch',
    'DescribeAlarms',
    { AlarmNames: [name] },
  );
  return MetricAlarms[0]?.StateValue;
}

test('a good release passes every gate, which leave verdicts and metrics', async () => {
  const report = await scenario.release('v2', {}, 2);
  expect([report.outcome, report.reason]).toEqual(['succeeded', '']);
  const verdicts = await scenario.verdicts(report.deploymentId);
  expect(verdicts.map(({ lifecycleEvent, outcome }) => [lifecycleEvent, outcome])).toEqual([
    ['BeforeInstall', 'Succeeded'],
    ['AfterAllowTestTraffic', 'Succeeded'],
    ['AfterAllowTraffic', 'Succeeded'],
  ]);
  expect(verdicts[0]?.preflight?.map((it) => [it.name, it.outcome])).toEqual([
    ['one-live-side', 'passed'],
    ['live-side-healthy', 'passed'],
    ['production-responds', 'passed'],
  ]);
  expect(verdicts[1]?.identity).toMatchObject({ outcome: 'passed', version: { actual: 'v2' } });
  expect(verdicts[1]?.customChecks).toMatchObject([{ name: 'stock', outcome: 'passed', details: { counted: 12 } }]);
  expect(verdicts[1]?.checks.map(({ name, outcome }) => [name, outcome])).toContainEqual(['report', 'passed']);
  const { Metrics } = await scenario.call<{ Metrics: { MetricName: string; Dimensions: unknown }[] }>(
    'cloudwatch',
    'ListMetrics',
    { Namespace: 'Greenlight', Dimensions: [{ Name: 'LifecycleEvent', Value: 'AfterAllowTestTraffic' }] },
  );
  expect(Metrics.map((metric) => metric.MetricName).sort()).toEqual(Object.values(METRICS).sort());
});

test('an alarm that fires already refuses the release before anything starts', async () => {
  const name = await scenario.physicalId('PaymentsDown');
  await scenario.call('cloudwatch', 'PutMetricData', {
    Namespace: 'Shop',
    MetricData: [{ MetricName: 'PaymentsFailed', Value: 3 }],
  });
  const firing = setInterval(() => {
    void scenario.call('cloudwatch', 'PutMetricData', {
      Namespace: 'Shop',
      MetricData: [{ MetricName: 'PaymentsFailed', Value: 3 }],
    });
  }, 200);
  try {
    await until('the alarm to be ALARM', async () => (await alarmState(name)) === 'ALARM', { limitMs: 300_000 });
    const report = await scenario.release('v3', {}, 2, { whileAlarmsFire: true });
    expect(report.outcome).toBe('rolled-back');
    expect(report.reason).toMatch(
      /the BeforeInstall gate says: alarm "[^"]*PaymentsDown[^"]*" is firing: state was ALARM since/,
    );
    expect(report.reason).toMatch(/nothing was started, so production is as it was/);
    expect(report.requests.exposed.total).toBe(0);
    expect(report.timeline.filter((entry) => entry.detail === 'Install InProgress')).toEqual([]);
    const verdicts = await scenario.verdicts(report.deploymentId);
    expect(verdicts.map(({ lifecycleEvent, rule }) => [lifecycleEvent, rule])).toEqual([
      ['BeforeInstall', 'alarm-active'],
    ]);
    expect(verdicts[0]?.durationMs).toBeLessThan(60_000);
  } finally {
    clearInterval(firing);
  }
  await until('the alarm to be OK', async () => (await alarmState(name)) === 'OK', { limitMs: 300_000 });
});

test('the live side on the test listener fails identity, whatever it responds', async () => {
  const listener = await scenario.physicalId('WebTwinsTestListener');
  const unsubscribe = scenario.aws.events.subscribe(({ source, data }) => {
    if (source !== 'codedeploy' || data.event !== 'AllowTestTraffic' || data.status !== 'Succeeded') return;
    void backToLive(listener);
  });
  try {
    const report = await scenario.release('v4', {}, 2);
    expect(report.outcome).toBe('rolled-back');
    expect(report.reason).toMatch(
      /the AfterAllowTestTraffic gate says: the live side responds on the listener under test/,
    );
    expect(report.requests.exposed.total).toBe(0);
    expect((await scenario.verdicts(report.deploymentId)).at(-1)).toMatchObject({
      rule: 'identity-failed',
      checks: [],
    });
  } finally {
    unsubscribe();
  }
});

async function backToLive(testListenerArn: string): Promise<void> {
  const production = await scenario.physicalId('WebTwinsProductionListener');
  const { Listeners } = await scenario.call<{ Listeners: { DefaultActions: unknown[] }[] }>(
    'elasticloadbalancing',
    'DescribeListeners',
    { ListenerArns: [production] },
  );
  const DefaultActions = Listeners[0]?.DefaultActions;
  await scenario.call('elasticloadbalancing', 'ModifyListener', { ListenerArn: testListenerArn, DefaultActions });
}

test('a failing custom check stops the release with no production request spent', async () => {
  const report = await scenario.release('v5', { stock: 'failed', counted: 3 }, 2);
  expect(report.outcome).toBe('rolled-back');
  expect(report.reason).toMatch(/custom check "stock" failed: 3 of 12 items are in stock/);
  expect(report.requests.exposed.total).toBe(0);
  expect((await scenario.verdicts(report.deploymentId)).at(-1)).toMatchObject({
    rule: 'custom-check-failed',
    customChecks: [{ name: 'stock', outcome: 'failed', details: { counted: 3 } }],
  });
});

/** All that any process of the rehearsed account wrote. */
function everyLogLine(): string {
  const streams = [...scenario.aws.services.logs.state.groups.values()].flatMap((group) => [...group.streams.values()]);
  return streams.flatMap((stream) => stream.events.map((event) => event.message)).join('\n');
}

test('a secret that the gate reads is sent, and masked where the response repeats it', async () => {
  const report = await scenario.release('v6', { serviceKey: 'old' }, 2);
  expect(report.outcome).toBe('rolled-back');
  expect(report.reason).toContain('check "report" failed: status was 401, expected 200');
  expect(report.requests.exposed.total).toBe(0);
  const { SecretString } = await scenario.call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', {
    SecretId: await scenario.physicalId('ApiKey'),
  });
  const failed = (await scenario.verdicts(report.deploymentId)).at(-1)?.checks.find(({ name }) => name === 'report');
  expect(failed?.failures.map(({ actual }) => actual)).toContain('"{\\"error\\":\\"no such key: ***\\"}"');
  expect(everyLogLine()).not.toContain(SecretString);
  expect(JSON.stringify(report)).not.toContain(SecretString);
});
