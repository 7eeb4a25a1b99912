import { setMaxListeners } from 'node:events';
import type { Node } from './template/graph';

export interface GraphResult {
  /** In the order in which they failed. */
  readonly failed: ReadonlyMap<string, Error>;
  /** Started and then stopped because another one failed, or because the caller aborted. */
  readonly cancelled: readonly string[];
  /** Never started. */
  readonly skipped: readonly string[];
}

export interface GraphOptions {
  /** The first failure aborts what runs and starts nothing more; else only its dependents stay undone. */
  readonly stopOnFailure: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Runs the nodes of an acyclic graph, each as soon as all that it comes after are done: independent ones at the same
 * time. Returns when everything that was started has settled, so that nothing runs on behind a rollback.
 */
export async function runGraph(
  nodes: readonly Node[],
  work: (id: string, signal: AbortSignal) => Promise<void>,
  options: GraphOptions,
): Promise<GraphResult> {
  const stop = new AbortController();
  // One listener for every resource that is at work.
  setMaxListeners(0, stop.signal);
  const abort = () => stop.abort();
  if (options.signal?.aborted) abort();
  options.signal?.addEventListener('abort', abort, { once: true });
  const done = new Set<string>();
  const started = new Set<string>();
  const failed = new Map<string, Error>();
  const cancelled: string[] = [];
  const known = new Set(nodes.map((node) => node.id));

  const run = async (id: string): Promise<void> => {
    try {
      await work(id, stop.signal);
      if (stop.signal.aborted) cancelled.push(id);
      else done.add(id);
    } catch (error) {
      if (stop.signal.aborted) cancelled.push(id);
      else failed.set(id, error as Error);
      if (options.stopOnFailure) abort();
    }
    await startReady();
  };
  const startReady = async (): Promise<void> => {
    if (stop.signal.aborted) return;
    const ready = nodes.filter(
      (node) => !started.has(node.id) && node.after.every((id) => done.has(id) || !known.has(id)),
    );
    for (const node of ready) started.add(node.id);
    await Promise.all(ready.map((node) => run(node.id)));
  };
  await startReady();
  options.signal?.removeEventListener('abort', abort);
  return { failed, cancelled, skipped: nodes.map((node) => node.id).filter((id) => !started.has(id)) };
}
