/** What CloudWatch Logs holds: groups, their streams, and the newest events of each. */

export interface LogEvent {
  readonly eventId: string;
  /** AWS time of the event, milliseconds since the epoch. */
  readonly timestamp: number;
  /** AWS time of PutLogEvents. */
  readonly ingestionTime: number;
  readonly message: string;
}

export interface LogStream {
  readonly name: string;
  readonly creationTime: number;
  readonly events: LogEvent[];
}

export interface LogGroup {
  readonly name: string;
  readonly creationTime: number;
  /** Absent: kept for ever. */
  retentionInDays?: number;
  readonly streams: Map<string, LogStream>;
}

/** Names a group in a call. */
export interface GroupInput {
  readonly logGroupName?: string;
  /** A name or an ARN. */
  readonly logGroupIdentifier?: string;
}

/** Names a stream in a call. */
export type StreamInput = GroupInput & { readonly logStreamName: string };

/** Newest events that one stream keeps: a rehearsal is short, its memory is not endless. */
export const STREAM_EVENTS_MAX = 10_000;

const DAY_MS = 86_400_000;

export class LogState {
  readonly groups = new Map<string, LogGroup>();
}

/** Adds events in order of time; the oldest go when the stream is full. */
export function append(stream: LogStream, added: readonly LogEvent[]): void {
  const last = stream.events.at(-1)?.timestamp ?? -Infinity;
  const inOrder = added.every((event, index) => event.timestamp >= (added[index - 1]?.timestamp ?? last));
  stream.events.push(...added);
  if (!inOrder) stream.events.sort((a, b) => a.timestamp - b.timestamp);
  if (stream.events.length > STREAM_EVENTS_MAX) stream.events.splice(0, stream.events.length - STREAM_EVENTS_MAX);
}

/** The stream's events that the group's retention has not expired. */
export function retained(group: LogGroup, stream: LogStream, nowMs: number): readonly LogEvent[] {
  if (group.retentionInDays === undefined) return stream.events;
  const sinceMs = nowMs - group.retentionInDays * DAY_MS;
  return stream.events.filter((event) => event.timestamp >= sinceMs);
}

/** Events of several streams with their stream's name, by time. */
export function interleave(
  group: LogGroup,
  streams: readonly LogStream[],
  nowMs: number,
): readonly (LogEvent & { readonly logStreamName: string })[] {
  return streams
    .flatMap((stream) => retained(group, stream, nowMs).map((event) => ({ ...event, logStreamName: stream.name })))
    .sort((a, b) => a.timestamp - b.timestamp || (a.eventId < b.eventId ? -1 : 1));
}
