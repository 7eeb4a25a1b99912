/** Time of a world: it moves from one timer to the next, and the product's dates and timers follow it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, sleepOn, type Timer } from '../../rehearsal/core/clock/clock';

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

const RealDate = Date;
const realSetImmediate = setImmediate;

/** Everything in a world is computed at once, so that no real time passes between two timers. */
export class WorldClock implements Clock {
  /** A binary heap by time, then by order of creation. */
  private readonly heap: Due[] = [];
  private order = 0;

  constructor(private nowMs = RealDate.UTC(2026, 0, 1)) {}

  now(): number {
    return this.nowMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const due: Due = { atMs: this.nowMs + Math.max(0, delayMs), order: this.order++, callback, cancelled: false };
    push(this.heap, due);
    return { cancel: () => void (due.cancelled = true) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  realNow(): number {
    return this.nowMs;
  }

  afterReal(delayMs: number, callback: () => void): Timer {
    return this.after(delayMs, callback);
  }

  compute(): () => void {
    return () => undefined;
  }

  /** Moves time on by `durationMs`; everything that follows from one timer is done before the next. */
  async advance(durationMs: number, until: () => boolean = () => false): Promise<void> {
    const endMs = this.nowMs + durationMs;
    await settled();
    while (!until()) {
      const next = this.heap[0];
      if (!next || next.atMs > endMs) break;
      pop(this.heap);
      if (next.cancelled) continue;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
      await settled();
    }
    if (!until()) this.nowMs = endMs;
  }
}

/** There is no I/O in a world: one turn of the event loop is after every promise that can settle. */
function settled(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}

const before = (a: Due, b: Due) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

function push(heap: Due[], due: Due): void {
  let at = heap.push(due) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(due, heap[parent] as Due)) break;
    heap[at] = heap[parent] as Due;
    at = parent;
  }
  heap[at] = due;
}

function pop(heap: Due[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child + 1 < heap.length && before(heap[child + 1] as Due, heap[child] as Due)) child += 1;
    if (child >= heap.length || !before(heap[child] as Due, last)) break;
    heap[at] = heap[child] as Due;
    at = child;
  }
  heap[at] = last;
}

/** The clock that the dates and timers of this process follow. */
let present: WorldClock | undefined;

class WorldDate extends RealDate {
  constructor(...parts: [] | [number | string | Date]) {
    super(...((parts.length > 0 ? parts : [WorldDate.now()]) as [number]));
  }

  static override now(): number {
    return present?.now() ?? RealDate.now();
  }
}

/** From now on the dates and timers of handlers are those of worlds. Each callback keeps the invocation that set it. */
export function followWorlds(): void {
  Object.assign(globalThis, {
    Date: WorldDate,
    setTimeout: (callback: () => void, delayMs = 0) => {
      const inContext = AsyncLocalStorage.snapshot();
      return { ...present?.after(delayMs, () => inContext(callback)), unref: () => undefined };
    },
    clearTimeout: (timer: Partial<Timer> | undefined) => timer?.cancel?.(),
  });
  // A call ends at once or never.
  AbortSignal.timeout = () => new AbortController().signal;
}

export function use(clock: WorldClock | undefined): void {
  present = clock;
}
