import { log } from '../shared/logger';
import { describeError } from '../../common/errors';
import { within } from '../../common/retry';
import { emptyEvidence, type Evidence, type Handover } from './evidence';
import { budget, type Gate, type GateHook } from './gate-run';
import { gather } from './gather';
import { persist, report } from './report';
import { suiteOf } from './suite-run';
import type { Verdict } from './types';
import { decide } from './verdict';

/** What one invocation ends with: the verdict's outcome, or that the next invocation continues the bake. */
export type Ending = Verdict['outcome'] | 'Continues';

/** Shares of the time left, so that the report has the rest. */
const HANDOVER_SHARE = 0.5;
const BREAK_GLASS_SHARE = 0.3;

/** One run: evidence, verdict, report. @throws the last error when the report was not taken */
export async function runGate(gate: Gate, hook: GateHook): Promise<Ending> {
  const evidence = emptyEvidence();
  const handover = await gatherInTime(gate, hook, evidence);
  if (handover && (await handedOver(handover, hook, evidence))) return 'Continues';
  // A run that was cut off may find more while this one reports: the verdict is on what is here now.
  const found = { ...evidence };
  const decision = decide(found);
  const final =
    decision.outcome === 'Succeeded' ? decision : decide({ ...found, breakGlass: await breakGlassOf(hook) });
  await report(gate, hook, found, final);
  return final.outcome;
}

/** Fills the evidence until the time of this invocation is over. Never throws. */
async function gatherInTime(gate: Gate, hook: GateHook, evidence: Evidence): Promise<Handover | undefined> {
  const { request, engine } = hook;
  const { clients } = gate;
  const suite = () => suiteOf(clients);
  try {
    const settings = gate.settings();
    const time = budget(hook.remainingMs(), settings.timeoutMs);
    const endMs = Date.now() + time.workMs;
    return await within<Handover | undefined>(
      time.workMs,
      (signal) =>
        gather({ request, engine, settings, clients, budget: time, endMs, signal, evidence, addresses: [], suite }),
      () => {
        const reason = `the gate was not done within ${Math.round(time.workMs / 1e3)} s`;
        evidence.interruption = { rule: 'timeout', reason };
        return undefined;
      },
    );
  } catch (error) {
    evidence.interruption = { rule: 'internal-error', reason: `the gate could not judge: ${describeError(error)}` };
    return undefined;
  }
}

/** @returns whether the next invocation was started; what went wrong is evidence */
async function handedOver(handover: Handover, hook: GateHook, evidence: Evidence): Promise<boolean> {
  try {
    const limitMs = hook.remainingMs() * HANDOVER_SHARE;
    await persist(limitMs, () => hook.continueBake(handover), 'the next invocation was not started');
    return true;
  } catch (error) {
    const reason = `the bake could not continue: ${describeError(error)}`;
    evidence.interruption = { rule: 'internal-error', reason };
    return false;
  }
}

/** Never throws: an emergency release that cannot be read in time passes nothing. */
async function breakGlassOf({ engine, remainingMs }: GateHook): Promise<Evidence['breakGlass']> {
  try {
    const limitMs = remainingMs() * BREAK_GLASS_SHARE;
    return await within<Evidence['breakGlass']>(
      limitMs,
      () => engine.breakGlass(),
      () => undefined,
    );
  } catch (error) {
    log('warn', 'the deployment could not be read', { error: describeError(error) });
    return undefined;
  }
}
