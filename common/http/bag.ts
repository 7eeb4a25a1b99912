/** What is in a bag has its place in it. */
export interface InBag {
  slot: number;
}

/**
 * Things in no order that come and go often. A `Set` gets a new table every few additions, and what an old table held is
 * garbage that lives long.
 */
export class Bag<T extends InBag> {
  readonly items: T[] = [];

  add(item: T): void {
    item.slot = this.items.push(item) - 1;
  }

  /** Nothing happens when it is not in the bag. */
  remove(item: T): void {
    if (this.items[item.slot] !== item) return;
    const last = this.items.pop() as T;
    if (last === item) return;
    last.slot = item.slot;
    this.items[item.slot] = last;
  }
}
