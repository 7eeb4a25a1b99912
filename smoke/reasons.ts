import { count, shorten } from '../common/text';
import type { ComparisonResult } from './comparison/result';
import type { CheckResult } from './results';
import { TIMEOUT } from './runner/attempt';

/** Why a run of a suite or a comparison failed, in sentences for people. Pure. */

/** The length of a sentence that decides, characters. */
export const SENTENCE_LENGTH_MAX = 1_000;
const FAILURES_NAMED_MAX = 3;

export type SmokeRule =
  'check-failed' | 'timeout' | 'comparison-worse' | 'comparison-differs' | 'comparison-without-data';

export interface Reason<Rule extends string = SmokeRule> {
  readonly rule: Rule;
  readonly sentence: string;
}

/** The reason that decides: the first one. A timeout decides only if no check failed by itself. */
export function decisiveOf<Rule extends string>(reasons: readonly Reason<Rule>[]): Reason<Rule> | undefined {
  const [first] = reasons;
  return first?.rule === 'timeout' ? (reasons.find((it) => it.rule === 'check-failed') ?? first) : first;
}

export function checkReasons(checks: readonly CheckResult[], liveChecks: readonly CheckResult[] = []): Reason[] {
  return checks
    .filter((check) => check.outcome === 'failed')
    .map((check) => ({ rule: checkRule(check), sentence: `${checkSentence(check)}${onLiveSide(check, liveChecks)}` }));
}

export function comparisonReasons(comparison: ComparisonResult | undefined): Reason[] {
  if (comparison?.outcome !== 'failed') return [];
  return [{ rule: comparisonRule(comparison), sentence: comparison.sentence }];
}

/** `12 checks passed` */
export function checksPassed(checks: readonly CheckResult[]): string {
  return `${count(checks.length, 'check')} passed`;
}

function comparisonRule({ decision, differences, endedBy }: ComparisonResult): SmokeRule {
  if (decision === 'worse') return 'comparison-worse';
  // Responses from mixed-up sides show no difference between the sides.
  const differs = endedBy !== 'sides-changed' && differences.some((each) => each.fails);
  return differs ? 'comparison-differs' : 'comparison-without-data';
}

function checkRule(check: CheckResult): SmokeRule {
  return check.failures.some((failure) => failure.expectation !== TIMEOUT) ? 'check-failed' : 'timeout';
}

/** `check "orders" failed: status was 500, expected 200 (GET http://…/orders, 3 attempts)` */
export function checkSentence(check: CheckResult): string {
  const failures = check.failures.map((it) => `${it.expectation} was ${it.actual}, expected ${it.expected}`);
  const { method, url } = check.request;
  return `check "${check.name}" failed: ${failures.join('; ')} (${method} ${url}, ${count(check.attempts, 'attempt')})`;
}

/** Whether the live side has the same problem. */
function onLiveSide({ name }: CheckResult, liveChecks: readonly CheckResult[]): string {
  const live = liveChecks.find((each) => each.name === name);
  if (!live || live.outcome === 'skipped') return '';
  if (live.outcome !== 'failed') return '; the live side passes it';
  return `; the live side has the same problem: ${live.failures.map((it) => `${it.expectation} was ${it.actual}`).join('; ')}`;
}

/** The first sentences joined into one, and the number of the others. */
export function joinSentences(reasons: readonly string[]): string {
  const named = reasons.slice(0, FAILURES_NAMED_MAX);
  const rest = reasons.length - named.length;
  // Each gets its share of the length, so that a long first reason does not hide the others.
  const share = Math.floor(SENTENCE_LENGTH_MAX / named.length) - 20;
  const text = named.map((reason) => shorten(reason, share)).join('; ');
  return rest === 0 ? text : `${text}; and ${rest} more`;
}
