import { isSafe, SAFE_METHODS } from '../methods';
import type { Suite } from '../suite/model';
import { type ComparisonRule, RULE_DEFAULT } from './statistics/rule';

type Compare = Exclude<NonNullable<Suite['compare']>, boolean>;

/** A request that is sent to both sides many times. It must not change anything. */
export interface ComparedRequest extends Omit<NonNullable<Compare['requests']>[number], 'method'> {
  readonly method?: string;
}

/** The suite's `compare`: green against live blue. docs/comparison.md explains it. */
export interface ComparisonOptions extends Omit<Compare, 'requests'> {
  readonly requests?: readonly ComparedRequest[];
}

/** The options with all defaults. */
export type ComparisonPlan = Required<ComparisonOptions> & { readonly rule: ComparisonRule };

/** Whether a check can be sent many times without preparation: it is safe, and has no secret and no value of another check. */
export function isIndependent(check: {
  readonly method?: unknown;
  readonly path?: unknown;
  readonly query?: unknown;
  readonly headers?: unknown;
  readonly auth?: unknown;
}): boolean {
  const { method = 'GET', path, query, headers, auth } = check;
  const changesNothing = typeof method === 'string' && isSafe(method);
  const texts = [path, ...[headers, query].flatMap((each) => Object.values(each ?? {}) as unknown[]).flat()];
  return changesNothing && !auth && !texts.some((text) => typeof text === 'string' && text.includes('${'));
}

/** @throws RangeError if there is no request, or one that is not safe. Nothing is sent then. */
export function planOf(options: ComparisonOptions, fallback: readonly ComparedRequest[] = []): ComparisonPlan {
  const requests = options.requests ?? fallback.filter((it) => isSafe(it.method ?? 'GET'));
  if (requests.length === 0) throw new RangeError('compare.requests is empty: list at least one GET, HEAD or OPTIONS');
  for (const { method = 'GET', path } of requests) {
    if (isSafe(method)) continue;
    throw new RangeError(
      `compare.requests has ${method} ${path}: only ${SAFE_METHODS.join(', ')} are sent to both sides`,
    );
  }
  const maxRequests = options.maxRequests ?? 2 * RULE_DEFAULT.pairsMax;
  const rule: ComparisonRule = {
    ...RULE_DEFAULT,
    ...defined({ alpha: options.alpha, confidence: options.confidence }),
    ...defined({ latencyRatio: options.latencyRatio, latencyFloorMs: options.latencyFloorMs }),
    errorMargin: (options.errorMarginPercent ?? RULE_DEFAULT.errorMargin * 100) / 100,
    pairsMax: Math.floor(maxRequests / 2),
  };
  return {
    ...rule,
    errorMarginPercent: rule.errorMargin * 100,
    maxRequests,
    timeoutSeconds: options.timeoutSeconds ?? 120,
    requestsPerSecond: options.requestsPerSecond ?? 100,
    concurrency: options.concurrency ?? 4,
    requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
    headers: (options.headers ?? ['content-type']).map((name) => name.toLowerCase()),
    failOnDifferences: options.failOnDifferences ?? false,
    notEnoughData: options.notEnoughData ?? 'fail',
    requests,
    rule,
  };
}

function defined<T extends object>(values: T): { [K in keyof T]: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: NonNullable<T[K]> };
}
