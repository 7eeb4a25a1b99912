import type { ResponseDifference } from './result';
import { type ComparisonRule, RULE_DEFAULT } from './statistics/rule';

/** A request that is sent to both sides, again and again: it must not change anything. */
export interface ComparedRequest {
  /** Default: method and path. */
  readonly name?: string;
  /** GET, HEAD or OPTIONS. Default GET. */
  readonly method?: string;
  /** Begins with `/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The suite's `compare`: green against live blue. docs/comparison.md explains it. */
export interface ComparisonOptions {
  /** Default: the suite's checks whose method is safe. */
  readonly requests?: readonly ComparedRequest[];
  /** Chance of a false stop. Default 0.01. */
  readonly alpha?: number;
  /** Of "not worse". Default 0.95. */
  readonly confidence?: number;
  /** Share of requests that may fail more, in percent. Default 1. */
  readonly errorMarginPercent?: number;
  /** Green may take this many times as long. Default 1.1. */
  readonly latencyRatio?: number;
  /** ...or this much longer, whichever is more. Default 5. */
  readonly latencyFloorMs?: number;
  /** Requests to both sides together, at most. Default 10000. */
  readonly requestsMax?: number;
  /** Default 120. */
  readonly timeLimitSeconds?: number;
  /** To both sides together: half of them meet the live side. Default 100. */
  readonly requestsPerSecond?: number;
  /** Pairs under way at a time. Default 4. */
  readonly concurrency?: number;
  /** Of one attempt. Default 5000. */
  readonly timeoutMs?: number;
  /** Headers to compare. Default `content-type`. */
  readonly headers?: readonly string[];
  /** Kinds of differences that fail the gate, or all of them. Default none: they are reported. */
  readonly failOnDifferences?: boolean | readonly ResponseDifference['kind'][];
  /** Whether too little data fails the gate. Default `fail`: it is never a pass unless asked for. */
  readonly notEnoughData?: 'fail' | 'warn';
}

/** The options with all defaults. */
export type ComparisonPlan = Required<ComparisonOptions> & { readonly rule: ComparisonRule };

/** Methods that only read (RFC 9110, 9.2.1); no other is ever sent twice. */
export const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Whether a check can be sent as it stands, again and again: safe, with no secret or value of another in it. */
export function standsAlone(check: {
  readonly method?: unknown;
  readonly path?: unknown;
  readonly query?: unknown;
  readonly headers?: unknown;
  readonly auth?: unknown;
}): boolean {
  const { method = 'GET', path, query, headers, auth } = check;
  const isSafe = typeof method === 'string' && SAFE_METHODS.includes(method);
  const texts = [path, ...[headers, query].flatMap((each) => Object.values(each ?? {}) as unknown[]).flat()];
  return isSafe && !auth && !texts.some((text) => typeof text === 'string' && text.includes('${'));
}

export const DIFFERENCE_KINDS: readonly ResponseDifference['kind'][] = [
  'status',
  'header',
  'json-missing',
  'json-added',
  'json-type',
  'json-value',
  'body',
];

/** @throws RangeError when there is no request, or one that is not safe: nothing is sent then */
export function planOf(options: ComparisonOptions, fallback: readonly ComparedRequest[] = []): ComparisonPlan {
  const requests = options.requests ?? fallback.filter((it) => SAFE_METHODS.includes(it.method ?? 'GET'));
  if (requests.length === 0) throw new RangeError('compare.requests is empty: list at least one GET, HEAD or OPTIONS');
  for (const { method = 'GET', path } of requests) {
    if (SAFE_METHODS.includes(method)) continue;
    throw new RangeError(
      `compare.requests has ${method} ${path}: only ${SAFE_METHODS.join(', ')} are sent to both sides`,
    );
  }
  const requestsMax = options.requestsMax ?? 2 * RULE_DEFAULT.pairsMax;
  const rule: ComparisonRule = {
    ...RULE_DEFAULT,
    ...defined({ alpha: options.alpha, confidence: options.confidence }),
    ...defined({ latencyRatio: options.latencyRatio, latencyFloorMs: options.latencyFloorMs }),
    errorMargin: (options.errorMarginPercent ?? RULE_DEFAULT.errorMargin * 100) / 100,
    pairsMax: Math.floor(requestsMax / 2),
  };
  return {
    ...rule,
    errorMarginPercent: rule.errorMargin * 100,
    requestsMax,
    timeLimitSeconds: options.timeLimitSeconds ?? 120,
    requestsPerSecond: options.requestsPerSecond ?? 100,
    concurrency: options.concurrency ?? 4,
    timeoutMs: options.timeoutMs ?? 5_000,
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
