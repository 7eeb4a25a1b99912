import type { Clock } from './clock';

/** One thing that happened in the rehearsed world, for the timeline. */
export interface RehearsalEvent {
  /** AWS time, milliseconds since the epoch. */
  readonly atMs: number;
  /** The service it happened in: `codedeploy`, `cloudformation`, `elb`, `ecs`, `lambda`, `cloudwatch`, `iam`. */
  readonly source: string;
  /** A short, stable name: `lifecycle`, `weights`, `alarm-state`, `task-stopped`. */
  readonly event: string;
  /** One line for people. */
  readonly detail: string;
  /** The same facts for machines; tests and the report read these, never `detail`. */
  readonly data: Readonly<Record<string, unknown>>;
}

export type EventListener = (event: RehearsalEvent) => void;

/** What happened, in order. Listeners see an event the moment it is recorded. */
export class EventLog {
  private readonly recorded: RehearsalEvent[] = [];
  private readonly listeners = new Set<EventListener>();

  constructor(private readonly clock: Clock) {}

  record(source: string, event: string, detail: string, data: Readonly<Record<string, unknown>> = {}): void {
    const entry = { atMs: this.clock.now(), source, event, detail, data };
    this.recorded.push(entry);
    for (const listener of [...this.listeners]) listener(entry);
  }

  /** Everything recorded so far, oldest first. */
  all(): readonly RehearsalEvent[] {
    return this.recorded;
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
