import { VirtualClock } from '../../../../rehearsal/core/clock';
import { EventLog } from '../../../../rehearsal/core/events';
import { untilQuiet } from '../../../../rehearsal/runner/release/quiet';

const MINUTE = 60_000;

/** An alarm that fires until a minute of AWS time. */
async function wait(minutes: number, planned = { name: 'v5', whileAlarmsFire: false }) {
  const clock = new VirtualClock();
  const events = new EventLog(clock);
  const startMs = clock.now();
  const firing = () => Promise.resolve(clock.now() - startMs < minutes * MINUTE ? ['5xx'] : []);
  let endedMs: number | undefined;
  const waiting = untilQuiet(planned, { clock, events, firing, signal: new AbortController().signal });
  void waiting.then(() => (endedMs = clock.now()));
  await clock.advance(60 * MINUTE);
  await waiting;
  return { minutes: ((endedMs ?? Infinity) - startMs) / MINUTE, said: events.all().map(({ detail }) => detail) };
}

describe('before a release', () => {
  test('nothing is waited for, and nothing said, while all alarms are quiet', async () => {
    expect(await wait(0)).toEqual({ minutes: 0, said: [] });
  });

  test('an alarm that the release before set off may become quiet first', async () => {
    expect(await wait(3)).toEqual({ minutes: 3, said: ['v5 waits until 5xx is quiet again'] });
  });

  test('an alarm that stays is waited for 15 minutes, and named', async () => {
    const { minutes, said } = await wait(59);
    expect(minutes).toBe(15);
    expect(said).toEqual(['v5 waits until 5xx is quiet again', 'v5 begins although 5xx still fires after 15 minutes']);
  });

  test('the plan can ask for a release that begins while an alarm fires', async () => {
    expect(await wait(59, { name: 'v5', whileAlarmsFire: true })).toEqual({ minutes: 0, said: [] });
  });
});
