import type { Clock, Timer } from '../../core/clock';
import { Ids } from '../../core/ids';
import { Connections } from './connections';
import { request } from './request';
import { Records, type TrafficPath, type TrafficRecord } from './records';

export { type AttributedRecord, attribute, isFailed, isLost } from './attribute';
export type { TrafficPath, TrafficRecord } from './records';

export interface TrafficOptions {
  /** Base URL of a listener, `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** AWS time. With a `speed` its seconds are that much shorter than real ones. */
  readonly clock: Clock & { readonly speed?: number };
  /** Requests a second of AWS time. Give this or `ratePerSecondWall`. */
  readonly ratePerSecond?: number;
  /** Requests per real second. */
  readonly ratePerSecondWall?: number;
  /** Default `[{ path: '/' }]`. */
  readonly paths?: readonly TrafficPath[];
  /** Host header and TLS server name. Default: those of the URL. */
  readonly host?: string;
  /** PEM of the authority that an HTTPS listener's certificate must come from. Default: the public ones. */
  readonly certificateAuthority?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Timeout of one request, real milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** Decides the order of the paths and the trace ids. Default 1. */
  readonly seed?: number;
  /** Requests kept in full; beyond it only totals are. Default 1,000,000. */
  readonly maxRecords?: number;
}

export interface TrafficLog {
  /** In the order in which they ended. */
  readonly records: readonly TrafficRecord[];
  /** Requests sent but not in `records`, because of `maxRecords`. */
  readonly dropped: number;
  /** Of requests with a response, real milliseconds. @param percentile 0 to 100; 0 without a response */
  latencyMs(percentile: number): number;
}

export interface Traffic {
  /** Ends the load and waits for the responses still due. The same promise each time. */
  stop(): Promise<TrafficLog>;
}

/** At most this many real milliseconds between two checks of the schedule. */
const TICK_REAL_MS = 20;

/**
 * Starts an open-loop load: request n is due at n / rate, whatever became of those before it, and its latency is
 * counted from when it was due, so that a service that is slow cannot hide it ("coordinated omission"). A stall of this
 * process is none of the service's: AWS time stops in it, so nothing falls due.
 * @throws RangeError when the rate is not a number of at least 0, or no path has a weight
 */
export function startTraffic(options: TrafficOptions): Traffic {
  const load = new Load(options);
  load.begin();
  let stopped: Promise<TrafficLog> | undefined;
  return { stop: () => (stopped ??= load.end()) };
}

class Load {
  private readonly connections: Connections;
  private readonly records: Records;
  private readonly speed: number;
  /** Requests a millisecond of AWS time. */
  private readonly rate: number;
  private readonly startMs: number;
  private readonly chance: Ids;
  private readonly paths: readonly TrafficPath[];
  private readonly tracePrefix: string;
  private readonly headers: readonly string[];
  private readonly pending = new Set<Promise<void>>();
  private sent = 0;
  private timer?: Timer;

  constructor(private readonly options: TrafficOptions) {
    const { clock, seed = 1, paths = [{ path: '/' }], maxRecords = 1_000_000 } = options;
    this.speed = clock.speed ?? 1;
    this.rate = ratePerMs(options, this.speed);
    this.startMs = clock.now();
    this.chance = new Ids(seed);
    this.paths = checkPaths(paths);
    this.tracePrefix = this.chance.hex(16);
    const host = options.host === undefined ? {} : { Host: options.host };
    this.headers = Object.entries({ ...host, ...options.headers }).flat();
    this.records = new Records(paths, (sequence, atMs) => this.traceId(sequence, atMs), maxRecords);
    this.connections = new Connections(options.url, { ca: options.certificateAuthority, servername: options.host });
  }

  begin(): void {
    if (this.rate > 0) this.tick();
  }

  async end(): Promise<TrafficLog> {
    this.timer?.cancel();
    await Promise.all(this.pending);
    await this.connections.destroy();
    const { records } = this;
    return {
      records: records.all(),
      dropped: records.dropped,
      latencyMs: (percentile) =>
        records.latency.totalCount === 0 ? 0 : records.latency.getValueAtPercentile(percentile) / 1000,
    };
  }

  private tick(): void {
    const nowMs = this.options.clock.now();
    while (this.dueMs(this.sent) <= nowMs) this.send(this.sent++);
    const waitMs = Math.min(this.dueMs(this.sent) - nowMs, TICK_REAL_MS * this.speed);
    this.timer = this.options.clock.after(waitMs, () => this.tick());
  }

  private dueMs(sequence: number): number {
    return this.startMs + sequence / this.rate;
  }

  private send(sequence: number): void {
    const atMs = this.dueMs(sequence);
    const { clock, timeoutMs = 10_000 } = this.options;
    const sentMs = clock.realNow();
    const lateMs = (clock.now() - atMs) / this.speed;
    const pathIndex = this.choosePath();
    const { path, method = 'GET' } = this.paths[pathIndex] as TrafficPath;
    const headers = [...this.headers, 'X-Amzn-Trace-Id', `Root=${this.traceId(sequence, atMs)}`];
    const done = request(this.connections, { path, method, headers, clock, timeoutMs }).then((result) => {
      this.pending.delete(done);
      const latencyMs = Math.max(0, clock.realNow() - sentMs + lateMs);
      this.records.add({ sequence, atMs, pathIndex, latencyMs, ...result });
    });
    this.pending.add(done);
  }

  private choosePath(): number {
    if (this.paths.length === 1) return 0;
    const total = this.paths.reduce((sum, { weight = 1 }) => sum + weight, 0);
    let point = this.chance.random() * total;
    return this.paths.findIndex(({ weight = 1 }) => (point -= weight) < 0);
  }

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
  private traceId(sequence: number, atMs: number): string {
    const seconds = Math.floor(atMs / 1000)
      .toString(16)
      .padStart(8, '0');
    return `1-${seconds}-${this.tracePrefix}${sequence.toString(16).padStart(8, '0')}`;
  }
}

function ratePerMs({ ratePerSecond, ratePerSecondWall }: TrafficOptions, speed: number): number {
  const rate = ratePerSecond ?? (ratePerSecondWall ?? NaN) / speed;
  if (!(rate >= 0 && Number.isFinite(rate))) {
    throw new RangeError(`rate ${ratePerSecond ?? ratePerSecondWall}: a number of requests a second, 0 or more`);
  }
  return rate / 1000;
}

function checkPaths(paths: readonly TrafficPath[]): readonly TrafficPath[] {
  if (!paths.some(({ weight = 1 }) => weight > 0)) throw new RangeError('paths: at least one with a weight above 0');
  const wrong = paths.find(({ path }) => !path.startsWith('/'));
  if (wrong) throw new RangeError(`path '${wrong.path}': begins with '/'`);
  return paths;
}
