import type { CheckResult } from '../results';
import type { ComparisonResult } from '../comparison/result';
import type { Suite } from '../suite/model';
import { checkReasons, checksPassed, comparisonReasons, decisiveOf, joinSentences } from '../reasons';
import type { SuiteRun } from './run';

/** The report of a run from a terminal, with the same checks, rule and sentence as the verdict of the gate. */
export interface SmokeReport {
  readonly kind: 'greenlight.smoke';
  readonly version: 1;
  /** The name of the suite, or its file. */
  readonly suite: string;
  readonly target: string;
  readonly outcome: SuiteRun['outcome'];
  readonly rule: string;
  readonly sentence: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly checks: readonly CheckResult[];
  /** The comparison with the live side, if one was given. */
  readonly comparison?: ComparisonResult;
}

export interface RunFrame {
  readonly target: URL;
  readonly startMs: number;
  readonly durationMs: number;
}

export function smokeReport(suite: Suite, run: SuiteRun, frame: RunFrame, comparison?: ComparisonResult): SmokeReport {
  const reasons = [...checkReasons(run.checks), ...comparisonReasons(comparison)];
  const passed = [checksPassed(run.checks), ...(comparison ? [comparison.sentence] : [])].join(', ');
  return {
    kind: 'greenlight.smoke',
    version: 1,
    suite: suite.name ?? suite.file ?? 'suite',
    target: frame.target.origin,
    outcome: comparison?.outcome === 'failed' ? 'failed' : run.outcome,
    rule: decisiveOf(reasons)?.rule ?? 'all-passed',
    sentence: reasons.length > 0 ? joinSentences(reasons.map(({ sentence }) => sentence)) : passed,
    startedAt: new Date(frame.startMs).toISOString(),
    durationMs: Math.round(frame.durationMs),
    checks: run.checks,
    ...(comparison && { comparison }),
  };
}
