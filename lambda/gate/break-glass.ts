/** What an emergency release may pass: pure. The suite runs and the alarms are read all the same. */
import type { BreakGlass, BreakGlassAllowance } from '../shared/break-glass';
import { shorten } from '../../common/text';
import type { Verdict, VerdictRule } from './types';

type Judged = Pick<Verdict, 'outcome' | 'rule' | 'sentence' | 'checks' | 'customChecks' | 'alarms'>;

const SENTENCE_LENGTH_MAX = 1_000;
/** Rules that tell of the candidate. */
const SMOKE_RULES: readonly VerdictRule[] = [
  'check-failed',
  'custom-check-failed',
  'comparison-worse',
  'comparison-differs',
  'comparison-without-data',
  'time-limit',
];
/** Rules that tell of the service as it is, which may be what the release mends. */
const ALARM_RULES: readonly VerdictRule[] = [
  'alarm-active',
  'alarm-without-data',
  'alarms-unreadable',
  'preflight-refused',
];
/** Nobody pardons a gate that could not judge, or one that met the wrong side. */
const PARDONABLE: readonly VerdictRule[] = [...SMOKE_RULES, ...ALARM_RULES];

/** @returns the same when it passed, or when it failed for more than the release may pass */
export function pardon<T extends Judged>(judged: T, breakGlass: BreakGlass | undefined): T {
  if (judged.outcome === 'Succeeded' || !breakGlass || !PARDONABLE.includes(judged.rule)) return judged;
  if (needed(judged).some((each) => !breakGlass.Allow.includes(each))) return judged;
  const sentence = `break-glass (${breakGlass.Allow.join(', ')}: ${breakGlass.Reason}) passes this: ${judged.sentence}`;
  return { ...judged, outcome: 'Succeeded', rule: 'break-glass', sentence: shorten(sentence, SENTENCE_LENGTH_MAX) };
}

function needed({ rule, checks, customChecks, alarms }: Judged): BreakGlassAllowance[] {
  const failed = ({ outcome }: { readonly outcome: string }) => outcome === 'failed';
  const smoke = SMOKE_RULES.includes(rule) || checks.some(failed) || customChecks?.some(failed);
  const ofAlarms = ALARM_RULES.includes(rule) || alarms.some(failed);
  return [...(smoke ? (['smoke'] as const) : []), ...(ofAlarms ? (['alarms'] as const) : [])];
}
