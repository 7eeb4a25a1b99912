/** One request through a load balancer, as its access log shows it. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html */
export interface AccessLogEntry {
  /** AWS time when the request was received, milliseconds since the epoch. */
  readonly atMs: number;
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
  readonly listenerPort: number;
  /** Absent when no target was chosen; present on a 502 or 504, as in AWS's log: the group whose target failed. */
  readonly targetGroupArn?: string;
  /** `10.0.1.5:8080`, absent likewise. */
  readonly target?: string;
  readonly elbStatusCode: number;
  /** Absent when no target responded. */
  readonly targetStatusCode?: number;
  /** From the request sent to the target until its response headers, wall milliseconds. */
  readonly targetProcessingMs?: number;
  /** The `Root=` of X-Amzn-Trace-Id: the client's own when it sent one. */
  readonly traceId: string;
}

export type AccessLogListener = (entry: AccessLogEntry) => void;
