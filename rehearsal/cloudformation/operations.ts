import { AwsError, type Call, type Operation, type Operations } from '../service';
import { changeSetOperations } from './change-sets';
import type { Engine } from './engine';
import { createStack, type OnFailure, removeStack, rollbackCreate, rollbackUpdate, updateStack } from './deployment';
import { moveStack, setStatus } from './log';
import { checkRules, planApply, refuseTypeChanges } from './plan';
import { predict } from './predict';
import { readOperations } from './read-operations';
import { stackArn } from './scope';
import { loadSource, type ReadObject, type SourceInput } from './source';
import type { Source, Stack, StackOptions } from './state';
import { invalid } from './template';

/** What the operations work on. */
export interface Api {
  readonly engine: Engine;
  readonly readObject: ReadObject;
}

export interface StackName {
  readonly StackName: string;
}

interface StackInput extends SourceInput, StackName {
  readonly RoleARN?: string;
  readonly Capabilities?: readonly string[];
  readonly NotificationARNs?: readonly string[];
  readonly DisableRollback?: boolean | string;
  readonly OnFailure?: OnFailure;
  readonly EnableTerminationProtection?: boolean | string;
  readonly ClientRequestToken?: string;
}

export function cloudFormationOperations(api: Api): Operations {
  return { ...stackOperations(api), ...changeSetOperations(api), ...readOperations(api) };
}

/** An operation on a named stack: IAM evaluates it against the stack's ARN. */
export function onStack<I extends { readonly StackName?: string }, O>(
  api: Api,
  handle: (input: I, call: Call) => O | Promise<O>,
): Operation<I, O> {
  const arnOf = (name: string) => findStack(api.engine, name)?.id ?? stackArn(api.engine.world, name, '*');
  return {
    resources: ({ StackName: name }) => [name === undefined ? '*' : name.startsWith('arn:') ? name : arnOf(name)],
    handle,
  };
}

/** By id, also when deleted; by name only while it exists. */
export function findStack(engine: Engine, nameOrId: string): Stack | undefined {
  return engine.stacks.find(
    (stack) => stack.id === nameOrId || (stack.name === nameOrId && stack.status !== 'DELETE_COMPLETE'),
  );
}

/** @throws AwsError ValidationError in the words of the operations that do not look stacks up themselves */
export function requireStack(engine: Engine, nameOrId: string): Stack {
  const stack = findStack(engine, nameOrId);
  if (!stack) throw invalid(`Stack [${nameOrId}] does not exist`);
  return stack;
}

export function newStack(engine: Engine, name: string, options: StackOptions): Stack {
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
    throw invalid(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: ` +
        'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*',
    );
  }
  const stack: Stack = {
    id: stackArn(engine.world, name, engine.world.ids.uuid()),
    name,
    createdAtMs: engine.world.clock.now(),
    status: 'REVIEW_IN_PROGRESS',
    options,
    terminationProtection: false,
    outputs: [],
    records: new Map(),
    statuses: new Map(),
    events: [],
    changeSets: new Map(),
  };
  engine.stacks.unshift(stack);
  return stack;
}

export function optionsOf(input: StackInput): StackOptions {
  return {
    roleArn: input.RoleARN,
    capabilities: input.Capabilities ?? [],
    notificationArns: input.NotificationARNs ?? [],
    disableRollback: String(input.DisableRollback) === 'true',
  };
}

/** Checks that need the stack. @throws AwsError ValidationError */
export function checkAgainst(engine: Engine, stack: Stack, source: Source, options: StackOptions): void {
  const scope = engine.scopeOf(stack, source, options);
  planApply(source.template, scope);
  checkRules(source.template, scope);
  refuseTypeChanges(stack.records, source.template);
}

/** Starts a create in the background; the stack is CREATE_IN_PROGRESS when this returns. */
export function startCreate(engine: Engine, stack: Stack, source: Source, onFailure: OnFailure): void {
  moveStack(engine.world, stack, 'create', 'User Initiated');
  void createStack(engine, stack, source, onFailure);
}

/** Starts an update in the background; the stack is UPDATE_IN_PROGRESS when this returns. */
export function startUpdate(engine: Engine, stack: Stack, source: Source, options: StackOptions): void {
  moveStack(engine.world, stack, 'update', 'User Initiated');
  stack.options = options;
  stack.updatedAtMs = engine.world.clock.now();
  void updateStack(engine, stack, source, options.disableRollback);
}

function stackOperations(api: Api): Operations {
  const { engine, readObject } = api;
  const { world } = engine;
  return {
    CreateStack: onStack(api, async (input: StackInput) => {
      if (findStack(engine, input.StackName)) {
        throw new AwsError('AlreadyExistsException', `Stack [${input.StackName}] already exists`);
      }
      const source = await loadSource(world, readObject, input);
      const options = optionsOf(input);
      const stack = newStack(engine, input.StackName, options);
      try {
        checkAgainst(engine, stack, source, options);
      } catch (error) {
        engine.stacks.splice(engine.stacks.indexOf(stack), 1);
        throw error;
      }
      stack.clientToken = input.ClientRequestToken;
      stack.terminationProtection = String(input.EnableTerminationProtection) === 'true';
      startCreate(engine, stack, source, input.OnFailure ?? (options.disableRollback ? 'DO_NOTHING' : 'ROLLBACK'));
      return { StackId: stack.id };
    }),
    UpdateStack: onStack(api, async (input: StackInput) => {
      const stack = requireStack(engine, input.StackName);
      const source = await loadSource(world, readObject, input, stack.source);
      const options = optionsOf(input);
      checkAgainst(engine, stack, source, options);
      if (!predict(engine, stack, source, options).hasChanges) throw invalid('No updates are to be performed.');
      stack.clientToken = input.ClientRequestToken;
      startUpdate(engine, stack, source, options);
      return { StackId: stack.id };
    }),
    ...endingOperations(api),
    UpdateTerminationProtection: onStack(
      api,
      (input: StackName & { readonly EnableTerminationProtection: boolean | string }) => {
        const stack = requireStack(engine, input.StackName);
        stack.terminationProtection = String(input.EnableTerminationProtection) === 'true';
        return { StackId: stack.id };
      },
    ),
  };
}

function endingOperations(api: Api): Operations {
  const { engine } = api;
  const { world } = engine;
  return {
    DeleteStack: onStack(
      api,
      (input: StackName & { readonly RetainResources?: readonly string[]; readonly ClientRequestToken?: string }) => {
        const stack = findStack(engine, input.StackName);
        if (!stack || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return {};
        if (stack.terminationProtection) {
          throw invalid(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
        }
        if (stack.status === 'CREATE_IN_PROGRESS') {
          throw invalid(`Stack:${stack.id} is in CREATE_IN_PROGRESS state and can not be deleted.`);
        }
        stack.clientToken = input.ClientRequestToken;
        moveStack(world, stack, 'delete', 'User Initiated');
        void removeStack(engine, stack, new Set(input.RetainResources ?? []));
        return {};
      },
    ),
    CancelUpdateStack: onStack(api, (input: StackName) => {
      const stack = requireStack(engine, input.StackName);
      if (stack.status !== 'UPDATE_IN_PROGRESS') {
        throw invalid('CancelUpdateStack cannot be called from current stack status');
      }
      stack.abort?.abort();
      return {};
    }),
    ContinueUpdateRollback: onStack(api, (input: StackName & { readonly ResourcesToSkip?: readonly string[] }) => {
      const stack = requireStack(engine, input.StackName);
      if (stack.status !== 'UPDATE_ROLLBACK_FAILED') {
        throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not continue an update rollback.`);
      }
      moveStack(world, stack, 'rollback', 'User Initiated');
      void rollbackUpdate(engine, stack, new Set(input.ResourcesToSkip ?? []));
      return {};
    }),
    RollbackStack: onStack(api, (input: StackName) => {
      const stack = requireStack(engine, input.StackName);
      if (stack.status === 'CREATE_FAILED') void rollbackCreate(engine, stack, 'User Initiated');
      else if (stack.status === 'UPDATE_FAILED') {
        moveStack(world, stack, 'rollback', 'User Initiated');
        void rollbackUpdate(engine, stack, new Set());
      } else throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
      return { StackId: stack.id };
    }),
  };
}

/** A new stack that waits for its first change set to be executed. */
export function reviewStack(engine: Engine, stack: Stack): void {
  setStatus(engine.world, stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
}
