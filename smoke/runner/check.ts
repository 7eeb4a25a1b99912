import { sleep } from '../../common/retry';
import type { RepeatResult } from '../results';
import { isIdempotent } from '../methods';
import { RETRIES_DEFAULT } from '../suite/defaults';
import type { Repeat, SmokeCheck } from '../suite/model';
import type { Values } from '../suite/templates';
import { attempt, type Attempt, type AttemptProblem, type Run, timeoutProblem } from './attempt';
import { assessRepeat, errorsAllowed, summarize } from './repeat';
import { methodOf } from './request';

const BACKOFF_MS_DEFAULT = 500;
const BACKOFF_MS_MAX = 5_000;

/** All attempts of one check. */
export interface CheckRun {
  readonly attempts: number;
  readonly durationMs: number;
  readonly misses: readonly AttemptProblem[];
  readonly captured: Values;
  readonly tries: readonly Attempt[];
  readonly repeat?: RepeatResult;
}

const passes = ({ misses }: Pick<Attempt, 'misses'>) => misses.every((miss) => miss.soft);

/** Sends a check until it passes, or as often as allowed. Never throws. */
export function runCheck(check: SmokeCheck, index: number, run: Run): Promise<CheckRun> {
  return check.repeat ? repeated(check, check.repeat, index, run) : retried(check, index, run);
}

async function retried(check: SmokeCheck, index: number, run: Run): Promise<CheckRun> {
  const { target } = run;
  const attemptsMax = 1 + (isIdempotent(methodOf(check)) ? (check.retries ?? RETRIES_DEFAULT) : 0);
  const tries: Attempt[] = [];
  while (tries.length < attemptsMax && !target.signal.aborted) {
    if (tries.length > 0 && !(await backOff(check, tries.length, target.signal))) break;
    const next = await attempt(check, index + tries.length, run);
    tries.push(next);
    if (passes(next)) break;
  }
  const last = tries.at(-1);
  if (!last) return { attempts: 0, durationMs: 0, misses: [timeoutProblem(target, 'not begun')], captured: {}, tries };
  const { durationMs, misses, captured } = last;
  return { attempts: tries.length, durationMs, misses, captured, tries };
}

/** @returns false if the timeout came first */
async function backOff({ backoffMs = BACKOFF_MS_DEFAULT }: SmokeCheck, tried: number, signal: AbortSignal) {
  const waitMs = Math.min(Math.max(BACKOFF_MS_MAX, backoffMs), backoffMs * 2 ** (tried - 1));
  return sleep(waitMs, signal).then(
    () => true,
    () => false,
  );
}

/** Sends one request after the other, so that a check causes little load. It ends early if too many have failed. */
async function repeated(check: SmokeCheck, repeat: Repeat, index: number, run: Run): Promise<CheckRun> {
  const allowed = errorsAllowed(repeat);
  const latenciesMs: number[] = [];
  const soft = new Map<string, AttemptProblem>();
  let failed: Attempt | undefined;
  let last: Attempt | undefined;
  let sent = 0;
  let errors = 0;
  while (sent < repeat.times && errors <= allowed && !run.target.signal.aborted) {
    last = await attempt(check, index + sent, run);
    sent += 1;
    if (last.status !== undefined) latenciesMs.push(last.durationMs);
    if (!passes(last)) {
      errors += 1;
      failed ??= last;
    }
    for (const miss of last.misses.filter((each) => each.soft)) soft.set(miss.at.join('.'), miss);
  }
  const summary = summarize(sent, errors, latenciesMs);
  const unfinished = run.target.signal.aborted && sent < repeat.times;
  const misses = [
    ...(unfinished
      ? [timeoutProblem(run.target, sent === 0 ? 'not begun' : 'unfinished')]
      : budget(repeat, summary, failed)),
    ...soft.values(),
  ];
  const shown = failed ?? last;
  return {
    attempts: sent,
    durationMs: shown?.durationMs ?? 0,
    misses,
    captured: last?.captured ?? {},
    tries: shown ? [shown] : [],
    repeat: summary,
  };
}

function budget(repeat: Repeat, summary: RepeatResult, failed: Attempt | undefined): AttemptProblem[] {
  const first = failed?.misses.find((miss) => !miss.soft);
  const why = first ? `${first.expectation} was ${first.actual}, expected ${first.expected}` : '';
  return assessRepeat(repeat, summary, why).map((miss) => ({ ...miss, soft: false }));
}
