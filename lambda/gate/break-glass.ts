/** What an emergency release may pass: pure. The suite runs and the alarms are read all the same. */
import type { BreakGlass, BreakGlassAllowance } from '../shared/break-glass';
import { shorten } from '../shared/text';
import type { Verdict } from './contract';

type Judged = Pick<Verdict, 'outcome' | 'rule' | 'sentence' | 'checks' | 'alarms'>;

const SENTENCE_LENGTH_MAX = 1_000;
/** Rules that tell of the candidate or of the service; a gate that could not judge is pardoned by nobody. */
const PARDONABLE: readonly string[] = ['check-failed', 'time-limit', 'alarm-active', 'alarms-unreadable'];

/** @returns the same when it passed, or when it failed for more than the release may pass */
export function pardon<T extends Judged>(judged: T, breakGlass: BreakGlass | undefined): T {
  if (judged.outcome === 'Succeeded' || !breakGlass || !PARDONABLE.includes(judged.rule)) return judged;
  if (needed(judged).some((each) => !breakGlass.Allow.includes(each))) return judged;
  const sentence = `break-glass (${breakGlass.Allow.join(', ')}: ${breakGlass.Reason}) passes this: ${judged.sentence}`;
  return { ...judged, outcome: 'Succeeded', rule: 'break-glass', sentence: shorten(sentence, SENTENCE_LENGTH_MAX) };
}

function needed({ rule, checks, alarms }: Judged): BreakGlassAllowance[] {
  const smoke = rule === 'check-failed' || rule === 'time-limit' || checks.some(({ outcome }) => outcome === 'failed');
  const ofAlarms = rule.startsWith('alarm') || alarms.some(({ outcome }) => outcome === 'failed');
  return [...(smoke ? (['smoke'] as const) : []), ...(ofAlarms ? (['alarms'] as const) : [])];
}
