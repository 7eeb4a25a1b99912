/**
 * What CloudWatch Logs takes at most. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */

/** Bytes that CloudWatch adds to each event when it counts. */
export const EVENT_OVERHEAD_BYTES = 26;
export const EVENT_BYTES_MAX = 256 * 1_024;
export const BATCH_BYTES_MAX = 1_048_576;
export const BATCH_EVENTS_MAX = 10_000;

/** Bytes of an event, as CloudWatch counts them. */
export function sizeOf(message: string): number {
  return Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
}

/** A line in as many pieces as it takes for each to be one event. No character is divided. */
export function eventsOf(line: string): string[] {
  const bytesMax = EVENT_BYTES_MAX - EVENT_OVERHEAD_BYTES;
  const bytes = Buffer.from(line);
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(bytes.length, from + bytesMax);
    // Bytes 10xxxxxx continue a character.
    while (to < bytes.length && ((bytes[to] as number) & 0xc0) === 0x80) to -= 1;
    pieces.push(bytes.toString('utf8', from, to));
    from = to;
  }
  return pieces.length === 0 ? [line] : pieces;
}

/** The events in batches that one PutLogEvents takes. */
export function batchesOf<T extends { readonly message: string }>(events: readonly T[]): T[][] {
  const batches: T[][] = [];
  let bytes = Infinity;
  for (const event of events) {
    const size = sizeOf(event.message);
    const batch = batches.at(-1);
    if (batch && bytes + size <= BATCH_BYTES_MAX && batch.length < BATCH_EVENTS_MAX) {
      batch.push(event);
      bytes += size;
    } else {
      batches.push([event]);
      bytes = size;
    }
  }
  return batches;
}
