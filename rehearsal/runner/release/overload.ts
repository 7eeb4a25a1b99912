import { type AttributedRecord, isLost } from '../traffic';

/** Fewer requests than this say nothing. */
const REQUESTS_MIN = 40;
/** A share of lost requests that no quiet service has. */
const LOST_SHARE_MIN = 0.02;
/** Real milliseconds. A queue makes each request wait longer than the one before it; a slow service does not. */
const QUEUE_MS_MIN = 500;
const GROWTH_MIN = 3;

/**
 * Whether the service could not carry the load before the release had changed anything. Then what is lost later says
 * nothing about the release.
 * @param quiet the requests of that time, in the order of their intended start
 * @returns what was seen, or nothing
 */
export function overloadOf(quiet: readonly AttributedRecord[]): string {
  if (quiet.length < REQUESTS_MIN) return '';
  const lost = quiet.filter(isLost).length;
  if (lost / quiet.length >= LOST_SHARE_MIN) return `${lost} of ${quiet.length} requests had no response`;
  const quarter = Math.floor(quiet.length / 4);
  const first = median(quiet.slice(0, quarter));
  const last = median(quiet.slice(-quarter));
  if (last < QUEUE_MS_MIN || last < first * GROWTH_MIN) return '';
  return `the latency grew from ${Math.round(first)} ms to ${Math.round(last)} ms`;
}

function median(requests: readonly AttributedRecord[]): number {
  const sorted = requests.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
