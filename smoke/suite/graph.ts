/** Which checks wait for which. Pure; the runner uses it to decide which check may start. */

/** `edges[i]` are the indexes that check i needs. */
export type Graph = readonly (readonly number[])[];

/** One cycle through each group of checks that wait for each other; each as indexes in order. */
export function cycles(graph: Graph): number[][] {
  const state = new Map<number, 'open' | 'done'>();
  const found: number[][] = [];
  const trail: number[] = [];
  const visit = (index: number): void => {
    state.set(index, 'open');
    trail.push(index);
    for (const next of graph[index] ?? []) {
      if (state.get(next) === 'open') found.push(trail.slice(trail.indexOf(next)));
      else if (!state.has(next)) visit(next);
    }
    trail.pop();
    state.set(index, 'done');
  };
  graph.forEach((_, index) => void (state.has(index) || visit(index)));
  return found;
}

/** The progress of a run. Never mutated. */
export interface Progress {
  /** The checks that may start now, in the order of the suite. */
  readonly ready: readonly number[];
  /** The checks that will not start, each with the check that did not pass. */
  readonly skipped: ReadonlyMap<number, number>;
  /** The checks that passed and that others wait for. */
  readonly passed: ReadonlySet<number>;
  /** `waiting[i]` are the checks that wait for check i. */
  readonly waiting: Graph;
}

export function start(graph: Graph): Progress {
  const waiting: number[][] = graph.map(() => []);
  graph.forEach((needs, index) => new Set(needs).forEach((need) => waiting[need]?.push(index)));
  const ready = graph.flatMap((needs, index) => (needs.length === 0 ? [index] : []));
  return { ready, skipped: new Map(), passed: new Set(), waiting };
}

/** The progress after check `index`: which checks may start, or will not start. For most checks no other waits. */
export function finish(graph: Graph, progress: Progress, index: number, passed: boolean): Progress {
  const waiting = progress.waiting[index] ?? [];
  if (waiting.length === 0) return progress.ready.length === 0 ? progress : { ...progress, ready: [] };
  if (!passed) return skipAfter({ ...progress, ready: [] }, index);
  const done = new Set(progress.passed).add(index);
  const ready = waiting.filter((each) => graph[each]?.every((need) => done.has(need)));
  return { ...progress, ready, passed: done };
}

/** Skips all checks that need the failed one, directly or through others. */
function skipAfter(progress: Progress, failed: number): Progress {
  const skipped = new Map(progress.skipped);
  const queue = [failed];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const each of progress.waiting[at] ?? []) {
      if (skipped.has(each)) continue;
      skipped.set(each, at);
      queue.push(each);
    }
  }
  return { ...progress, skipped };
}
