import type { Duration } from 'aws-cdk-lib';
import type { Suite } from '../../smoke/suite';
import type { ComparedRequest, ComparisonOptions } from './comparison';
import { defined } from '../internal/defined';

type Compare = Exclude<NonNullable<Suite['compare']>, boolean>;

/** The `compare` of a suite, as the gate reads it. Keys stand in one order, so that the asset's hash is stable. */
export function renderComparison(options: ComparisonOptions): Compare {
  const { latencyFloor, timeout, requestTimeout } = options;
  return defined<Compare>({
    requests: options.requests?.map(renderRequest),
    alpha: options.alpha,
    confidence: options.confidence,
    errorMarginPercent: options.errorMarginPercent,
    latencyRatio: options.latencyRatio,
    latencyFloorMs: latencyFloor?.toMilliseconds(),
    maxRequests: options.maxRequests,
    timeoutSeconds: timeout?.toSeconds({ integral: false }),
    requestsPerSecond: options.requestsPerSecond,
    concurrency: options.concurrency,
    requestTimeoutMs: requestTimeout?.toMilliseconds(),
    headers: options.headers,
    failOnDifferences: options.failOnDifferences,
    notEnoughData: options.notEnoughData,
  });
}

function renderRequest({ name, method, path, headers }: ComparedRequest): NonNullable<Compare['requests']>[number] {
  return defined({ name, method: method as 'GET' | undefined, path, headers });
}

/** @returns the problem when the comparison needs more time than the gate has */
export function comparisonTimeProblem({ compare }: Suite, timeout: Duration): string | undefined {
  const seconds = typeof compare === 'object' ? (compare.timeoutSeconds ?? 0) : 0;
  if (timeout.isUnresolved() || seconds <= timeout.toSeconds()) return undefined;
  return (
    `the comparison's timeout ${seconds} s: one run of the suite has ${timeout.toSeconds()} s, and the ` +
    'comparison is part of it: lower it, or raise the timeout of the gate (gate.timeout)'
  );
}
