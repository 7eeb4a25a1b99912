import type { ComparedFailure } from './result';
import type { Side } from './differences';

/** The failure of a response that did not come in time. */
export const TIMED_OUT = 'timed out';

const KINDS_MAX = 20;

/** How often each request failed on each side, by kind of failure. */
export class FailureCount {
  private readonly sent = new Map<string, number>();
  private readonly counts = new Map<string, { request: string; what: string; blue: number; green: number }>();

  /** One pair: the failure of each side, or undefined. */
  add(request: string, wrong: Readonly<Record<Side, string | undefined>>): void {
    this.sent.set(request, (this.sent.get(request) ?? 0) + 1);
    for (const side of ['blue', 'green'] as const) {
      const what = wrong[side];
      if (what === undefined) continue;
      const key = JSON.stringify([request, what]);
      const known = this.counts.get(key) ?? { request, what, blue: 0, green: 0 };
      if (this.counts.size >= KINDS_MAX && !this.counts.has(key)) continue;
      known[side] += 1;
      this.counts.set(key, known);
    }
  }

  /** Shares of the request's responses, with the largest excess of green first. */
  findings(): ComparedFailure[] {
    return [...this.counts.values()]
      .sort((one, other) => other.green - other.blue - (one.green - one.blue))
      .map(({ request, what, blue, green }) => {
        const of = this.sent.get(request) as number;
        return { request, what, blue: blue / of, green: green / of };
      });
  }
}
