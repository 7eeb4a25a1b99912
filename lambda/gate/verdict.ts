import { count, shorten } from '../shared/text';
import { TIME_LIMIT } from './checker';
import type { AlarmResult, CheckResult, Verdict } from './contract';

const SENTENCE_LENGTH_MAX = 1_000;
const FAILURES_NAMED_MAX = 3;

export interface Evidence {
  readonly checks: readonly CheckResult[];
  readonly alarms: readonly AlarmResult[];
  /** Why the alarms could not be read. */
  readonly alarmsError?: string;
}

export type Decision = Pick<Verdict, 'outcome' | 'rule' | 'sentence'>;

/** What decided, in this order: a check, the time limit, an alarm, alarms that nobody could read. */
export function decide(evidence: Evidence): Decision {
  const checks = evidence.checks.filter((check) => check.outcome === 'failed');
  const alarms = evidence.alarms.filter((alarm) => alarm.outcome === 'failed');
  const reasons = [
    ...checks.map(checkSentence),
    ...alarms.map(alarmSentence),
    ...(evidence.alarmsError ? [`the alarms could not be read: ${evidence.alarmsError}`] : []),
  ];
  if (reasons.length === 0) return { outcome: 'Succeeded', rule: 'all-passed', sentence: allPassed(evidence) };
  return { outcome: 'Failed', rule: ruleOf(checks, alarms), sentence: join(reasons) };
}

/** A gate that did not come to judge: wrongly configured, or out of time. */
export function undecided(rule: 'internal-error' | 'time-limit', sentence: string): Decision {
  return { outcome: 'Failed', rule, sentence: shorten(sentence, SENTENCE_LENGTH_MAX) };
}

function ruleOf(checks: readonly CheckResult[], alarms: readonly AlarmResult[]): string {
  if (checks.some((check) => check.failures.some((failure) => failure.expectation !== TIME_LIMIT))) {
    return 'check-failed';
  }
  if (checks.length > 0) return 'time-limit';
  return alarms.some((alarm) => alarm.state === 'ALARM') ? 'alarm-active' : 'alarms-unreadable';
}

/** `check "orders" failed: status was 500, expected 200 (GET http://…/orders, 3 attempts)` */
export function checkSentence(check: CheckResult): string {
  const failures = check.failures.map((it) => `${it.expectation} was ${it.actual}, expected ${it.expected}`);
  const { method, url } = check.request;
  return `check "${check.name}" failed: ${failures.join('; ')} (${method} ${url}, ${count(check.attempts, 'attempt')})`;
}

function alarmSentence(alarm: AlarmResult): string {
  if (alarm.state === 'MISSING') return `alarm "${alarm.name}" does not exist: state was MISSING, expected OK`;
  const since = alarm.since ? ` since ${alarm.since}` : '';
  const reason = alarm.reason ? ` (${alarm.reason})` : '';
  return `alarm "${alarm.name}" is firing: state was ${alarm.state}${since}, expected OK${reason}`;
}

function allPassed({ checks, alarms }: Evidence): string {
  const silent = alarms.filter((alarm) => alarm.state === 'INSUFFICIENT_DATA').length;
  const quiet = alarms.length === 0 ? '' : `, ${count(alarms.length, 'alarm')} quiet`;
  return `${count(checks.length, 'check')} passed${quiet}${silent === 0 ? '' : ` (${silent} without data yet)`}`;
}

function join(reasons: readonly string[]): string {
  const named = reasons.slice(0, FAILURES_NAMED_MAX);
  const rest = reasons.length - named.length;
  // Each its share, so that a long first reason does not hide the others.
  const share = Math.floor(SENTENCE_LENGTH_MAX / named.length) - 20;
  const text = named.map((reason) => shorten(reason, share)).join('; ');
  return rest === 0 ? text : `${text}; and ${rest} more`;
}
