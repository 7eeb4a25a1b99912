import type { Deployment } from '../../verdict/progress';
import { failureSentence } from '../../verdict/sentence';

const stopped = (code: string): Deployment => ({
  id: 'd-1',
  status: 'Stopped',
  error: { code, message: 'CodeDeploy says why.' },
  autoRollback: true,
  terminationWait: false,
  events: [],
});
const alarms = [{ name: 'web-unhealthy', reason: 'Threshold Crossed: 2.0 is greater than 0.0' }];

test('an alarm that fires before anything is started: the sentence has alarm, value and both ways on', () => {
  const sentence = failureSentence('web', stopped('ALARM_ACTIVE'), { alarms }, { kind: 'never-began' });
  expect(sentence).toContain('alarm "web-unhealthy" went to ALARM: Threshold Crossed: 2.0 is greater than 0.0');
  expect(sentence).toContain('release again when the alarm is quiet');
  expect(sentence).toContain('-c greenlight:breakGlass="<why>"');
});

test.each([
  ['it was stopped by hand', stopped('MANUAL_STOP'), 'never-began' as const],
  ['it was stopped during the release', stopped('ALARM_ACTIVE'), 'never-left' as const],
])('no break-glass is proposed when %s', (_what, deployment, kind) => {
  expect(failureSentence('web', deployment, { alarms: [] }, { kind })).not.toContain('breakGlass');
});
