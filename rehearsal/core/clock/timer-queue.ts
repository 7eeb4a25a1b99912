interface Entry {
  readonly atMs: number;
  readonly order: number;
  /** Undefined once it was cancelled. */
  callback?: () => void;
}

const isBefore = (a: Entry, b: Entry) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** Timers by time, then by creation: a binary heap, because a load has thousands of limits that are never reached. */
export class TimerQueue {
  private readonly heap: Entry[] = [];
  private order = 0;
  /** Timers that are neither cancelled nor taken. */
  size = 0;

  /** @returns a function that cancels it */
  add(atMs: number, callback: () => void): () => void {
    const entry: Entry = { atMs, order: this.order++, callback };
    this.size += 1;
    this.heap.push(entry);
    this.rise(this.heap.length - 1);
    return () => {
      if (!entry.callback) return;
      entry.callback = undefined;
      this.size -= 1;
    };
  }

  nextAtMs(): number | undefined {
    while (this.heap[0] && !this.heap[0].callback) this.removeFirst();
    return this.heap[0]?.atMs;
  }

  /** Of what was added before now: the marker that `take` compares with. */
  mark(): number {
    return this.order;
  }

  /** Removes the first timer that is due at `nowMs` and was added before `mark`. */
  take(nowMs: number, mark: number): (() => void) | undefined {
    const atMs = this.nextAtMs();
    const first = this.heap[0];
    if (atMs === undefined || atMs > nowMs || !first || first.order >= mark) return undefined;
    this.removeFirst();
    const { callback } = first;
    first.callback = undefined;
    this.size -= 1;
    return callback;
  }

  clear(): void {
    for (const entry of this.heap) entry.callback = undefined;
    this.heap.length = 0;
    this.size = 0;
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
  }

  private rise(index: number): void {
    for (let at = index; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.swapIfBefore(at, parent)) return;
      at = parent;
    }
  }

  private sink(index: number): void {
    for (let at = index; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const [a, b] = [this.heap[left], this.heap[right]];
      const least = a && b && isBefore(b, a) ? right : left;
      if (!this.swapIfBefore(least, at)) return;
      at = least;
    }
  }

  private swapIfBefore(child: number, parent: number): boolean {
    const [a, b] = [this.heap[child], this.heap[parent]];
    if (!a || !b || !isBefore(a, b)) return false;
    this.heap[child] = b;
    this.heap[parent] = a;
    return true;
  }
}
