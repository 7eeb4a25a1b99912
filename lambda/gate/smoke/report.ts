import type { CheckResult, ComparisonResult } from '../contract';
import type { Suite } from '../suite/model';
import { decide } from '../verdict';
import type { SuiteRun } from './run';

/** What a run from a terminal says: the same checks, rule and sentence as the gate's verdict. */
export interface SmokeReport {
  readonly kind: 'greenlight.smoke';
  readonly version: 1;
  /** Name of the suite, else its file. */
  readonly suite: string;
  readonly target: string;
  readonly outcome: SuiteRun['outcome'];
  readonly rule: string;
  readonly sentence: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly checks: readonly CheckResult[];
  /** With the live side, where one was given. */
  readonly comparison?: ComparisonResult;
}

export interface RunFrame {
  readonly target: URL;
  readonly startMs: number;
  readonly durationMs: number;
}

export function smokeReport(suite: Suite, run: SuiteRun, frame: RunFrame, comparison?: ComparisonResult): SmokeReport {
  const { rule, sentence } = decide({ checks: run.checks, alarms: [], comparison });
  return {
    kind: 'greenlight.smoke',
    version: 1,
    suite: suite.name ?? suite.file ?? 'suite',
    target: frame.target.origin,
    outcome: comparison?.outcome === 'failed' ? 'failed' : run.outcome,
    rule,
    sentence,
    startedAt: new Date(frame.startMs).toISOString(),
    durationMs: Math.round(frame.durationMs),
    checks: run.checks,
    ...(comparison && { comparison }),
  };
}
