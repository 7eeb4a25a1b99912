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
import type { BreakGlassAllowance } from '../shared/break-glass';
import type { Evidence, Interruption } from './evidence';
import type { AlarmResult, Verdict, VerdictRule } from './types';

export type Decision = Pick<Verdict, 'outcome' | 'rule' | 'sentence'>;

type Reason = ReasonOf<VerdictRule>;

/** What the evidence comes to. Pure. */
export function decide(evidence: Evidence): Decision {
  return withBreakGlass(decisionOn(evidence), evidence);
}

/** Whether nothing that was found so far stops the release. */
export function passes(evidence: Evidence): boolean {
  return decide(evidence).outcome === 'Succeeded';
}

/** Whether what was found of green, whatever the alarms say, does not stop the release. */
export function greenPasses({ identity, checks, customChecks = [] }: Evidence): boolean {
  const results = [...(identity ? [identity] : []), ...checks, ...customChecks];
  return results.every(({ outcome }) => outcome !== 'failed');
}

/**
 * What decides, in this order: preflight, identity, a check, a custom check, the comparison, an alarm, alarms that could
 * not be read. The timeout gives way to any check that failed by itself.
 */
function decisionOn(evidence: Evidence): Decision {
  const reasons = reasonsOf(evidence);
  if (evidence.interruption) return interrupted(evidence.interruption, reasons);
  const decisive = decisiveOf(reasons);
  if (!decisive) return { outcome: 'Succeeded', rule: 'all-passed', sentence: allPassed(evidence) };
  return { outcome: 'Failed', rule: decisive.rule, sentence: joinSentences(reasons.map(({ sentence }) => sentence)) };
}

/**
 * A run that ended before everything was found. The timeout gives way to a check that failed by itself, and to nothing
 * else: what a break-glass may pass depends on the rule.
 */
function interrupted({ rule, reason }: Interruption, reasons: readonly Reason[]): Decision {
  const check = rule === 'timeout' ? reasons.find((each) => each.rule === 'check-failed') : undefined;
  const others = reasons.filter((each) => each !== check).map(({ sentence }) => sentence);
  const sentences = check ? [check.sentence, reason, ...others] : [reason, ...others];
  return {
    outcome: 'Failed',
    rule: check?.rule ?? rule,
    sentence: shorten(joinSentences(sentences), SENTENCE_LENGTH_MAX),
  };
}

/** Rules that say something about green. */
const SMOKE_RULES: readonly VerdictRule[] = [
  'check-failed',
  'custom-check-failed',
  'comparison-worse',
  'comparison-differs',
  'comparison-without-data',
  'timeout',
];
/** Rules that say something about the service as it is, which may be what the release fixes. */
const ALARM_RULES: readonly VerdictRule[] = [
  'alarm-active',
  'alarm-without-data',
  'alarms-unreadable',
  'preflight-refused',
];
/** Nothing passes a gate that could not judge, or one that met the wrong side. */
const PASSABLE: readonly VerdictRule[] = [...SMOKE_RULES, ...ALARM_RULES];

/** @returns the same decision when it succeeded, or when it failed for more than the emergency release may pass */
export function withBreakGlass(decision: Decision, evidence: Evidence): Decision {
  const { breakGlass } = evidence;
  if (decision.outcome === 'Succeeded' || !breakGlass || !PASSABLE.includes(decision.rule)) return decision;
  if (allowancesFor(decision, evidence).some((each) => !breakGlass.Allow.includes(each))) return decision;
  const sentence = `break-glass (${breakGlass.Allow.join(', ')}: ${breakGlass.Reason}) passes this: ${decision.sentence}`;
  return { outcome: 'Succeeded', rule: 'break-glass', sentence: shorten(sentence, SENTENCE_LENGTH_MAX) };
}

function allowancesFor({ rule }: Decision, { checks, customChecks, alarms }: Evidence): BreakGlassAllowance[] {
  const failed = ({ outcome }: { readonly outcome: string }) => outcome === 'failed';
  const smoke = SMOKE_RULES.includes(rule) || checks.some(failed) || customChecks?.some(failed);
  const ofAlarms = ALARM_RULES.includes(rule) || alarms.some(failed);
  return [...(smoke ? (['smoke'] as const) : []), ...(ofAlarms ? (['alarms'] as const) : [])];
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
    ...(identity?.green ? [`${identity.green} responds`] : []),
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
