import { build, type Histogram } from 'hdr-histogram-js';

/** One request of the load. */
export interface TrafficRecord {
  /** When it was meant to start, AWS time, milliseconds since the epoch. */
  readonly atMs: number;
  /** The Root of its X-Amzn-Trace-Id. */
  readonly traceId: string;
  readonly method: string;
  readonly path: string;
  /** Absent when there was no HTTP response. */
  readonly status?: number;
  /** Why there was none: `ECONNRESET`, `TIMEOUT`. */
  readonly error?: string;
  /** From the intended start to the end of the response, real milliseconds: waiting for a stalled sender counts. */
  readonly latencyMs: number;
}

export interface TrafficPath {
  readonly path: string;
  /** Default GET. */
  readonly method?: string;
  /** Share among the paths. Default 1. */
  readonly weight?: number;
}

const CHUNK = 4096;

/** Columns of up to 4096 requests: 25 bytes each, so that a million stay under 25 MB. */
class Chunk {
  readonly atMs = new Float64Array(CHUNK);
  readonly latencyMs = new Float32Array(CHUNK);
  readonly sequence = new Uint32Array(CHUNK);
  /** 0 when there was no response. */
  readonly status = new Uint16Array(CHUNK);
  readonly path = new Uint16Array(CHUNK);
  readonly error = new Uint8Array(CHUNK);
}

/** A request's result as the generator hands it over. */
export interface Sample {
  readonly sequence: number;
  readonly atMs: number;
  readonly pathIndex: number;
  readonly latencyMs: number;
  readonly status?: number;
  readonly error?: string;
}

/** Requests in the order in which they ended, in little memory. Beyond `limit` only totals and latency are kept. */
export class Records {
  private readonly chunks: Chunk[] = [];
  private readonly errors: string[] = [''];
  private kept = 0;
  /** Requests beyond the limit. */
  dropped = 0;
  /** Microseconds of every request with a response. */
  readonly latency: Histogram = build({ highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 });

  constructor(
    private readonly paths: readonly TrafficPath[],
    private readonly traceIdOf: (sequence: number, atMs: number) => string,
    private readonly limit: number,
  ) {}

  add(sample: Sample): void {
    if (sample.status !== undefined) this.latency.recordValue(Math.max(1, Math.round(sample.latencyMs * 1000)));
    if (this.kept >= this.limit) {
      this.dropped += 1;
      return;
    }
    const at = this.kept % CHUNK;
    if (at === 0) this.chunks.push(new Chunk());
    const chunk = this.chunks[this.chunks.length - 1] as Chunk;
    chunk.atMs[at] = sample.atMs;
    chunk.latencyMs[at] = sample.latencyMs;
    chunk.sequence[at] = sample.sequence;
    chunk.status[at] = sample.status ?? 0;
    chunk.path[at] = sample.pathIndex;
    chunk.error[at] = sample.error === undefined ? 0 : this.errorIndex(sample.error);
    this.kept += 1;
  }

  get length(): number {
    return this.kept;
  }

  all(): TrafficRecord[] {
    return Array.from({ length: this.kept }, (_, index) => this.at(index));
  }

  private at(index: number): TrafficRecord {
    const chunk = this.chunks[Math.floor(index / CHUNK)] as Chunk;
    const at = index % CHUNK;
    const path = this.paths[chunk.path[at] ?? 0] as TrafficPath;
    const atMs = chunk.atMs[at] ?? 0;
    const status = chunk.status[at] ?? 0;
    const error = this.errors[chunk.error[at] ?? 0] ?? '';
    return {
      atMs,
      traceId: this.traceIdOf(chunk.sequence[at] ?? 0, atMs),
      method: path.method ?? 'GET',
      path: path.path,
      ...(status > 0 && { status }),
      ...(error !== '' && { error }),
      latencyMs: chunk.latencyMs[at] ?? 0,
    };
  }

  /** Codes by number; the 255th kind and all after it share one. */
  private errorIndex(error: string): number {
    const known = this.errors.indexOf(error);
    if (known >= 0) return known;
    if (this.errors.length > 255) return 255;
    return this.errors.push(error) - 1;
  }
}
