import { readFileSync } from 'node:fs';
import type { AccessLogEntry } from '../elasticloadbalancing/access-log';
import type { LocalAws } from '../index';
import type { Plan } from '../plan/plan';
import type { RequestCounts } from '../report/document';
import { countRequests } from '../report/requests';
import { attribute, type AttributedRecord, isLost, startTraffic, type Traffic, type TrafficRecord } from '../traffic';
import type { LiveService } from './live';

/** More lost requests than this are counted, not told one by one. */
const LOST_TOLD_MAX = 20;
/** How long the load balancer's log is waited for, once the load has ended. */
const LOG_WALL_MS_MAX = 2_000;

/** The traffic of one release, and what the load balancer says of it. It begins at once. */
export class Load {
  private readonly entries: AccessLogEntry[] = [];
  private readonly unsubscribe: () => void;
  private readonly traffic: Traffic;
  private counts?: Promise<RequestCounts>;

  constructor(
    private readonly aws: Pick<LocalAws, 'clock' | 'events' | 'services' | 'network'>,
    private readonly service: LiveService,
    { traffic }: Pick<Plan, 'traffic'>,
  ) {
    const { elasticloadbalancing } = aws.services;
    const { authorityFile } = aws.network;
    this.unsubscribe = elasticloadbalancing.onAccess((entry) => {
      if (entry.listenerArn === service.productionListenerArn) this.entries.push(entry);
    });
    this.traffic = startTraffic({
      url: elasticloadbalancing.listenerUrl(service.productionListenerArn),
      clock: aws.clock,
      host: traffic.host,
      certificateAuthority: authorityFile && readFileSync(authorityFile, 'utf8'),
      ratePerSecond: traffic.rate,
      paths: traffic.paths.map((path) => (typeof path === 'string' ? { path, weight: 1 } : path)),
    });
  }

  /** Stops the load, waits for the answers still due, and adds up. The same promise each time. */
  end(): Promise<RequestCounts> {
    this.counts ??= this.finish();
    return this.counts;
  }

  private async finish(): Promise<RequestCounts> {
    const log = await this.traffic.stop();
    await this.untilLogged(log.records);
    this.unsubscribe();
    const { blueTargetGroupArn: blue, greenTargetGroupArn: green, liveTargetGroupArn: live } = this.service;
    const requests = attribute(log.records, this.entries);
    this.tellLost(requests.filter(isLost));
    return countRequests(requests, { blue, green, candidate: live === blue ? green : blue });
  }

  /** A client has its answer whole a moment before the load balancer writes it into its log. */
  private async untilLogged(records: readonly TrafficRecord[]): Promise<void> {
    const endMs = performance.now() + LOG_WALL_MS_MAX;
    const answered = records.filter(({ status }) => status !== undefined);
    while (performance.now() < endMs) {
      const logged = new Set(this.entries.map(({ traceId }) => traceId));
      if (answered.every(({ traceId }) => logged.has(traceId))) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private tellLost(lost: readonly AttributedRecord[]): void {
    for (const { atMs, method, path, status, error, target } of lost.slice(0, LOST_TOLD_MAX)) {
      const what = status === undefined ? `no answer (${error ?? 'unknown'})` : `${status} by the load balancer`;
      const detail = `${method} ${path} at ${new Date(atMs).toISOString()}: ${what}`;
      this.aws.events.record('traffic', 'lost', detail, { atMs, status, error, target });
    }
  }
}
