import fc from 'fast-check';
import { startBake, type BakeLimits, type BakeState, nextStep, smoked } from '../../../lambda/gate/bake-schedule';

const MINUTE = 60_000;

interface Trace {
  readonly invocations: { readonly fromMs: number; readonly toMs: number }[];
  readonly smokesMs: number[];
  readonly watchesMs: number[];
  readonly ended: 'done' | 'late';
  readonly endMs: number;
}

/** Plays a watch in which one run of the suite takes `smokeMs` and an invocation has `invocationMs` for work. */
function play(limits: BakeLimits, smokeMs: number, invocationMs: number): Trace {
  const trace = { invocations: [] as Trace['invocations'], smokesMs: [] as number[], watchesMs: [] as number[] };
  let nowMs = 0;
  let state: BakeState = startBake(0, 0);
  for (let turn = 0; turn < 100; turn++) {
    const fromMs = nowMs;
    for (let steps = 0; ; steps++) {
      const step = nextStep(state, limits, nowMs, fromMs + invocationMs - nowMs, steps > 0);
      if (step.kind === 'done' || step.kind === 'late') {
        trace.invocations.push({ fromMs, toMs: nowMs });
        return { ...trace, ended: step.kind, endMs: nowMs };
      }
      if (step.kind === 'hand-over') break;
      const beganMs = nowMs;
      if (step.kind === 'smoke') {
        trace.smokesMs.push(nowMs);
        nowMs += smokeMs;
        state = smoked(state, limits, beganMs);
      } else {
        trace.watchesMs.push(step.waitMs);
        nowMs += step.waitMs + 1;
      }
    }
    trace.invocations.push({ fromMs, toMs: nowMs });
    nowMs += 100;
  }
  throw new Error('the watch never ends');
}

test('a watch of 20 min smokes at once, every 5 min and after the end, in two invocations', () => {
  const trace = play({ bakeMs: 20 * MINUTE, suiteMs: 2 * MINUTE }, 1_000, 14.5 * MINUTE);
  expect(trace.ended).toBe('done');
  expect(trace.smokesMs.map((ms) => Math.round(ms / MINUTE))).toEqual([0, 5, 10, 15, 20]);
  expect(trace.invocations).toHaveLength(2);
});

test('whatever the limits, it ends, smokes after its time, and no invocation outlasts its own', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 10, max: 840 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (minutes, suiteSeconds, share) => {
        const limits = { bakeMs: minutes * MINUTE, suiteMs: suiteSeconds * 1_000 };
        // As the construct sizes the function: a run of the suite and the reserve always fit.
        const invocationMs = Math.min(900_000, limits.bakeMs + 2 * limits.suiteMs + MINUTE) - 30_000;
        const smokeMs = Math.floor(share * Math.min(limits.suiteMs, MINUTE));
        const trace = play(limits, smokeMs, invocationMs);
        expect(trace.ended).toBe('done');
        expect(trace.smokesMs.at(-1)).toBeGreaterThanOrEqual(limits.bakeMs);
        expect(Math.max(0, ...trace.watchesMs)).toBeLessThanOrEqual(30_000);
        for (const { fromMs, toMs } of trace.invocations) expect(toMs - fromMs).toBeLessThanOrEqual(invocationMs);
        // Lambda ends a chain of a function that calls itself after about 16.
        expect(trace.invocations.length).toBeLessThan(16);
      },
    ),
  );
});

test('an invocation without time still works once, so that a chain always gets on, and the hour ends it', () => {
  const trace = play({ bakeMs: 3 * MINUTE, suiteMs: 10 * MINUTE }, 1_000, 40_000);
  expect(trace.ended).toBe('done');
  const state = { ...startBake(0, 0), nextSmokeMs: 59.6 * MINUTE };
  expect(nextStep(state, { bakeMs: MINUTE, suiteMs: MINUTE }, 59.5 * MINUTE, 60_000, false)).toEqual({ kind: 'late' });
});
