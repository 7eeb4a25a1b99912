import { BATCH_BYTES_MAX, BATCH_EVENTS_MAX, EVENT_BYTES_MAX, sizeOf } from '../../core/log-limits';
import { AwsError, INTERNAL, type Operation, type World } from '../../core/service';
import { embeddedMetrics } from './embedded-metrics';
import { append, type LogState, type LogStream, type StreamInput } from './state';

/** Events older than 14 days or more than 2 hours ahead are not taken. */
const TOO_OLD_MS = 14 * 86_400_000;
const TOO_NEW_MS = 2 * 3_600_000;

type InputEvent = { readonly timestamp: number; readonly message: string };

/** How PutLogEvents finds what it writes to. */
interface Place {
  readonly resources: (input: StreamInput) => readonly string[];
  /** @throws AwsError ResourceNotFoundException */
  readonly streamOf: (input: StreamInput) => LogStream;
}

/** @throws AwsError InvalidParameterException for a batch, or an event, that is too large */
export function putLogEvents(
  world: World,
  state: LogState,
  { resources, streamOf }: Place,
): Operation<StreamInput & { logEvents: readonly InputEvent[] }> {
  return {
    resources,
    handle: (input) => {
      const stream = streamOf(input);
      verifySizes(input.logEvents);
      const nowMs = Math.floor(world.clock.now());
      const { taken, rejected } = sorted(input.logEvents, nowMs);
      append(
        stream,
        // Increasing ids keep events of one millisecond in order.
        taken.map((event) => ({ ...event, ingestionTime: nowMs, eventId: nextEventId(state) })),
      );
      extractMetrics(world, taken);
      return { nextSequenceToken: world.ids.hex(56), ...(rejected && { rejectedLogEventsInfo: rejected }) };
    },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_RejectedLogEventsInfo.html */
function sorted(events: readonly InputEvent[], nowMs: number) {
  // In the order of time, so the first ones may be too old and the last ones too new.
  const tooOldLogEventEndIndex = events.filter(({ timestamp }) => timestamp < nowMs - TOO_OLD_MS).length;
  const tooNew = events.findIndex(({ timestamp }) => timestamp > nowMs + TOO_NEW_MS);
  const rejected = {
    ...(tooNew >= 0 && { tooNewLogEventStartIndex: tooNew }),
    ...(tooOldLogEventEndIndex > 0 && { tooOldLogEventEndIndex }),
  };
  return {
    taken: events.slice(tooOldLogEventEndIndex, tooNew < 0 ? undefined : tooNew),
    rejected: Object.keys(rejected).length > 0 ? rejected : undefined,
  };
}

function verifySizes(events: readonly InputEvent[]): void {
  const refuse = (message: string) => {
    throw new AwsError('InvalidParameterException', message);
  };
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? timestamp))) {
    refuse('Log events in a single PutLogEvents request must be in chronological order.');
  }
  const sizes = events.map(({ message }) => sizeOf(message));
  const large = sizes.find((size) => size > EVENT_BYTES_MAX);
  if (large !== undefined) refuse(`Log event too large: ${large} bytes exceeds limit of ${EVENT_BYTES_MAX}`);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > BATCH_BYTES_MAX) refuse(`Upload too large: ${total} bytes exceeds limit of ${BATCH_BYTES_MAX}`);
  if (events.length > BATCH_EVENTS_MAX) {
    refuse(`Too many log events: ${events.length} exceeds limit of ${BATCH_EVENTS_MAX}`);
  }
}

/** CloudWatch does it by itself: nobody needs a permission for it, and nobody waits for it. */
function extractMetrics(world: World, events: readonly InputEvent[]): void {
  for (const input of events.flatMap(({ message }) => embeddedMetrics(message))) {
    world.call(INTERNAL, 'cloudwatch', 'PutMetricData', input).catch((error: unknown) => {
      const detail = `embedded metrics of ${input.Namespace} were not taken: ${(error as Error).message}`;
      world.events.record('logs', 'metrics-lost', detail, { namespace: input.Namespace });
    });
  }
}

const counters = new WeakMap<LogState, number>();

function nextEventId(state: LogState): string {
  const next = (counters.get(state) ?? 0) + 1;
  counters.set(state, next);
  return String(next).padStart(56, '0');
}
