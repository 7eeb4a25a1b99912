import { describeError } from '../shared/aws';
import { sleep } from '../shared/retry';
import type { CheckResult, ExpectationFailure, SmokeCheck, TlsVerification } from './contract';
import { assess } from './expectations';
import { ExchangeTimeout, type HttpAnswer, type HttpRequest } from '../shared/http';
import { isIdempotent, RETRIES_DEFAULT, TIMEOUT_MS_DEFAULT } from './suite';

const CONCURRENCY = 8;
const BACKOFF_MS = 500;
const BACKOFF_MS_MAX = 5_000;
/** What a load balancer itself says while no target is ready; anything else is an answer of the service. */
const NOT_READY: readonly number[] = [502, 503, 504];
const PROBE_TIMEOUT_MS = 2_000;

/** Where and how the checks are sent. */
export interface CheckTarget {
  readonly base: URL;
  /** Private addresses to connect to, in turn; empty: by name. */
  readonly addresses: readonly string[];
  readonly hostName?: string;
  readonly tlsVerification: TlsVerification;
  readonly exchange: (request: HttpRequest) => Promise<HttpAnswer>;
  /** The overall time limit. */
  readonly signal: AbortSignal;
  /** For sentences: the overall time limit, milliseconds. */
  readonly limitMs: number;
}

/** Runs all checks, `CONCURRENCY` at a time; results in the order of the suite. Never throws. */
export async function runChecks(checks: readonly SmokeCheck[], target: CheckTarget): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const queue = checks.entries();
  const worker = async () => {
    for (const [index, check] of queue) results[index] = await runCheck(check, index, target);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}

/**
 * Waits until the target answers at all: a listener change takes a moment to reach every node of a load balancer. That it
 * never does is no verdict here; the checks say it with their own words.
 * @param limitMs how long at most, milliseconds
 */
export async function waitForAnswer(
  check: SmokeCheck | undefined,
  target: CheckTarget,
  limitMs: number,
): Promise<void> {
  const probe: SmokeCheck = check && isIdempotent(methodOf(check)) ? check : { name: 'probe', path: '/' };
  const endMs = Date.now() + limitMs;
  for (let attempt = 0; Date.now() < endMs && !target.signal.aborted; attempt++) {
    const request = requestOf({ ...probe, timeoutMs: PROBE_TIMEOUT_MS }, attempt, target);
    const answer = await target.exchange(request).catch(() => undefined);
    if (answer && !NOT_READY.includes(answer.status)) return;
    await sleep(BACKOFF_MS, target.signal).catch(() => undefined);
  }
}

interface Attempt {
  readonly durationMs: number;
  readonly failures: readonly ExpectationFailure[];
}

async function runCheck(check: SmokeCheck, index: number, target: CheckTarget): Promise<CheckResult> {
  const method = methodOf(check);
  const attemptsMax = 1 + (isIdempotent(method) ? (check.retries ?? RETRIES_DEFAULT) : 0);
  let last: Attempt = { durationMs: 0, failures: [timeLimit(target, 0)] };
  let attempts = 0;
  while (attempts < attemptsMax && !target.signal.aborted) {
    if (attempts > 0 && !(await backOff(attempts, target.signal))) break;
    last = await attemptOnce(check, index, attempts, target);
    attempts += 1;
    if (last.failures.length === 0) break;
  }
  return {
    name: check.name,
    outcome: last.failures.length === 0 ? 'passed' : 'failed',
    request: { method, url: urlOf(check, target).href },
    attempts,
    durationMs: Math.round(last.durationMs * 10) / 10,
    failures: last.failures,
  };
}

/** @returns false when the time limit came first */
async function backOff(attempts: number, signal: AbortSignal): Promise<boolean> {
  const waitMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** (attempts - 1));
  return sleep(waitMs, signal).then(
    () => true,
    () => false,
  );
}

async function attemptOnce(check: SmokeCheck, index: number, tried: number, target: CheckTarget): Promise<Attempt> {
  const startMs = performance.now();
  try {
    const answer = await target.exchange(requestOf(check, index + tried, target));
    return { durationMs: answer.durationMs, failures: assess(check.expect ?? {}, answer) };
  } catch (error) {
    const failure = target.signal.aborted ? timeLimit(target, tried + 1) : connectionFailure(check, error);
    return { durationMs: performance.now() - startMs, failures: [failure] };
  }
}

function requestOf(check: SmokeCheck, turn: number, target: CheckTarget): HttpRequest {
  const { addresses, hostName, tlsVerification, signal } = target;
  return {
    method: methodOf(check),
    url: urlOf(check, target),
    headers: check.headers ?? {},
    body: check.body,
    // Each attempt at another node, so that one bad node does not fail a check and is not overlooked by all.
    address: addresses[turn % Math.max(1, addresses.length)],
    hostName,
    tlsVerification,
    timeoutMs: check.timeoutMs ?? TIMEOUT_MS_DEFAULT,
    signal,
  };
}

function methodOf(check: SmokeCheck): string {
  return check.method ?? 'GET';
}

function urlOf(check: SmokeCheck, target: CheckTarget): URL {
  // Appended, not resolved: a path that begins with two slashes must not name another host.
  return new URL(`${target.base.origin}${check.path}`);
}

function connectionFailure(check: SmokeCheck, error: unknown): ExpectationFailure {
  const expected = `an answer within ${check.timeoutMs ?? TIMEOUT_MS_DEFAULT} ms`;
  const actual = error instanceof ExchangeTimeout ? 'timed out' : `broken (${describeError(error)})`;
  return { expectation: 'connection', expected, actual };
}

export const TIME_LIMIT = 'time limit';

function timeLimit(target: CheckTarget, attempts: number): ExpectationFailure {
  const expected = `done within ${Math.round(target.limitMs / 1_000)} s`;
  return { expectation: TIME_LIMIT, expected, actual: attempts === 0 ? 'not begun' : 'unfinished' };
}
