import { type GateScenario, startGateScenario } from '../support/scenarios/gate';

/** A watch of 20 minutes after the shift outlasts one Lambda invocation: rehearsed by the real CDK CLI. */

jest.setTimeout(600_000);

const bakeCheckMinutes = '20';

let scenario: GateScenario;
beforeAll(async () => {
  scenario = await startGateScenario(100);
  const created = await scenario.release('v1', { bakeCheckMinutes });
  expect(created.outcome).toBe('created');
});
afterAll(() => scenario?.stop());

test('a good release passes after the whole watch, with one verdict', async () => {
  const report = await scenario.release('v2', { bakeCheckMinutes });
  expect([report.outcome, report.reason]).toEqual(['succeeded', '']);
  const verdicts = (await scenario.verdicts(report.deploymentId)).filter(
    (verdict) => verdict.lifecycleEvent === 'AfterAllowTraffic',
  );
  expect(verdicts).toHaveLength(1);
  const [{ durationMs, bake, outcome, identity } = { durationMs: 0 }] = verdicts;
  expect(outcome).toBe('Succeeded');
  expect(identity).toMatchObject({ outcome: 'passed' });
  expect(durationMs).toBeGreaterThanOrEqual(20 * 60_000);
  expect(bake?.invocations).toBeGreaterThanOrEqual(2);
  expect(bake?.smokeRuns).toBeGreaterThanOrEqual(4);
  expect(bake?.alarmReadings).toBeGreaterThan(20);
});

test('a service that breaks during the watch is rolled back', async () => {
  const environment = JSON.stringify({ FAULT_ERROR_PERCENT: '100', FAULT_ON_PORT: '80', FAULT_AFTER_REQUESTS: '5' });
  const report = await scenario.release('v3', { bakeCheckMinutes, environment });
  expect(report.outcome).toBe('rolled-back');
  expect(report.reason).toMatch(/the AfterAllowTraffic gate says: check "\w+" failed: status was 500/);
  expect(report.reason).toMatch(/production is back on the old version/);
  const verdict = (await scenario.verdicts(report.deploymentId)).at(-1);
  expect(verdict?.bake?.smokeRuns).toBeGreaterThanOrEqual(2);
});
