import { arn, AwsError, type Operations } from '../../core/service';
import { isAtRest } from './stack-status';
import {
  type Api,
  checkAgainst,
  findStack,
  newStack,
  onStack,
  optionsOf,
  requireStack,
  reviewStack,
  type StackName,
  startCreate,
  startUpdate,
} from './stacks';
import { predict, type Prediction } from './predict';
import { loadSource, type SourceInput } from './template/source';
import { VALIDATION_FAILED } from './schema/early-validation';
import type { ChangeSet, ParameterValue, Source, Stack, StackOptions } from './state';
import { invalid } from './template/template';

interface ChangeSetInput extends SourceInput, StackName {
  readonly ChangeSetName: string;
  readonly ChangeSetType?: 'CREATE' | 'UPDATE' | 'IMPORT';
  readonly Description?: string;
  readonly RoleARN?: string;
  readonly Capabilities?: readonly string[];
  readonly NotificationARNs?: readonly string[];
}

interface ChangeSetName {
  readonly StackName?: string;
  readonly ChangeSetName: string;
}

const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

export function changeSetOperations(api: Api): Operations {
  const { engine } = api;
  return {
    CreateChangeSet: onStack(api, (input: ChangeSetInput) => createChangeSet(api, input)),
    DescribeChangeSet: onStack(api, (input: ChangeSetName) => {
      const { stack, changeSet } = requireChangeSet(api, input);
      return describe(stack, changeSet);
    }),
    ListChangeSets: onStack(api, (input: StackName) => {
      const stack = requireStack(engine, input.StackName);
      return { Summaries: [...stack.changeSets.values()].map((changeSet) => summary(stack, changeSet)) };
    }),
    DeleteChangeSet: onStack(api, (input: ChangeSetName) => {
      const found = findChangeSet(api, input);
      if (input.StackName !== undefined) requireStack(engine, input.StackName);
      if (found) found.stack.changeSets.delete(found.changeSet.name);
      return {};
    }),
    ExecuteChangeSet: onStack(
      api,
      (
        input: ChangeSetName & { readonly DisableRollback?: boolean | string; readonly ClientRequestToken?: string },
      ) => {
        const { stack, changeSet } = requireChangeSet(api, input);
        execute(api, stack, changeSet, String(input.DisableRollback) === 'true', input.ClientRequestToken);
        return {};
      },
    ),
  };
}

async function createChangeSet(api: Api, input: ChangeSetInput): Promise<{ Id: string; StackId: string }> {
  const { engine } = api;
  const type = input.ChangeSetType ?? 'UPDATE';
  if (type === 'IMPORT')
    throw invalid('ChangeSetType IMPORT: the rehearsal imports no resources; use CREATE or UPDATE');
  const existing = findStack(engine, input.StackName);
  if (type === 'UPDATE') checkUpdatable(existing, input.StackName);
  if (type === 'CREATE' && existing && existing.status !== 'REVIEW_IN_PROGRESS') {
    throw invalid(
      `Stack [${input.StackName}] already exists and cannot be created again with the changeSet [${input.ChangeSetName}].`,
    );
  }
  // The name of an executed change set is free: recorded on AWS.
  const namesake = existing?.changeSets.get(input.ChangeSetName);
  if (namesake && namesake.executionStatus !== 'EXECUTE_COMPLETE') {
    throw new AwsError('AlreadyExistsException', `ChangeSet ${input.ChangeSetName} already exists`);
  }
  const source = await loadSource(engine.world, api.readObject, input, existing?.source);
  const options = optionsOf(input);
  const stack = existing ?? newStack(engine, input.StackName, options);
  try {
    checkAgainst(engine, stack, source, options);
  } catch (error) {
    if (!existing) engine.stacks.splice(engine.stacks.indexOf(stack), 1);
    throw error;
  }
  if (!existing) reviewStack(engine, stack);
  const changeSet = changeSetOf(api, input, type, source, options, predict(engine, stack, source, options));
  stack.changeSets.set(changeSet.name, changeSet);
  return { Id: changeSet.id, StackId: stack.id };
}

/** @throws AwsError ValidationError for a stack that is not there, is new, or is being worked on */
function checkUpdatable(stack: Stack | undefined, name: string): void {
  if (!stack || stack.status === 'REVIEW_IN_PROGRESS') throw invalid(`Stack [${name}] does not exist`);
  if (isAtRest(stack.status) && !/FAILED$|^ROLLBACK/.test(stack.status)) return;
  if (stack.status === 'CREATE_FAILED' || stack.status === 'UPDATE_FAILED') return;
  throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

function changeSetOf(
  api: Api,
  input: ChangeSetInput,
  type: 'CREATE' | 'UPDATE',
  source: Source,
  options: StackOptions,
  prediction: Prediction,
): ChangeSet {
  const { world } = api.engine;
  const { errors } = prediction;
  const available = prediction.hasChanges && errors.length === 0;
  return {
    id: arn(world, 'cloudformation', `changeSet/${input.ChangeSetName}/${world.ids.uuid()}`),
    name: input.ChangeSetName,
    description: input.Description,
    createdAtMs: world.clock.now(),
    source,
    options,
    type,
    changes: prediction.changes,
    status: available ? 'CREATE_COMPLETE' : 'FAILED',
    ...(available ? {} : { statusReason: errors.length > 0 ? VALIDATION_FAILED : noChanges }),
    errors,
    executionStatus: available ? 'AVAILABLE' : 'UNAVAILABLE',
  };
}

function findChangeSet(api: Api, input: ChangeSetName): { stack: Stack; changeSet: ChangeSet } | undefined {
  const named = input.StackName === undefined ? undefined : findStack(api.engine, input.StackName);
  for (const stack of named ? [named] : api.engine.stacks) {
    for (const changeSet of stack.changeSets.values()) {
      if (changeSet.id === input.ChangeSetName || changeSet.name === input.ChangeSetName) return { stack, changeSet };
    }
  }
  return undefined;
}

/** @throws AwsError ChangeSetNotFound */
export function requireChangeSet(api: Api, input: ChangeSetName): { stack: Stack; changeSet: ChangeSet } {
  if (input.StackName !== undefined) requireStack(api.engine, input.StackName);
  const found = findChangeSet(api, input);
  if (found) return found;
  throw new AwsError('ChangeSetNotFound', `ChangeSet [${input.ChangeSetName}] does not exist`, 404);
}

function execute(api: Api, stack: Stack, changeSet: ChangeSet, disableRollback: boolean, token?: string): void {
  if (changeSet.executionStatus !== 'AVAILABLE') {
    throw new AwsError(
      'InvalidChangeSetStatus',
      `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
    );
  }
  const options = { ...changeSet.options, disableRollback };
  stack.clientToken = token;
  if (changeSet.type === 'CREATE') {
    stack.options = options;
    startCreate(api.engine, stack, changeSet.source, disableRollback ? 'DO_NOTHING' : 'ROLLBACK');
  } else {
    startUpdate(api.engine, stack, changeSet.source, options);
  }
  // AWS keeps the executed change set and deletes the others of the stack:
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
  changeSet.executionStatus = 'EXECUTE_COMPLETE';
  stack.changeSetId = changeSet.id;
  stack.updatedAtMs ??= api.engine.world.clock.now();
  for (const name of [...stack.changeSets.keys()]) if (name !== changeSet.name) stack.changeSets.delete(name);
}

function summary(stack: Stack, changeSet: ChangeSet) {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: changeSet.id,
    ChangeSetName: changeSet.name,
    Description: changeSet.description,
    CreationTime: new Date(changeSet.createdAtMs),
    Status: changeSet.status,
    StatusReason: changeSet.statusReason,
    ExecutionStatus: changeSet.executionStatus,
    IncludeNestedStacks: false,
  };
}

/** As stacks and change sets show it. */
export function describeParameter({ key, value, resolved, ssm, noEcho }: ParameterValue) {
  return {
    ParameterKey: key,
    ParameterValue: noEcho ? '****' : value,
    ...(ssm ? { ResolvedValue: Array.isArray(resolved) ? resolved.join(',') : String(resolved) } : {}),
  };
}

function describe(stack: Stack, changeSet: ChangeSet) {
  const { source, options, changes } = changeSet;
  return {
    ...summary(stack, changeSet),
    ...(source.parameters.length > 0 && { Parameters: source.parameters.map(describeParameter) }),
    ...(source.tags.length > 0 && { Tags: source.tags }),
    Capabilities: options.capabilities,
    NotificationARNs: options.notificationArns,
    RollbackConfiguration: {},
    Changes: changes,
  };
}
