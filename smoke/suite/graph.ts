/** Which checks wait for which. Pure; the runner asks it what may begin. */

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

/** Where a run stands. Never mutated. */
export interface Progress {
  /** May begin now, in the order of the suite. */
  readonly ready: readonly number[];
  /** Will not begin, and the check that did not pass. */
  readonly skipped: ReadonlyMap<number, number>;
  /** Of those that others wait for. */
  readonly passed: ReadonlySet<number>;
  /** Who waits for check i. */
  readonly waiting: Graph;
}

export function start(graph: Graph): Progress {
  const waiting: number[][] = graph.map(() => []);
  graph.forEach((needs, index) => new Set(needs).forEach((need) => waiting[need]?.push(index)));
  const ready = graph.flatMap((needs, index) => (needs.length === 0 ? [index] : []));
  return { ready, skipped: new Map(), passed: new Set(), waiting };
}

/** After check `index` ended: what it lets begin, or what will now not begin. Most checks have nobody waiting. */
export function finish(graph: Graph, progress: Progress, index: number, passed: boolean): Progress {
  const waiting = progress.waiting[index] ?? [];
  if (waiting.length === 0) return progress.ready.length === 0 ? progress : { ...progress, ready: [] };
  if (!passed) return skipAfter({ ...progress, ready: [] }, index);
  const done = new Set(progress.passed).add(index);
  const ready = waiting.filter((each) => graph[each]?.every((need) => done.has(need)));
  return { ...progress, ready, passed: done };
}

/** None of them has begun: what they need did not pass. */
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
