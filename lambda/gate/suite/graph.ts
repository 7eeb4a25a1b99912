/** Which checks wait for which. Pure; the runner asks it what may begin. */

/** `edges[i]` are the indexes that check i needs. */
export type Graph = readonly (readonly number[])[];

/** One circle through each group of checks that wait for each other; each as indexes in order. */
export function circles(graph: Graph): number[][] {
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
  readonly passed: ReadonlySet<number>;
  readonly begun: ReadonlySet<number>;
}

export function start(graph: Graph): Progress {
  const ready = graph.flatMap((needs, index) => (needs.length === 0 ? [index] : []));
  return { ready, skipped: new Map(), passed: new Set(), begun: new Set(ready) };
}

/** After check `index` ended: what it lets begin, or what will now not begin. */
export function finish(graph: Graph, progress: Progress, index: number, passed: boolean): Progress {
  if (!passed) return skipAfter(graph, { ...progress, ready: [] }, index);
  const done = new Set(progress.passed).add(index);
  const ready = graph.flatMap((needs, each) =>
    needs.includes(index) && !progress.begun.has(each) && needs.every((need) => done.has(need)) ? [each] : [],
  );
  return { ...progress, ready, passed: done, begun: new Set([...progress.begun, ...ready]) };
}

function skipAfter(graph: Graph, progress: Progress, failed: number): Progress {
  const skipped = new Map(progress.skipped);
  const queue = [failed];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (let each = 0; each < graph.length; each++) {
      if (!graph[each]?.includes(at) || skipped.has(each) || progress.begun.has(each)) continue;
      skipped.set(each, at);
      queue.push(each);
    }
  }
  return { ...progress, skipped };
}
