import { readFileSync } from 'node:fs';
import type { AccessLogEntry } from '../../services/elasticloadbalancing/data-plane/access-log';
import type { LocalAws } from '../../local-aws';
import type { RequestCounts } from '../report/document';
import { countRequests, type Sides } from '../report/requests';
import { attribute, type AttributedRecord, isLost, startTraffic, type Traffic, type TrafficRecord } from '../traffic';
import type { Lane } from '../synthesis/lanes';
import type { LiveService } from './live';
import { placeOf } from './places';

/** More lost requests than this are counted, not listed one by one. */
const LOST_LISTED_MAX = 20;
/** How long the load balancer's log is waited for, once the load has ended. */
const LOG_WALL_MS_MAX = 2_000;

export interface LoadResult {
  readonly total: RequestCounts;
  /** By the service's name. */
  readonly byService: ReadonlyMap<string, RequestCounts>;
  /** Every request, in the order of its intended start. */
  readonly requests: readonly AttributedRecord[];
}

interface RunningLane {
  readonly lane: Lane;
  readonly traffic: Traffic;
}

/** The traffic of one release, and what the load balancers say of it. It begins at once. */
export class Load {
  private readonly entries: AccessLogEntry[] = [];
  private readonly unsubscribe: readonly (() => void)[];
  private readonly running: readonly RunningLane[];
  private result?: Promise<LoadResult>;

  constructor(
    private readonly aws: LocalAws,
    private readonly services: readonly LiveService[],
    lanes: readonly Lane[],
  ) {
    const listeners = new Set(lanes.map(({ listenerArn }) => listenerArn));
    this.unsubscribe = aws.places().map(({ services: { elasticloadbalancing } }) =>
      elasticloadbalancing.onAccess((entry) => {
        if (listeners.has(entry.listenerArn)) this.entries.push(entry);
      }),
    );
    this.running = lanes.map((lane, index) => ({ lane, traffic: this.start(lane, index) }));
  }

  /** Stops the load, waits for the responses still due, and adds up. The same promise each time. */
  end(): Promise<LoadResult> {
    this.result ??= this.finish();
    return this.result;
  }

  private start(lane: Lane, index: number): Traffic {
    const { authorityFile } = this.aws.network;
    return startTraffic({
      url: placeOf(this.aws, lane.listenerArn).services.elasticloadbalancing.listenerUrl(lane.listenerArn),
      clock: this.aws.clock,
      host: lane.host,
      headers: lane.headers,
      certificateAuthority: authorityFile && readFileSync(authorityFile, 'utf8'),
      ratePerSecond: lane.rate,
      paths: lane.paths,
      // Trace ids tell whose request an entry of the log is.
      seed: index + 1,
    });
  }

  private async finish(): Promise<LoadResult> {
    const logs = await Promise.all(
      this.running.map(async ({ lane, traffic }) => ({ lane, ...(await traffic.stop()) })),
    );
    await this.untilLogged(logs.flatMap(({ records }) => records));
    for (const end of this.unsubscribe) end();
    const sent = logs.flatMap(({ lane, records }) =>
      attribute(records, this.entries).map((request) => ({ request, service: this.ownerOf(request) ?? lane.service })),
    );
    sent.sort((a, b) => a.request.atMs - b.request.atMs);
    const requests = sent.map(({ request }) => request);
    this.tellLost(requests.filter(isLost));
    const byService = this.services.map((service): [string, RequestCounts] => {
      const own = sent.filter((each) => each.service === service.name).map(({ request }) => request);
      return [service.name, countRequests(own, sidesOf([service]))];
    });
    return { total: countRequests(requests, sidesOf(this.services)), byService: new Map(byService), requests };
  }

  /** Traffic may move from one service to another: a request is that one's whose target was chosen. */
  private ownerOf({ targetGroupArn = '' }: AttributedRecord): string | undefined {
    return this.services.find(({ targetGroupArns }) => targetGroupArns.includes(targetGroupArn))?.name;
  }

  /** A client has its whole response a moment before the load balancer writes it to its log. */
  private async untilLogged(records: readonly TrafficRecord[]): Promise<void> {
    const endMs = performance.now() + LOG_WALL_MS_MAX;
    const complete = records.filter(({ status }) => status !== undefined);
    while (performance.now() < endMs) {
      const logged = new Set(this.entries.map(({ traceId }) => traceId));
      if (complete.every(({ traceId }) => logged.has(traceId))) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private tellLost(lost: readonly AttributedRecord[]): void {
    for (const { atMs, method, path, status, error, target } of lost.slice(0, LOST_LISTED_MAX)) {
      const what = status === undefined ? `no response (${error ?? 'unknown'})` : `${status} by the load balancer`;
      const detail = `${method} ${path} at ${new Date(atMs).toISOString()}: ${what}`;
      this.aws.events.record('traffic', 'lost', detail, { atMs, status, error, target });
    }
  }
}

/** The side being released is the one that is not live as the release begins; a rolling update has no sides. */
function sidesOf(services: readonly LiveService[]): Sides {
  const isPair = ({ targetGroupArns }: LiveService) => targetGroupArns.length > 1;
  const pairs = services.filter(isPair);
  const single = services.filter((service) => !isPair(service));
  return {
    blue: [
      ...pairs.flatMap(({ targetGroupArns }) => targetGroupArns[0] ?? []),
      ...single.flatMap(({ targetGroupArns }) => targetGroupArns),
    ],
    green: pairs.flatMap(({ targetGroupArns }) => targetGroupArns[1] ?? []),
    exposed: pairs.flatMap(({ targetGroupArns, liveTargetGroupArn }) =>
      targetGroupArns.filter((arn) => arn !== liveTargetGroupArn),
    ),
  };
}
