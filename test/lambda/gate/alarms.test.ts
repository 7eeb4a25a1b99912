import { type AlarmSource, judgeAlarms, underWatch, worse } from '../../../lambda/gate/alarms';
import type { DescribedAlarm } from '../../../lambda/gate/clients';
import { decide } from '../../../lambda/gate/verdict';

const since = new Date('2026-01-01T00:00:00Z');
const alarm = (name: string, state: string): DescribedAlarm => ({ name, state, reason: 'Threshold Crossed', since });

test('INSUFFICIENT_DATA passes or fails by choice; missing and unknown states fail', () => {
  const described = [alarm('a', 'INSUFFICIENT_DATA'), alarm('b', 'OK'), alarm('c', 'SLEEPING')];
  const outcomes = (choice: 'pass' | 'fail') =>
    judgeAlarms(['a', 'b', 'c', 'd'], described, choice).map(({ state, outcome }) => [state, outcome]);
  const rest = [
    ['OK', 'passed'],
    ['ALARM', 'failed'],
    ['MISSING', 'failed'],
  ];
  expect(outcomes('pass')).toEqual([['INSUFFICIENT_DATA', 'passed'], ...rest]);
  expect(outcomes('fail')).toEqual([['INSUFFICIENT_DATA', 'failed'], ...rest]);
});

test('of two readings the worse one is kept, with when it was seen', () => {
  const read = (state: string, phase: 'before' | 'during' | 'after') =>
    judgeAlarms(['a'], [alarm('a', state)], 'pass', phase);
  expect(worse(read('OK', 'before'), read('ALARM', 'during'))[0]).toMatchObject({ state: 'ALARM', phase: 'during' });
  expect(worse(read('ALARM', 'during'), read('OK', 'after'))[0]).toMatchObject({ state: 'ALARM', phase: 'during' });
  expect(worse(read('INSUFFICIENT_DATA', 'before'), read('OK', 'after'))[0]).toMatchObject({
    state: 'OK',
    phase: 'after',
  });
});

test('a verdict names state, since when, and the reason that CloudWatch gives', () => {
  const fired = decide({ checks: [], alarms: judgeAlarms(['a'], [alarm('a', 'ALARM')]) });
  expect(fired).toMatchObject({
    rule: 'alarm-active',
    sentence: 'alarm "a" is firing: state was ALARM since 2026-01-01T00:00:00.000Z, expected OK (Threshold Crossed)',
  });
  const silent = decide({ checks: [], alarms: judgeAlarms(['a'], [alarm('a', 'INSUFFICIENT_DATA')], 'fail') });
  expect(silent).toMatchObject({
    rule: 'alarm-without-data',
    sentence: expect.stringMatching(/has no data/) as string,
  });
  expect(decide({ checks: [], alarms: judgeAlarms(['a'], []) }).rule).toBe('alarms-unreadable');
});

describe('around the checks', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });
  const signal = new AbortController().signal;
  const source = (...states: readonly (string | Error)[]): AlarmSource => {
    const left = [...states];
    return {
      names: ['a'],
      insufficientData: 'pass',
      describe: async () => {
        const state = left.length > 1 ? left.shift() : left[0];
        if (state instanceof Error) throw state;
        return [alarm('a', state ?? '')];
      },
    };
  };
  const work = () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), 25_000));
  const watched = async (...states: readonly (string | Error)[]) => {
    const begun = jest.fn(work);
    const running = underWatch(source(...states), signal, begun);
    await jest.advanceTimersByTimeAsync(100_000);
    return { ...(await running), begun: begun.mock.calls.length };
  };

  test('quiet before, during and after', async () => {
    await expect(watched('OK')).resolves.toMatchObject({ done: 'done', alarms: [{ state: 'OK', phase: 'after' }] });
  });
  test('an alarm that fires before begins nothing', async () => {
    await expect(watched('ALARM', 'OK')).resolves.toMatchObject({
      begun: 0,
      alarms: [{ state: 'ALARM', phase: 'before' }],
    });
  });
  test('an alarm that fired and fell silent during the checks counts', async () => {
    await expect(watched('OK', 'ALARM', 'OK')).resolves.toMatchObject({
      alarms: [{ state: 'ALARM', phase: 'during' }],
    });
  });
  test('a reading that fails during the checks says nothing, one after them does', async () => {
    const broken = new Error('socket hang up');
    await expect(watched('OK', broken, 'OK')).resolves.toMatchObject({
      alarms: [{ state: 'OK' }],
      alarmsError: undefined,
    });
    await expect(watched('OK', 'OK', 'OK', broken)).resolves.toMatchObject({ alarmsError: 'socket hang up' });
  });
});
