import type { AccessLogEntry } from '../../services/elasticloadbalancing/data-plane/access-log';
import type { TrafficRecord } from './records';

/** A request of the load with what the load balancer's access log says of it. */
export interface AttributedRecord extends TrafficRecord {
  /** The group whose target was chosen; absent when the request never got that far. */
  readonly targetGroupArn?: string;
  /** `10.0.1.5:8080`, absent likewise. */
  readonly target?: string;
  /** Absent when no target responded. */
  readonly targetStatus?: number;
  /** The status that the load balancer logged; absent when it never saw the request. */
  readonly elbStatus?: number;
}

/** Joins the load with the access log by trace id. Entries of other clients are ignored. */
export function attribute(
  records: readonly TrafficRecord[],
  entries: readonly AccessLogEntry[],
): readonly AttributedRecord[] {
  const byTrace = new Map(entries.map((entry) => [entry.traceId, entry]));
  return records.map((record) => {
    const entry = byTrace.get(record.traceId);
    if (!entry) return record;
    return {
      ...record,
      elbStatus: entry.elbStatusCode,
      ...(entry.targetGroupArn !== undefined && { targetGroupArn: entry.targetGroupArn }),
      ...(entry.target !== undefined && { target: entry.target }),
      ...(entry.targetStatusCode !== undefined && { targetStatus: entry.targetStatusCode }),
    };
  });
}

/** No HTTP response, or a 5xx that the load balancer made up because no target responded. */
export function isLost(record: AttributedRecord): boolean {
  return record.status === undefined || (record.status >= 500 && record.targetStatus === undefined);
}

/** A target responded with a 5xx. */
export function isFailed(record: AttributedRecord): boolean {
  return !isLost(record) && (record.targetStatus ?? 0) >= 500;
}
