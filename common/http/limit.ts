import { Bag, type InBag } from './bag';
import { Deadlines, type Timed } from './deadlines';
import { ExchangeTimeout, type HttpRequest } from './types';

const deadlines = new Deadlines();
/** Exchanges that a signal ends: they share one listener, as one of its own is a tenth of what an exchange costs. */
const bags = new WeakMap<AbortSignal, Bag<Abortable>>();

class Abortable implements InBag {
  slot = -1;

  constructor(readonly onAbort: (reason: Error) => void) {}
}

/** What ends an exchange before its response is complete: the time is up or the signal aborts. */
export class Limit implements Timed {
  slot = -1;
  readonly dueMs: number;
  private readonly timeoutMs: number;
  private readonly abortable: Abortable | undefined;
  private readonly bag: Bag<Abortable> | undefined;

  /** Calls `end` once, unless the limit is lifted before. @param startMs by `performance.now()` */
  constructor(
    { timeoutMs, signal }: Pick<HttpRequest, 'timeoutMs' | 'signal'>,
    startMs: number,
    private readonly end: (reason: Error) => void,
  ) {
    this.timeoutMs = timeoutMs;
    this.dueMs = startMs + timeoutMs;
    deadlines.add(this);
    if (!signal) return;
    this.bag = bagOf(signal);
    this.abortable = new Abortable(end);
    this.bag.add(this.abortable);
    if (signal.aborted) queueMicrotask(() => end(signal.reason as Error));
  }

  onTimeout(): void {
    this.end(new ExchangeTimeout(`no complete response within ${this.timeoutMs} ms`));
  }

  lift(): void {
    deadlines.remove(this);
    if (this.abortable) this.bag?.remove(this.abortable);
  }
}

function bagOf(signal: AbortSignal): Bag<Abortable> {
  let bag = bags.get(signal);
  if (!bag) {
    const added = (bag = new Bag());
    bags.set(signal, bag);
    const onAbort = () => [...added.items].forEach((each) => each.onAbort(signal.reason as Error));
    signal.addEventListener('abort', onAbort, { once: true });
  }
  return bag;
}
