/** When the bake runs the suite, reads the alarms, hands over to a fresh invocation, and is over. Pure. */

/** What one invocation hands to the next. */
export interface BakeState {
  /** When the hook was called, milliseconds since the epoch. */
  readonly hookMs: number;
  /** When the watch began. */
  readonly startMs: number;
  /** When the whole suite is due again; undefined once it has passed after the end of the watch. */
  readonly nextSmokeMs?: number;
  readonly smokeRuns: number;
  readonly alarmReadings: number;
  readonly invocations: number;
}

export interface BakeLimits {
  readonly bakeMs: number;
  /** What one run of the suite may take. */
  readonly suiteMs: number;
}

export type BakeStep =
  | { readonly kind: 'smoke' }
  | { readonly kind: 'watch'; readonly waitMs: number }
  | { readonly kind: 'hand-over' }
  | { readonly kind: 'late' }
  | { readonly kind: 'done' };

const ALARMS_EVERY_MS = 30_000;
const SMOKE_EVERY_MS = 300_000;
/** Kept free in an invocation to hand over, and in the hook's hour to report. */
const RESERVE_MS = 30_000;
/** "If the function doesn't report within one hour": https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-ecs.html */
const HOOK_LIMIT_MS = 3_600_000;

export function startBake(hookMs: number, nowMs: number): BakeState {
  return { hookMs, startMs: nowMs, nextSmokeMs: nowMs, smokeRuns: 0, alarmReadings: 0, invocations: 1 };
}

/**
 * @param leftMs what this invocation still has for work
 * @param worked whether this invocation did anything yet: one that did not must not hand over, or none ever would
 */
export function nextStep(
  state: BakeState,
  { suiteMs }: BakeLimits,
  nowMs: number,
  leftMs: number,
  worked: boolean,
): BakeStep {
  if (state.nextSmokeMs === undefined) return { kind: 'done' };
  if (hookLeftMs(state, nowMs) <= 0) return { kind: 'late' };
  if (nowMs >= state.nextSmokeMs) return leftMs >= suiteMs || !worked ? { kind: 'smoke' } : { kind: 'hand-over' };
  const waitMs = Math.min(ALARMS_EVERY_MS, state.nextSmokeMs - nowMs);
  if (leftMs >= waitMs + RESERVE_MS) return { kind: 'watch', waitMs };
  return worked ? { kind: 'hand-over' } : { kind: 'watch', waitMs: Math.max(0, Math.min(waitMs, leftMs - RESERVE_MS)) };
}

/** What the hook's hour leaves for work. */
export function hookLeftMs({ hookMs }: BakeState, nowMs: number): number {
  return hookMs + HOOK_LIMIT_MS - RESERVE_MS - nowMs;
}

/** After a run of the suite that began at `beganMs`: one that began after the end of the watch is the last. */
export function smoked(state: BakeState, { bakeMs }: BakeLimits, beganMs: number): BakeState {
  const endMs = state.startMs + bakeMs;
  const nextSmokeMs = beganMs >= endMs ? undefined : Math.min(beganMs + SMOKE_EVERY_MS, endMs);
  return { ...state, nextSmokeMs, smokeRuns: state.smokeRuns + 1 };
}
