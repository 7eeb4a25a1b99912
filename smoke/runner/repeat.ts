import type { RepeatResult } from '../results';
import type { UnmetExpectation } from './expectations';
import type { Repeat } from '../suite/model';

/** The value that `percent` of the values do not exceed, by nearest rank. @param sorted ascending, not empty */
export function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(0, rank - 1)] as number;
}

/** How many of the requests may fail. */
export function errorsAllowed({ times, errorPercent = 0 }: Repeat): number {
  return Math.floor((times * errorPercent) / 100 + 1e-9);
}

/** @param latenciesMs the times of the requests with a response */
export function summarize(times: number, errors: number, latenciesMs: readonly number[]): RepeatResult {
  const sorted = [...latenciesMs].sort((one, other) => one - other);
  const at = (percent: number) => Math.round(percentile(sorted, percent) * 100) / 100;
  return { times, errors, ...(sorted.length > 0 && { p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) }) };
}

/** The limits of a repeated check that are exceeded. @param why the first error, for the message */
export function assessRepeat(repeat: Repeat, summary: RepeatResult, why: string): UnmetExpectation[] {
  const misses: UnmetExpectation[] = [];
  if (summary.errors > errorsAllowed(repeat)) {
    const expected = `at most ${repeat.errorPercent ?? 0} % of ${repeat.times}`;
    const actual = `${summary.errors} of ${summary.times} sent (first: ${why})`;
    misses.push({ at: ['repeat', 'errorPercent'], expectation: 'repeat errors', expected, actual });
  }
  for (const [name, label] of [
    ['p50Ms', 'p50'],
    ['p95Ms', 'p95'],
    ['p99Ms', 'p99'],
  ] as const) {
    const limit = repeat[name];
    const value = summary[name];
    if (limit === undefined || value === undefined || value <= limit) continue;
    const actual = `${Math.ceil(value)} ms`;
    misses.push({ at: ['repeat', name], expectation: `repeat ${label}`, expected: `at most ${limit} ms`, actual });
  }
  return misses;
}
