import { count, shorten } from '../../common/text';
import {
  checkReasons,
  checksPassed,
  comparisonReasons,
  decisiveOf,
  joinSentences,
  type Reason as ReasonOf,
  SENTENCE_LENGTH_MAX,
} from '../../smoke/reasons';
import type { AlarmResult, Verdict, VerdictRule } from './types';

export interface Evidence extends Pick<
  Verdict,
  'checks' | 'liveChecks' | 'alarms' | 'identity' | 'preflight' | 'customChecks' | 'bake' | 'comparison'
> {
  /** Why the alarms could not be read. */
  readonly alarmsError?: string;
}

export type Decision = Pick<Verdict, 'outcome' | 'rule' | 'sentence'>;

type Reason = ReasonOf<VerdictRule>;

/**
 * What decided, in this order: preflight, identity, a check, a custom check, an alarm, alarms that nobody could read.
 * The time limit gives way to any check that failed by itself.
 */
export function decide(evidence: Evidence): Decision {
  const reasons = reasonsOf(evidence);
  const decisive = decisiveOf(reasons);
  if (!decisive) return { outcome: 'Succeeded', rule: 'all-passed', sentence: allPassed(evidence) };
  return { outcome: 'Failed', rule: decisive.rule, sentence: joinSentences(reasons.map(({ sentence }) => sentence)) };
}

/** A gate that did not come to judge: wrongly configured, or out of time. */
export function undecided(rule: 'internal-error' | 'time-limit', sentence: string): Decision {
  return { outcome: 'Failed', rule, sentence: shorten(sentence, SENTENCE_LENGTH_MAX) };
}

/**
 * The same with what was found before. As ever the time limit gives way to a check that failed by itself, and to nothing
 * else: what a break-glass may pass depends on the rule.
 */
export function cutOff(found: Evidence, rule: 'internal-error' | 'time-limit', why: string): Decision {
  const reasons = reasonsOf(found);
  const check = rule === 'time-limit' ? reasons.find((reason) => reason.rule === 'check-failed') : undefined;
  const others = reasons.filter((reason) => reason !== check).map(({ sentence }) => sentence);
  if (!check) return undecided(rule, joinSentences([why, ...others]));
  return { outcome: 'Failed', rule: check.rule, sentence: joinSentences([check.sentence, why, ...others]) };
}

function reasonsOf(evidence: Evidence): Reason[] {
  const {
    preflight = [],
    identity,
    checks,
    liveChecks = [],
    customChecks = [],
    alarms,
    alarmsError,
    comparison,
  } = evidence;
  const failed = <T extends { readonly outcome: string }>(results: readonly T[]) =>
    results.filter((result) => result.outcome === 'failed');
  return [
    ...failed(preflight).map((it): Reason => ({ rule: 'preflight-refused', sentence: it.message })),
    ...(identity?.outcome === 'failed' ? [{ rule: 'identity-failed' as const, sentence: identity.reason ?? '' }] : []),
    ...checkReasons(checks, liveChecks),
    ...failed(customChecks).map((it): Reason => ({
      rule: 'custom-check-failed',
      sentence: `custom check "${it.name}" failed: ${it.message}`,
    })),
    ...comparisonReasons(comparison),
    ...alarmReasons(failed(alarms)),
    ...(alarmsError === undefined
      ? []
      : [{ rule: 'alarms-unreadable' as const, sentence: `the alarms could not be read: ${alarmsError}` }]),
  ];
}

/** Those in ALARM first: they decide. */
function alarmReasons(alarms: readonly AlarmResult[]): Reason[] {
  const ruleOf = ({ state }: AlarmResult): VerdictRule =>
    state === 'ALARM' ? 'alarm-active' : state === 'MISSING' ? 'alarms-unreadable' : 'alarm-without-data';
  const reasons = alarms.map((alarm): Reason => ({ rule: ruleOf(alarm), sentence: alarmSentence(alarm) }));
  return [
    ...reasons.filter((reason) => reason.rule === 'alarm-active'),
    ...reasons.filter((reason) => reason.rule !== 'alarm-active'),
  ];
}

function alarmSentence(alarm: AlarmResult): string {
  if (alarm.state === 'MISSING') return `alarm "${alarm.name}" does not exist: state was MISSING, expected OK`;
  const since = alarm.since ? ` since ${alarm.since}` : '';
  const reason = alarm.reason ? ` (${alarm.reason})` : '';
  const what = alarm.state === 'ALARM' ? 'is firing' : 'has no data';
  return `alarm "${alarm.name}" ${what}: state was ${alarm.state}${since}, expected OK${reason}`;
}

function allPassed(evidence: Evidence): string {
  const { checks, alarms, identity, preflight = [], customChecks = [], bake } = evidence;
  const silent = alarms.filter((alarm) => alarm.state === 'INSUFFICIENT_DATA').length;
  const degraded = customChecks.filter((check) => check.outcome === 'degraded');
  const parts = [
    ...preflight.map((result) => result.message),
    ...(identity?.candidate ? [`${identity.candidate} answers`] : []),
    ...(preflight.length > 0 && checks.length === 0 ? [] : [checksPassed(checks)]),
    ...(customChecks.length > 0 ? [`${count(customChecks.length, 'custom check')} passed`] : []),
    ...degraded.map((check) => `custom check "${check.name}" is degraded: ${check.message}`),
    ...(evidence.comparison ? [evidence.comparison.sentence] : []),
    ...(alarms.length > 0
      ? [`${count(alarms.length, 'alarm')} quiet${silent > 0 ? ` (${silent} without data yet)` : ''}`]
      : []),
    ...(bake ? [`for ${Math.round(bake.seconds / 60)} min, ${count(bake.smokeRuns, 'run')} of the suite`] : []),
  ];
  return shorten(parts.join(', '), SENTENCE_LENGTH_MAX);
}
