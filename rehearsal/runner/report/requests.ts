import { build } from 'hdr-histogram-js';
import { type AttributedRecord, isFailed, isLost } from '../traffic';
import type { RequestCounts } from './document';

/** Target groups by side. */
export interface Sides {
  readonly blue: readonly string[];
  readonly green: readonly string[];
  /** Those of the versions being released. */
  readonly exposed: readonly string[];
}

export const noRequests: RequestCounts = {
  total: 0,
  lost: 0,
  failed: 0,
  bySide: { blue: { ok: 0, failed: 0 }, green: { ok: 0, failed: 0 } },
  exposed: { total: 0, failed: 0 },
  latencyMs: { p50: 0, p99: 0 },
};

/** Adds the load up. */
export function countRequests(requests: readonly AttributedRecord[], sides: Sides): RequestCounts {
  const histogram = build({ highestTrackableValue: 3_600_000, numberOfSignificantValueDigits: 3 });
  const complete = requests.filter((request) => !isLost(request));
  for (const request of complete) histogram.recordValue(Math.max(1, Math.round(request.latencyMs)));
  const of = (arns: readonly string[]) => complete.filter(({ targetGroupArn = '' }) => arns.includes(targetGroupArn));
  const split = (arns: readonly string[]) => {
    const failed = of(arns).filter(isFailed).length;
    return { ok: of(arns).length - failed, failed };
  };
  const exposed = of(sides.exposed);
  return {
    total: requests.length,
    lost: requests.length - complete.length,
    failed: complete.filter(isFailed).length,
    bySide: { blue: split(sides.blue), green: split(sides.green) },
    exposed: { total: exposed.length, failed: exposed.filter(isFailed).length },
    latencyMs: { p50: percentile(histogram, 50), p99: percentile(histogram, 99) },
  };
}

function percentile(histogram: ReturnType<typeof build>, at: number): number {
  return histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(at);
}
