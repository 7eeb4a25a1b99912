import type { ResourceRequest, ResourceState } from '../../core/service';
import { CreateFailure } from './custom-resource';
import type { Engine } from './engine';
import { resolve, type Scope } from './template/intrinsics';
import { logResource } from './log';
import { deploymentSentence } from './schema/sentences';
import { propertyProblems } from './schema/validate';
import { resolveDynamicReferences } from './template/parameters';
import { changeFor, type PlannedResource } from './plan';
import type { Baseline, ResourceRecord, Stack, Touch } from './state';
import type { Properties } from './template/template';

/** One deployment of a stack, while it runs. */
export interface Run {
  readonly engine: Engine;
  readonly stack: Stack;
  readonly scope: Scope;
  readonly baseline: Baseline;
}

type Verb = 'CREATE' | 'UPDATE';

/** Brings one resource to what the template says; an unchanged one is not touched. @throws what its type throws */
export async function applyResource(run: Run, planned: PlannedResource, signal: AbortSignal): Promise<void> {
  const { stack } = run;
  const existing = stack.records.get(planned.id);
  const verb: Verb = existing ? 'UPDATE' : 'CREATE';
  const properties = await prepare(run, planned, verb, signal, () =>
    resolve(planned.definition.Properties ?? {}, run.scope),
  );
  const next = { logicalId: planned.id, definition: planned.definition, dependsOn: planned.after, properties };
  if (!existing) return create(run, next, undefined, signal);
  const change = changeFor(run.engine.changeability(planned.definition.Type), existing.properties, properties);
  if (change === 'none') stack.records.set(planned.id, { ...existing, ...next });
  else if (change === 'replace') await create(run, next, existing, signal);
  else await update(run, next, existing, signal);
}

const INITIATED = 'Resource creation Initiated';

type Next = Omit<ResourceRecord, 'state' | 'effective'>;

async function create(run: Run, next: Next, before: ResourceRecord | undefined, signal: AbortSignal): Promise<void> {
  const { stack, engine, baseline } = run;
  const verb: Verb = before ? 'UPDATE' : 'CREATE';
  const effective = await prepare(run, planned(next), verb, signal, () => effectiveProperties(run, next));
  const touch = (after?: ResourceRecord): Touch =>
    before ? { action: 'replace', before, after } : { action: 'create', after };
  baseline.touched.set(next.logicalId, touch());
  const why = before && 'Requested update requires the creation of a new physical resource; hence creating one.';
  log(run, next, `${verb}_IN_PROGRESS`, { physicalId: before?.state.physicalId, reason: why, properties: effective });
  const keep = (state: ResourceState): ResourceRecord => {
    const record = { ...next, effective, state };
    baseline.touched.set(next.logicalId, touch(record));
    return record;
  };
  try {
    const type = engine.typeOf(next.definition.Type);
    let isLogged = false;
    const initiated = (physicalId: string) => {
      if (!isLogged) log(run, next, `${verb}_IN_PROGRESS`, { physicalId, properties: effective, reason: INITIATED });
      isLogged = true;
    };
    const input = { ...request(stack, next, effective, signal), initiated };
    const state = await attempt(run, next, verb, signal, () => type.create(input));
    stack.records.set(next.logicalId, keep(state));
    if (signal.aborted) return;
    initiated(state.physicalId);
    log(run, next, `${verb}_COMPLETE`, { physicalId: state.physicalId, properties: effective });
  } catch (error) {
    if (error instanceof CreateFailure) {
      const record = keep({ physicalId: error.physicalId, attributes: {} });
      if (!before) stack.records.set(next.logicalId, record);
    }
    throw error;
  }
}

async function update(run: Run, next: Next, before: ResourceRecord, signal: AbortSignal): Promise<void> {
  const { stack, baseline } = run;
  const effective = await prepare(run, planned(next), 'UPDATE', signal, () => effectiveProperties(run, next));
  baseline.touched.set(next.logicalId, { action: 'update', before, attempted: effective });
  const { physicalId } = before.state;
  log(run, next, 'UPDATE_IN_PROGRESS', { physicalId, properties: effective });
  const state = await attempt(run, next, 'UPDATE', signal, () =>
    updateState(run.engine, stack, { next, effective, current: before.state, previous: before.effective, signal }),
  );
  const after = { ...next, effective, state };
  stack.records.set(next.logicalId, after);
  baseline.touched.set(next.logicalId, { action: 'update', before, attempted: effective, after });
  if (!signal.aborted) log(run, next, 'UPDATE_COMPLETE', { physicalId: state.physicalId, properties: effective });
}

/** Calls the type's `update`. @throws Error when the type has none */
export async function updateState(
  engine: Engine,
  stack: Stack,
  change: { next: Next; effective: Properties; current: ResourceState; previous: Properties; signal: AbortSignal },
): Promise<ResourceState> {
  const type = engine.typeOf(change.next.definition.Type);
  if (!type.update) throw new Error(`${change.next.definition.Type} cannot be updated`);
  const { current, previous } = change;
  return type.update({ ...request(stack, change.next, change.effective, change.signal), current, previous });
}

export function request(
  stack: Stack,
  resource: Pick<ResourceRecord, 'logicalId'>,
  properties: Properties,
  signal: AbortSignal,
): ResourceRequest {
  // A type must not change what a rollback will need.
  return {
    stackName: stack.name,
    stackId: stack.id,
    logicalId: resource.logicalId,
    properties: structuredClone(properties),
    signal,
  };
}

/** What the type is given: dynamic references resolved, and everything as its schema demands. @throws Error when it is not */
async function effectiveProperties(
  { engine, stack }: Pick<Run, 'engine' | 'stack'>,
  { logicalId, definition, properties }: Next,
): Promise<unknown> {
  const effective = await resolveDynamicReferences(engine.world, properties);
  const schema = engine.schemaOf(definition.Type);
  const problems = schema ? propertyProblems(schema, effective) : [];
  if (problems.length > 0) throw new Error(deploymentSentence(logicalId, problems, schema?.legacy === true));
  engine.noteNotModelled(stack.name, logicalId, definition.Type, effective as Properties);
  return effective;
}

/** Resolves properties; a failure is the resource's. */
async function prepare(
  run: Run,
  planned: Pick<PlannedResource, 'id' | 'definition'>,
  verb: Verb,
  signal: AbortSignal,
  work: () => unknown,
): Promise<Properties> {
  const resource = { logicalId: planned.id, definition: planned.definition };
  return attempt(run, resource, verb, signal, async () => (await work()) as Properties);
}

function planned(next: Next): Pick<PlannedResource, 'id' | 'definition'> {
  return { id: next.logicalId, definition: next.definition };
}

/**
 * Runs a type's work and logs how it failed. When a sibling fails meanwhile, the resource counts as cancelled from that
 * moment on, as CloudFormation shows it, whatever the work still returns.
 */
async function attempt<T>(
  run: Run,
  resource: Pick<ResourceRecord, 'logicalId' | 'definition'>,
  verb: Verb,
  signal: AbortSignal,
  work: () => Promise<T> | T,
): Promise<T> {
  const fail = (reason: string) => {
    const physicalId = run.stack.records.get(resource.logicalId)?.state.physicalId;
    log(run, resource, `${verb}_FAILED`, { physicalId, reason });
  };
  const cancel = () => fail(`Resource ${verb === 'CREATE' ? 'creation' : 'update'} cancelled`);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) fail((error as Error).message);
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function log(
  run: Pick<Run, 'engine' | 'stack'>,
  resource: Pick<ResourceRecord, 'logicalId' | 'definition'>,
  status: string,
  details: { physicalId?: string; reason?: string; properties?: unknown },
): void {
  const { logicalId, definition } = resource;
  logResource(run.engine.world, run.stack, { logicalId, type: definition.Type, status, ...details });
}
