import type { Engine } from './engine';
import { request } from './apply';
import { reversed } from './template/graph';
import { logResource } from './log';
import { isRetained } from './plan';
import { runGraph } from './run-graph';
import type { ResourceRecord, Stack } from './state';

export type Why = 'delete' | 'replace' | 'rollback';

/** A physical resource to delete, and which policy of its definition decides whether it stays. */
export interface Doomed {
  readonly record: ResourceRecord;
  readonly why: Why;
}

export function doomed(records: readonly ResourceRecord[], why: Why): Doomed[] {
  return records.map((record) => ({ record, why }));
}

/**
 * Deletes physical resources, dependents first and independent ones at the same time. A resource that cannot be deleted
 * keeps what it depends on alive and does not stop the rest.
 * @returns logical ids of those that could not be deleted
 */
export async function removeRecords(
  engine: Engine,
  stack: Stack,
  records: readonly Doomed[],
  keep: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  // One logical id can have several physical resources to delete, so that each is its own node.
  const keyed = new Map(records.map((one, index) => [`${one.record.logicalId}#${index}`, one]));
  const nodes = [...keyed].map(([id, { record }]) => ({
    id,
    after: [...keyed].filter(([, other]) => record.dependsOn.includes(other.record.logicalId)).map(([key]) => key),
  }));
  const work = (key: string, signal: AbortSignal) =>
    removeRecord(engine, stack, keyed.get(key) as Doomed, signal, keep);
  const result = await runGraph(reversed(nodes), work, { stopOnFailure: false });
  return [...result.failed.keys(), ...result.skipped].map((key) => keyed.get(key)?.record.logicalId ?? key);
}

async function removeRecord(
  engine: Engine,
  stack: Stack,
  { record, why }: Doomed,
  signal: AbortSignal,
  keep: ReadonlySet<string>,
): Promise<void> {
  const { logicalId, definition, state } = record;
  const live = stack.records.get(logicalId);
  const isLive = live?.state.physicalId === state.physicalId;
  const listed = live === undefined || isLive;
  const log = (status: string, reason?: string) =>
    logResource(engine.world, stack, {
      ...{ logicalId, type: definition.Type, physicalId: state.physicalId, status, reason, listed },
    });
  if (keep.has(logicalId) || isRetained(record, why)) {
    log('DELETE_SKIPPED');
  } else {
    log('DELETE_IN_PROGRESS');
    try {
      const type = engine.typeOf(definition.Type);
      await type.delete?.({ ...request(stack, record, record.effective, signal), current: state });
    } catch (error) {
      log('DELETE_FAILED', (error as Error).message);
      throw error;
    }
    log('DELETE_COMPLETE');
  }
  if (isLive) stack.records.delete(logicalId);
}
