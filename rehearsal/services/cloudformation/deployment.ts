import { isDeepStrictEqual } from 'node:util';
import { applyResource, type Run, updateState } from './apply';
import type { Engine } from './engine';
import { resolve, type Scope } from './template/intrinsics';
import { logResource, moveStack } from './log';
import { planApply, planRollback, type PlannedResource } from './plan';
import { doomed, removeRecords } from './remove';
import { type GraphResult, runGraph } from './run-graph';
import type { Baseline, ResourceRecord, Source, Stack, StackOutput } from './state';
import { resolveDynamicReferences } from './template/parameters';
import { invalid, type Properties } from './template/template';

export type OnFailure = 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';

/**
 * Creates what the source describes. The stack is CREATE_IN_PROGRESS; it ends in a terminal status, never throws.
 * @param keepFailed what failed stays, and stops only its own path
 */
export async function createStack(
  engine: Engine,
  stack: Stack,
  source: Source,
  onFailure: OnFailure,
  keepFailed = onFailure === 'DO_NOTHING',
): Promise<void> {
  stack.source = source;
  const reason = await forward(engine, stack, source, keepFailed);
  if (reason === undefined) {
    stack.baseline = undefined;
    return moveStack(engine.world, stack, 'succeeded');
  }
  if (onFailure === 'DO_NOTHING') return moveStack(engine.world, stack, 'keep', reason);
  if (onFailure === 'ROLLBACK') return rollbackCreate(engine, stack, `${reason} Rollback requested by user.`);
  moveStack(engine.world, stack, 'delete', `${reason} Delete requested by user.`);
  return removeStack(engine, stack, new Set());
}

/** Deletes what a failed create left; from CREATE_IN_PROGRESS or CREATE_FAILED. */
export async function rollbackCreate(engine: Engine, stack: Stack, reason: string): Promise<void> {
  moveStack(engine.world, stack, stack.status === 'CREATE_FAILED' ? 'rollback' : 'failed', reason);
  stack.baseline = undefined;
  const failed = await removeRecords(engine, stack, doomed([...stack.records.values()], 'rollback'));
  if (failed.length > 0) return moveStack(engine.world, stack, 'failed', failedToDelete(failed));
  moveStack(engine.world, stack, 'succeeded');
}

/** Updates to the source. The stack is UPDATE_IN_PROGRESS; it ends in a terminal status, never throws. */
export async function updateStack(engine: Engine, stack: Stack, source: Source, keepFailed: boolean): Promise<void> {
  const reason = await advanceUpdate(engine, stack, source, keepFailed);
  if (reason === undefined) return cleanUp(engine, stack);
  if (!keepFailed) await rollbackUpdate(engine, stack, new Set());
}

/**
 * The update without its end: from UPDATE_IN_PROGRESS to UPDATE_COMPLETE_CLEANUP_IN_PROGRESS, from where the stack can
 * still go back; else to UPDATE_FAILED, or UPDATE_ROLLBACK_IN_PROGRESS.
 * @returns why it failed
 */
export async function advanceUpdate(
  engine: Engine,
  stack: Stack,
  source: Source,
  keepFailed: boolean,
): Promise<string | undefined> {
  const reason = await forward(engine, stack, source, keepFailed);
  if (reason === undefined) {
    stack.source = source;
    moveStack(engine.world, stack, 'succeeded');
  } else {
    moveStack(engine.world, stack, keepFailed ? 'keep' : 'failed', reason);
  }
  return reason;
}

/** Goes back to the baseline. The stack is UPDATE_ROLLBACK_IN_PROGRESS. */
export async function rollbackUpdate(engine: Engine, stack: Stack, skip: ReadonlySet<string>): Promise<void> {
  await restoreUpdate(engine, stack, skip);
  await cleanUp(engine, stack);
}

/** The rollback without its end: to UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS, or UPDATE_ROLLBACK_FAILED. */
export async function restoreUpdate(engine: Engine, stack: Stack, skip: ReadonlySet<string>): Promise<void> {
  const baseline = stack.baseline as Baseline;
  const plan = planRollback(baseline);
  baseline.discard.push(...plan.discard);
  forgetCreated(stack, baseline);
  const work = (id: string, signal: AbortSignal) => restore(engine, stack, baseline, id, signal, skip);
  const result = await runGraph(plan.restore, work, { stopOnFailure: true });
  if (result.failed.size > 0) {
    const reason = `The following resource(s) failed to update: [${[...result.failed.keys()].join(', ')}].`;
    return moveStack(engine.world, stack, 'failed', reason);
  }
  stack.outputs = baseline.outputs;
  stack.source = baseline.source;
  moveStack(engine.world, stack, 'succeeded');
}

/** Deletes what an update or its rollback replaced, in the stacks within the stack first. */
async function cleanUp(engine: Engine, stack: Stack): Promise<void> {
  const { baseline, source } = stack;
  if (!baseline || !source || !/_CLEANUP_IN_PROGRESS$/.test(stack.status)) return;
  for (const nested of engine.stacks.filter(({ parentId }) => parentId === stack.id)) await cleanUp(engine, nested);
  if (stack.status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') {
    const planned = planApply(source.template, engine.scopeOf(stack, source, stack.options));
    const { superseded, removed } = retiredRecords(baseline, new Set(planned.map(({ id }) => id)));
    for (const record of removed) stack.records.delete(record.logicalId);
    stack.baseline = undefined;
    await removeRecords(engine, stack, [...doomed(superseded, 'replace'), ...doomed(removed, 'delete')]);
  } else {
    stack.baseline = undefined;
    await removeRecords(engine, stack, doomed(baseline.discard, 'rollback'));
  }
  moveStack(engine.world, stack, 'cleaned');
}

/** Deletes everything but `keep`. The stack is DELETE_IN_PROGRESS. */
export async function removeStack(engine: Engine, stack: Stack, keep: ReadonlySet<string>): Promise<void> {
  const leftovers = stack.baseline ? planRollback(stack.baseline).discard : [];
  const live = [...stack.records.values()];
  const old = leftovers.filter((record) => !live.some((one) => one.state.physicalId === record.state.physicalId));
  const failed = await removeRecords(engine, stack, doomed([...live, ...old], 'delete'), keep);
  if (failed.length > 0) return moveStack(engine.world, stack, 'failed', failedToDelete(failed));
  stack.outputs = [];
  stack.baseline = undefined;
  stack.deletedAtMs = engine.world.clock.now();
  moveStack(engine.world, stack, 'succeeded');
}

/**
 * @param keepFailed a failure is not rolled back: then it stops its own path of the graph, and no other
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html)
 * @returns why the deployment failed, or `undefined` when every resource and output is as the source says
 */
async function forward(engine: Engine, stack: Stack, source: Source, keepFailed: boolean): Promise<string | undefined> {
  const baseline: Baseline = {
    source: stack.source ?? source,
    outputs: stack.outputs,
    records: new Map(stack.records),
    touched: new Map(),
    discard: [],
  };
  stack.baseline = baseline;
  const scope = engine.scopeOf(stack, source, stack.options);
  const abort = new AbortController();
  stack.abort = abort;
  try {
    const planned = planApply(source.template, scope);
    const byId = new Map(planned.map((resource) => [resource.id, resource]));
    const run: Run = { engine, stack, scope, baseline };
    const work = (id: string, signal: AbortSignal) => applyResource(run, byId.get(id) as PlannedResource, signal);
    const result = await runGraph(planned, work, { stopOnFailure: !keepFailed, signal: abort.signal });
    if (result.failed.size > 0) return failureReason(result, baseline);
    if (abort.signal.aborted) return 'User Initiated';
    stack.outputs = outputsOf(engine, stack, source, scope);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    stack.abort = undefined;
  }
}

function failureReason(result: GraphResult, baseline: Baseline): string {
  const ids = [...result.failed.keys(), ...result.cancelled];
  const created = ids.filter((id) => !baseline.records.has(id));
  const updated = ids.filter((id) => baseline.records.has(id));
  return [
    created.length > 0 ? `The following resource(s) failed to create: [${created.join(', ')}].` : '',
    updated.length > 0 ? `The following resource(s) failed to update: [${updated.join(', ')}].` : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function failedToDelete(ids: readonly string[]): string {
  return `The following resource(s) failed to delete: [${[...new Set(ids)].join(', ')}].`;
}

/** @throws AwsError ValidationError for an output that does not resolve or an export that another stack has */
function outputsOf(engine: Engine, stack: Stack, source: Source, scope: Scope): StackOutput[] {
  const declared = Object.entries(source.template.Outputs ?? {});
  const included = declared.filter(([, output]) => output.Condition === undefined || scope.condition(output.Condition));
  return included.map(([key, output]) => {
    const exportName = output.Export ? String(resolve(output.Export.Name, scope)) : undefined;
    const taken = engine.stacks.some(
      (other) => other.id !== stack.id && other.outputs.some((one) => one.ExportName === exportName),
    );
    if (exportName !== undefined && taken) {
      throw invalid(`Export with name ${exportName} is already exported by another stack`);
    }
    return {
      OutputKey: key,
      OutputValue: String(resolve(output.Value, scope)),
      ...(output.Description === undefined ? {} : { Description: output.Description }),
      ...(exportName === undefined ? {} : { ExportName: exportName }),
    };
  });
}

/** Physical resources that a completed update left behind: replaced ones, and those the template no longer has. */
function retiredRecords(baseline: Baseline, deployed: ReadonlySet<string>) {
  const superseded = [...baseline.touched.values()].flatMap((touch) => {
    if (touch.action === 'create' || !touch.after) return [];
    return touch.after.state.physicalId === touch.before.state.physicalId ? [] : [touch.before];
  });
  return { superseded, removed: [...baseline.records.values()].filter((record) => !deployed.has(record.logicalId)) };
}

async function restore(
  engine: Engine,
  stack: Stack,
  baseline: Baseline,
  id: string,
  signal: AbortSignal,
  skip: ReadonlySet<string>,
): Promise<void> {
  const touch = baseline.touched.get(id);
  if (!touch || touch.action === 'create') return;
  const { before } = touch;
  const log = (status: string, physicalId: string, reason?: string) =>
    logResource(engine.world, stack, { logicalId: id, type: before.definition.Type, status, physicalId, reason });
  const restored = (record: ResourceRecord, reason?: string) => {
    stack.records.set(id, record);
    baseline.touched.delete(id);
    log('UPDATE_COMPLETE', record.state.physicalId, reason);
  };
  if (skip.has(id)) return restored(before, 'Resource skipped during UpdateRollback');
  if (touch.action === 'replace') return restored(before);
  const current = touch.after?.state ?? before.state;
  log('UPDATE_IN_PROGRESS', current.physicalId);
  try {
    const next = await asOfNow(engine, stack, baseline, before);
    const change = { next, effective: next.effective, current, previous: touch.attempted, signal };
    const state = await updateState(engine, stack, change);
    for (const old of touch.after ? [touch.after, before] : [before]) {
      if (old.state.physicalId !== state.physicalId) baseline.discard.push(old);
    }
    restored({ ...next, state });
  } catch (error) {
    log('UPDATE_FAILED', current.physicalId, (error as Error).message);
    throw error;
  }
}

/**
 * A rollback is an update to the old template: what refers to an attribute gets what a custom resource has responded to the
 * rollback, and not what it had responded once. No page of AWS says so; GetTemplate shows the template that is rolled back to,
 * and its resources are updated in its order (https://github.com/aws/aws-cdk/blob/main/docs/CLOUDFORMATION.md).
 */
async function asOfNow(engine: Engine, stack: Stack, { source }: Baseline, record: ResourceRecord) {
  const scope = engine.scopeOf(stack, source, stack.options);
  const properties = resolve(record.definition.Properties ?? {}, scope) as Properties;
  if (isDeepStrictEqual(properties, record.properties)) return record;
  const effective = (await resolveDynamicReferences(engine.world, properties)) as Properties;
  return { ...record, properties, effective };
}

/** New resources leave the stack when its rollback begins; they are deleted in the cleanup at its end. */
function forgetCreated(stack: Stack, baseline: Baseline): void {
  for (const [id, touch] of [...baseline.touched]) {
    if (touch.action === 'create') {
      stack.records.delete(id);
      baseline.touched.delete(id);
    } else if (touch.action === 'replace') {
      baseline.touched.set(id, { action: 'replace', before: touch.before });
    }
  }
}
