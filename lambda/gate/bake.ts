import { sleep } from '../../common/retry';
import { checkAlarms } from './alarms';
import { type BakeState, hookLeftMs, nextStep, smoked, startBake } from './bake-schedule';
import type { Evidence, Handover } from './evidence';
import { addressesOf, checksLeftMs, type GateRun } from './gate-run';
import { runSuite } from './suite-run';
import type { BakeResult } from './types';
import { passes } from './verdict';

/** The state after the suite ran on green for the first time. */
export function beginBake(run: GateRun): BakeState {
  const nowMs = Date.now();
  return smoked(startBake(run.request.hookMs, nowMs), limitsOf(run), nowMs);
}

/** The state that an earlier invocation handed over, whose evidence still holds. */
export function resumeBake({ proved, ...state }: Handover, evidence: Evidence): BakeState {
  Object.assign(evidence, proved);
  return { ...state, invocations: state.invocations + 1 };
}

/**
 * Smoke again and again, and the alarms in between, until the bake is over, something fails, or this invocation's time is
 * used up.
 * @returns what the next invocation continues with; undefined when the bake is over
 */
export async function bake(run: GateRun, begun: BakeState): Promise<Handover | undefined> {
  const { evidence, settings, signal, endMs } = run;
  let state = begun;
  for (let steps = 0; ; steps++) {
    const nowMs = Date.now();
    const step = nextStep(state, limitsOf(run), nowMs, endMs - nowMs, steps > 0);
    if (step.kind === 'done') break;
    if (step.kind === 'hand-over') return { ...state, proved: provedBy(run) };
    if (step.kind === 'late') {
      throw new Error(`the hook's hour is nearly over, and the bake of ${settings.bakeMs / 60_000} min is not`);
    }
    if (step.kind === 'smoke') {
      evidence.checks = await smokeAgain(run, state);
      state = smoked(state, limitsOf(run), nowMs);
    } else await sleep(step.waitMs, signal);
    await checkAlarms(run, 'after');
    state = { ...state, alarmReadings: state.alarmReadings + 1 };
    if (!passes(evidence)) break;
  }
  evidence.bake = resultOf(run, state);
  return undefined;
}

async function smokeAgain(run: GateRun, state: BakeState) {
  const addresses = await addressesOf(run);
  const leftMs = Math.min(checksLeftMs(run), hookLeftMs(state, Date.now()));
  return runSuite({ ...run, addresses }, run.suite(), Math.max(0, leftMs));
}

function provedBy({ evidence: { identity, customChecks } }: GateRun): Handover['proved'] {
  return { identity, customChecks };
}

function resultOf({ settings }: GateRun, state: BakeState): BakeResult {
  const { startMs, smokeRuns, alarmReadings, invocations } = state;
  const startedAt = new Date(startMs).toISOString();
  return { seconds: settings.bakeMs / 1_000, startedAt, smokeRuns, alarmReadings, invocations };
}

function limitsOf({ settings }: GateRun) {
  return { bakeMs: settings.bakeMs, suiteMs: settings.timeoutMs };
}
