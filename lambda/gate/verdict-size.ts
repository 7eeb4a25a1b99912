import { shorten } from '../../common/text';
import type { CheckResult } from '../../smoke/results';
import type { Verdict, VerdictOmission } from './types';

/**
 * Bytes of the verdict's line. CloudWatch Logs takes events of 256 KB, 26 bytes of them its own, and splits what is longer:
 * no half is JSON then, and the release function finds no verdict. A line of up to 64 KiB also fits into the pipe that Lambda
 * reads standard output from, and so arrives in one piece.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 * https://man7.org/linux/man-pages/man7/pipe.7.html
 */
export const VERDICT_BYTES_MAX = 64_000;

/** Entries of each list, from all to none, and characters of each text. */
const STEPS: readonly { readonly entries: number; readonly characters: number }[] = [
  { entries: Infinity, characters: 2_000 },
  { entries: Infinity, characters: 200 },
  { entries: 200, characters: 200 },
  { entries: 100, characters: 120 },
  { entries: 40, characters: 100 },
  { entries: 10, characters: 80 },
  { entries: 0, characters: 80 },
];

/** Of one check, whose failures are described by the first few. */
const FAILURES_MAX = 5;

/**
 * The verdict in as many of its details as fit into one log event. What decided stays: outcome, rule and sentence. Of a list
 * that is too long, failed entries are kept first; `omitted` counts the others.
 */
export function fitVerdict(verdict: Verdict): Verdict {
  if (bytesOf(verdict) <= VERDICT_BYTES_MAX) return verdict;
  for (const { entries, characters } of STEPS) {
    const smaller = reduce(verdict, entries, characters);
    if (bytesOf(smaller) <= VERDICT_BYTES_MAX) return smaller;
  }
  const { kind, version, service, lifecycleEvent, deploymentId, outcome, rule, sentence, target } = verdict;
  const { startedAt, durationMs } = verdict;
  const head = { kind, version, outcome, rule, startedAt, durationMs };
  const texts = { service, lifecycleEvent, deploymentId, target, sentence: shorten(sentence, 1_000) };
  return { ...head, ...shortTexts(texts, 1_000), checks: [], alarms: [], omitted: { details: true } };
}

function bytesOf(verdict: Verdict): number {
  return Buffer.byteLength(JSON.stringify(verdict));
}

function reduce(verdict: Verdict, entriesMax: number, charactersMax: number): Verdict {
  const { checks, customChecks, alarms, comparison, identity, preflight, ...head } = verdict;
  const keep = <T>(list: readonly T[]) => shortTexts(failedFirst(list).slice(0, entriesMax), charactersMax);
  const listed = new Set(failedFirst(checks).slice(0, entriesMax));
  return {
    ...head,
    liveChecks: undefined,
    ...(identity && { identity: shortTexts({ ...identity, forwards: keep(identity.forwards) }, charactersMax) }),
    ...(preflight && { preflight: keep(preflight) }),
    checks: checks.filter((check) => listed.has(check)).map((check) => shortCheck(check, charactersMax)),
    ...(customChecks && { customChecks: keep(customChecks.map(({ details: _, ...each }) => each)) }),
    alarms: keep(alarms),
    ...(comparison && {
      comparison: {
        ...comparison,
        differences: keep(comparison.differences),
        noise: keep(comparison.noise),
        failures: keep(comparison.failures),
        newRequests: comparison.newRequests.slice(0, entriesMax).map((name) => shorten(name, charactersMax)),
      },
    }),
    omitted: omission(checks.filter((check) => !listed.has(check))),
  };
}

/** Attempts repeat what the check's own failures say. */
function shortCheck({ tries: _, failures, ...check }: CheckResult, charactersMax: number): CheckResult {
  return shortTexts({ ...check, failures: failures.slice(0, FAILURES_MAX) }, charactersMax);
}

function omission(left: readonly CheckResult[]): VerdictOmission {
  const checks: Partial<Record<CheckResult['outcome'], number>> = {};
  for (const { outcome } of left) checks[outcome] = (checks[outcome] ?? 0) + 1;
  return { details: true, ...(left.length > 0 && { checks }) };
}

const RANKS: readonly unknown[] = ['failed', 'degraded', 'skipped'];

function failedFirst<T>(list: readonly T[]): readonly T[] {
  const rankOf = (entry: T) => {
    const { outcome, fails } = entry as { readonly outcome?: unknown; readonly fails?: unknown };
    const rank = fails === true ? 0 : RANKS.indexOf(outcome);
    return rank < 0 ? RANKS.length : rank;
  };
  return [...list].sort((one, other) => rankOf(one) - rankOf(other));
}

function shortTexts<T>(value: T, charactersMax: number): T {
  if (typeof value === 'string') return shorten(value, charactersMax) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => shortTexts(each, charactersMax)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shortTexts(each, charactersMax)])) as T;
}
