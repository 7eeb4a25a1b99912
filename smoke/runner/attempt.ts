import { describeError } from '../../common/errors';
import { exchangeProblem } from '../../common/http/problem';
import { ExchangeTimeout, type Timings, timingsBefore } from '../../common/http';
import { assess, type UnmetExpectation } from './expectations';
import { TIMEOUT_MS_DEFAULT } from '../suite/defaults';
import { sharingTime } from '../suite/in-time';
import type { SmokeCheck, SmokeExpectation } from '../suite/model';
import type { Values } from '../suite/templates';
import { captureFrom } from './capture';
import type { Mask } from './mask';
import { follow, RedirectRefused } from './redirects';
import { authHeader, type Headers, renderExpectation, renderRequest } from './request';
import { type CheckTarget, originsOf } from './target';

export const TIMEOUT = 'timeout';
/** Characters of the reason why there is no response to evaluate. */
const REASON_LENGTH_MAX = 500;

/** An unmet expectation, and whether it degrades or fails the check. */
export interface AttemptProblem extends UnmetExpectation {
  readonly soft: boolean;
}

/** One request and its result. */
export interface Attempt {
  readonly status?: number;
  /** The duration with all redirects, in milliseconds. */
  readonly durationMs: number;
  readonly timings: Timings;
  readonly misses: readonly AttemptProblem[];
  readonly captured: Values;
}

/** What all attempts of a run share. */
export interface Run {
  readonly target: CheckTarget;
  readonly allowHosts: readonly string[];
  /** The variables, and the values that were captured so far. */
  readonly values: () => Values;
  /** The text of a secret, by its ARN with variables filled in. It is read once per run. */
  readonly secret: (arn: string) => Promise<string>;
  /** Masks everything that is reported. */
  readonly mask: Mask;
}

/** Never throws: an error is an unmet expectation. @param turn which of the target's addresses */
export async function attempt(check: SmokeCheck, turn: number, run: Run): Promise<Attempt> {
  const startMs = performance.now();
  try {
    const values = run.values();
    const { response: response, url } = await send(check, turn, values, run);
    const context = { url, origins: originsOf(run.target), nowMs: Date.now(), mask: run.mask };
    const { expect, warn } = withDefaultStatus(check);
    const { captured, misses } = sharingTime(() => {
      const taken = captureFrom(check.capture ?? {}, response, run.mask);
      const problems = [
        ...problemsOf(expect, 'expect', false),
        ...taken.misses.map((miss) => ({ ...miss, soft: false })),
        ...problemsOf(warn, 'warn', true),
      ];
      return { captured: taken, misses: problems };
    });
    return {
      status: response.status,
      durationMs: response.durationMs,
      timings: response.timings,
      misses,
      captured: captured.values,
    };

    function problemsOf(expect: SmokeExpectation, key: string, soft: boolean): AttemptProblem[] {
      const unmet = assess(renderExpectation(expect, values), response, context);
      return unmet.map((miss) => ({ ...miss, at: [key, ...miss.at], soft }));
    }
  } catch (error) {
    const totalMs = performance.now() - startMs;
    const timings = timingsBefore(error) ?? { totalMs: Math.round(totalMs * 100) / 100 };
    return { durationMs: totalMs, timings, misses: [brokenBy(error, check, run)], captured: {} };
  }
}

/** The values of a check do not make a valid request. The target is not the cause. */
class RequestProblem extends Error {}

/** The secret could not be read. The target is not the cause, but the check does not pass. */
class SecretError extends Error {}

async function send(check: SmokeCheck, turn: number, values: Values, run: Run) {
  const { target } = run;
  const auth = check.auth === undefined ? {} : await authFor(check, run);
  const { addresses, hostName, tlsVerification, signal } = target;
  const request = {
    ...requestOf(check, values, target, auth),
    // Each attempt goes to another node, so that one bad node does not fail a check, and some check finds it.
    address: addresses[turn % Math.max(1, addresses.length)],
    hostName,
    tlsVerification,
    timeoutMs: check.timeoutMs ?? TIMEOUT_MS_DEFAULT,
    signal,
  };
  const rules = {
    limit: check.followRedirects ?? 0,
    allowHosts: run.allowHosts,
    private: ['authorization', 'cookie', ...Object.keys(auth).map((name) => name.toLowerCase())],
    mask: run.mask,
  };
  return follow(request, rules, target);
}

function requestOf(...parts: Parameters<typeof renderRequest>): ReturnType<typeof renderRequest> {
  try {
    return renderRequest(...parts);
  } catch (error) {
    throw new RequestProblem(describeError(error), { cause: error });
  }
}

async function authFor({ auth }: SmokeCheck, run: Run): Promise<Headers> {
  if (!auth) return {};
  try {
    const { headers, hidden } = authHeader(auth, await run.secret(auth.secret));
    for (const text of hidden) run.mask.hide(text);
    return headers;
  } catch (error) {
    throw new SecretError(describeError(error), { cause: error });
  }
}

type Expectations = Readonly<Record<'expect' | 'warn', SmokeExpectation>>;

/**
 * The default status of a check is 200, or any redirect if it expects one. If a check has status or redirect only in `warn`,
 * another status does not fail it.
 */
function withDefaultStatus({ expect = {}, warn = {} }: Pick<SmokeCheck, 'expect' | 'warn'>): Expectations {
  if (expect.status !== undefined) return { expect, warn };
  if (expect.redirect !== undefined) return { expect: { ...expect, status: '3xx' }, warn };
  if (warn.status !== undefined) return { expect, warn };
  if (warn.redirect !== undefined) return { expect, warn: { ...warn, status: '3xx' } };
  return { expect: { ...expect, status: 200 }, warn };
}

function brokenBy(error: unknown, check: SmokeCheck, { target, mask }: Run): AttemptProblem {
  if (target.signal.aborted) return timeoutProblem(target, 'unfinished');
  const miss = (expectation: string, expected: string, actual: string) => ({
    at: [],
    expectation,
    expected,
    actual: mask.excerpt(actual, REASON_LENGTH_MAX),
    soft: false,
  });
  const response = `a response within ${check.timeoutMs ?? TIMEOUT_MS_DEFAULT} ms`;
  if (error instanceof ExchangeTimeout) return miss('connection', response, 'timed out');
  if (error instanceof SecretError) return miss('secret', 'a secret that can be read', error.message);
  if (error instanceof RedirectRefused)
    return miss('redirect', 'a response at the end of the redirects', error.message);
  if (error instanceof RequestProblem) return miss('request', 'one that can be sent', error.message);
  const { kind, text } = exchangeProblem(error);
  const expected =
    { body: 'what its headers say', gate: 'a response that can be evaluated' }[kind as string] ?? response;
  return miss(kind === 'gate' ? 'check' : kind, expected, text);
}

export function timeoutProblem(target: CheckTarget, actual: 'unfinished' | 'not begun'): AttemptProblem {
  const expected = `done within ${Math.round(target.limitMs / 1_000)} s`;
  return { at: [], expectation: TIMEOUT, expected, actual, soft: false };
}
