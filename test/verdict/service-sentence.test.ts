import { rollbackSentence } from '../../verdict/service-sentence';
import { deploymentOf, HOOK_FAILED } from '../lambda/release/service-deployment/support';

const none = { alarms: [] };
const say = (changes: Parameters<typeof deploymentOf>[0], evidence = {}) =>
  rollbackSentence('web', deploymentOf(changes), { ...none, ...evidence });

test('a gate that failed is quoted', () => {
  const verdict = { lifecycleEvent: 'POST_TEST_TRAFFIC_SHIFT', sentence: 'check "home" failed: status 500' };
  expect(say({ statusReason: HOOK_FAILED }, { verdict, stopReason: 'not this' })).toBe(
    'web was not released: the POST_TEST_TRAFFIC_SHIFT gate says: check "home" failed: status 500; ' +
      'deployment abc is being rolled back; production stays on the old version.',
  );
});

test('without a verdict the hook is named by stage and function, with the reason of ECS', () => {
  expect(say({ statusReason: HOOK_FAILED })).toBe(
    'web was not released: the POST_TEST_TRAFFIC_SHIFT hook (web-gate) failed without a verdict: ECS says: ' +
      `${HOOK_FAILED.slice(0, -1)}; deployment abc is being rolled back; production stays on the old version.`,
  );
});

test('an alarm comes first, with the value that it saw', () => {
  const alarms = [{ name: 'web-errors', atMs: 0, reason: '12.0 was greater than the threshold (5.0).' }];
  const verdict = { lifecycleEvent: 'POST_PRODUCTION_TRAFFIC_SHIFT', sentence: 'an alarm' };
  expect(say({}, { alarms, verdict })).toBe(
    'web was not released: alarm "web-errors" went to ALARM at 1970-01-01T00:00:00.000Z: 12.0 was greater than the threshold ' +
      '(5.0); deployment abc is being rolled back; production stays on the old version.',
  );
});

test('the circuit breaker says which tasks failed', () => {
  expect(say({}, { stopReason: '3 green tasks failed (limit 3)' })).toContain(
    'web was not released: 3 green tasks failed (limit 3); ',
  );
});

test('a rollback that has nothing to go back to is explained by what it was for', () => {
  const sentence = say({
    status: 'ROLLBACK_FAILED',
    statusReason: 'No rollback candidate was found to run the rollback',
    rollback: { reason: HOOK_FAILED },
    sourceServiceRevisions: [],
  });
  expect(sentence).toMatch(/^web was not released: the POST_TEST_TRAFFIC_SHIFT hook \(web-gate\) failed/);
  expect(sentence).toMatch(/; deployment abc could not be rolled back; there is no old version to go back to\.$/);
});

test.each([
  [{ status: 'ROLLBACK_SUCCESSFUL' }, 'was rolled back; production is on the old version.'],
  [{ targetServiceRevision: { requestedProductionTrafficWeight: 10 } }, 'production returns to the old version.'],
  [{ targetServiceRevision: {} }, 'production returns to the old version.'],
  [{ status: 'ROLLBACK_FAILED' }, 'production may still be on the new version: check the listener and the tasks'],
  [
    { statusReason: 'Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause hook timed out.' },
    'web was not released: nobody approved it in time: ECS says: Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause',
  ],
  [{ statusReason: 'stopped' }, 'web was not released: ECS says: stopped; deployment abc is being rolled back'],
])('%j is %j', (changes, text) => {
  expect(say(changes)).toContain(text);
});

test('a long cause is cut, and what production is left with stays', () => {
  const sentence = say({ statusReason: 'x'.repeat(5_000) });
  expect(sentence).toHaveLength(1_000);
  expect(sentence).toMatch(/…; deployment abc is being rolled back; production stays on the old version\.$/);
});
