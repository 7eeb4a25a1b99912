import { inBackground } from '../../core/faults';
import type { Call, Operation } from '../../core/service';
import { createStack, type OnFailure, updateStack } from './deployment';
import type { Engine } from './engine';
import { moveStack, setStatus } from './log';
import { checkRules, planApply, refuseTypeChanges, refuseUnknownTypes } from './plan';
import { stackArn } from './template/scope';
import type { ReadObject, SourceInput } from './template/source';
import type { Source, Stack, StackOptions } from './state';
import { invalid } from './template/template';

/** What the operations work on. */
export interface Api {
  readonly engine: Engine;
  readonly readObject: ReadObject;
}

export interface StackName {
  readonly StackName: string;
}

export interface StackInput extends SourceInput, StackName {
  readonly RoleARN?: string;
  readonly Capabilities?: readonly string[];
  readonly NotificationARNs?: readonly string[];
  readonly DisableRollback?: boolean | string;
  readonly OnFailure?: OnFailure;
  readonly EnableTerminationProtection?: boolean | string;
  readonly ClientRequestToken?: string;
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
  refuseUnknownTypes(planApply(source.template, scope), (type) => engine.isKnown(type));
  checkRules(source.template, scope);
  refuseTypeChanges(stack.records, source.template);
}

/** Starts a create in the background; the stack is CREATE_IN_PROGRESS when this returns. */
export function startCreate(engine: Engine, stack: Stack, source: Source, onFailure: OnFailure): void {
  moveStack(engine.world, stack, 'create', 'User Initiated');
  inBackground(engine.world, createStack(engine, stack, source, onFailure));
}

/** Starts an update in the background; the stack is UPDATE_IN_PROGRESS when this returns. */
export function startUpdate(engine: Engine, stack: Stack, source: Source, options: StackOptions): void {
  moveStack(engine.world, stack, 'update', 'User Initiated');
  stack.options = options;
  stack.updatedAtMs = engine.world.clock.now();
  inBackground(engine.world, updateStack(engine, stack, source, options.disableRollback));
}

/** A new stack that waits for its first change set to be executed. */
export function reviewStack(engine: Engine, stack: Stack): void {
  setStatus(engine.world, stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
}
