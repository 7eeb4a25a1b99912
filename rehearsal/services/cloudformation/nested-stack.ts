import type { ResourceRequest, ResourceState, ResourceType } from '../../core/service';
import { CreateFailure } from './custom-resource';
import { advanceUpdate, createStack, removeStack, restoreUpdate } from './deployment';
import type { Engine } from './engine';
import { moveStack } from './log';
import { loadSource, type ReadObject } from './template/source';
import { checkAgainst, newStack } from './stacks';
import type { Source, Stack, Tag } from './state';
import { invalid } from './template/template';

export const NESTED_STACK = 'AWS::CloudFormation::Stack';

interface Properties {
  readonly TemplateURL: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Tags?: readonly Tag[];
}

type Request = ResourceRequest<Properties>;

/**
 * A stack as a resource of another. It is created, updated and rolled back with its parent; what an update leaves to
 * delete stays until the root stack itself cleans up, so that all of them can still go back.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
 */
export function nestedStackType(engine: Engine, readObject: ReadObject): ResourceType<Properties> {
  /** A stack that failed by itself rolls back while its parent learns of it. */
  const settling = new Map<string, Promise<void>>();
  const nested = (id: string): Stack => {
    const found = engine.stacks.find((stack) => stack.id === id);
    if (!found) throw invalid(`Stack with id ${id} does not exist`);
    return found;
  };
  return {
    coverage: {
      acts: ['TemplateURL', 'Parameters'],
      ignores: { TimeoutInMinutes: 'a creation has no timeout', NotificationARNs: 'no event of the stack is sent' },
    },
    create: (request) => create(engine, readObject, request, nested(request.stackId)),
    update: async (request) => {
      const stack = nested(request.current.physicalId);
      const parent = nested(request.stackId);
      if (parent.status === 'UPDATE_ROLLBACK_IN_PROGRESS') {
        await goBack(engine, stack, settling.get(stack.id));
        settling.delete(stack.id);
      } else {
        const source = await sourceOf(engine, readObject, request.properties, stack.source);
        const reason = await update(engine, stack, parent, source, request.signal);
        if (reason !== undefined) {
          if (stack.status === 'UPDATE_ROLLBACK_IN_PROGRESS') {
            settling.set(stack.id, restoreUpdate(engine, stack, new Set()));
          }
          throw notUpdated(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
        }
      }
      return stateOf(stack);
    },
    delete: async ({ current }) => {
      const stack = engine.stacks.find(({ id }) => id === current.physicalId);
      if (!stack || stack.status === 'DELETE_COMPLETE') return;
      await settling.get(stack.id);
      moveStack(engine.world, stack, 'delete', 'User Initiated');
      await removeStack(engine, stack, new Set());
      // removeStack has moved it on, which the type of its status cannot know.
      if ((stack.status as string) === 'DELETE_COMPLETE') return;
      throw new Error(`Embedded stack ${stack.id} was not successfully deleted: ${stack.statusReason ?? ''}`);
    },
  };
}

async function create(engine: Engine, readObject: ReadObject, request: Request, parent: Stack): Promise<ResourceState> {
  const { world } = engine;
  const source = await sourceOf(engine, readObject, request.properties, undefined);
  const name = `${parent.name.slice(0, 50)}-${request.logicalId.slice(0, 60)}-${world.ids.upper(13)}`;
  const stack = newStack(engine, name, parent.options);
  stack.parentId = parent.id;
  stack.rootId = parent.rootId ?? parent.id;
  request.initiated?.(stack.id);
  try {
    checkAgainst(engine, stack, source, stack.options);
    moveStack(world, stack, 'create');
    // Its parent deletes what is left of it.
    const { disableRollback } = parent.options;
    await abortable(stack, request.signal, () => createStack(engine, stack, source, 'DO_NOTHING', disableRollback));
  } catch (error) {
    throw new CreateFailure((error as Error).message, stack.id);
  }
  if (stack.status === 'CREATE_COMPLETE') return stateOf(stack);
  const reason = `Embedded stack ${stack.id} was not successfully created: ${stack.statusReason ?? ''}`;
  throw new CreateFailure(reason, stack.id);
}

/** @returns why it failed */
async function update(
  engine: Engine,
  stack: Stack,
  parent: Stack,
  source: Source,
  signal: AbortSignal,
): Promise<string | undefined> {
  checkAgainst(engine, stack, source, stack.options);
  moveStack(engine.world, stack, 'update');
  stack.options = { ...stack.options, disableRollback: parent.options.disableRollback };
  stack.updatedAtMs = engine.world.clock.now();
  return abortable(stack, signal, () => advanceUpdate(engine, stack, source, stack.options.disableRollback));
}

/** With the parent, from whatever the failed update made of it. @throws Error when it cannot */
async function goBack(engine: Engine, stack: Stack, settling: Promise<void> | undefined): Promise<void> {
  await settling;
  switch (stack.status) {
    case 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS':
      moveStack(engine.world, stack, 'failed');
      await restoreUpdate(engine, stack, new Set());
      break;
    case 'UPDATE_FAILED':
    case 'UPDATE_ROLLBACK_FAILED':
      moveStack(engine.world, stack, 'rollback');
      await restoreUpdate(engine, stack, new Set());
      break;
    default:
  }
  const status: string = stack.status;
  if (status === 'UPDATE_ROLLBACK_FAILED') throw notUpdated(stack, status, stack.statusReason ?? '');
}

const notUpdated = (stack: Stack, status: string, reason: string) =>
  new Error(`Embedded stack ${stack.id} was not successfully updated. Currently in ${status} with reason: ${reason}`);

/** What ends the parent's operation ends that of the stack in it. */
async function abortable<T>(stack: Stack, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const abort = () => stack.abort?.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const done = work();
    if (signal.aborted) abort();
    return await done;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function sourceOf(
  { world }: Engine,
  readObject: ReadObject,
  { TemplateURL, Parameters = {}, Tags }: Properties,
  previous: Source | undefined,
): Promise<Source> {
  const given = Object.entries(Parameters).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: Array.isArray(value) ? value.join(',') : String(value),
  }));
  return loadSource(world, readObject, { TemplateURL, Parameters: given, Tags }, previous);
}

/** `Fn::GetAtt` with `Outputs.Name` returns an output. */
function stateOf(stack: Stack): ResourceState {
  const outputs = Object.fromEntries(stack.outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  return { physicalId: stack.id, attributes: { Outputs: outputs } };
}
