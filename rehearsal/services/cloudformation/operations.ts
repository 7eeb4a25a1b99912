import { inBackground } from '../../core/faults';
import { AwsError, type Operations } from '../../core/service';
import { changeSetOperations } from './change-sets';
import { removeStack, rollbackCreate, rollbackUpdate } from './deployment';
import { moveStack } from './log';
import { predict } from './predict';
import { readOperations } from './read-operations';
import { loadSource } from './template/source';
import {
  type Api,
  checkAgainst,
  findStack,
  newStack,
  onStack,
  optionsOf,
  requireStack,
  type StackInput,
  type StackName,
  startCreate,
  startUpdate,
} from './stacks';
import { invalid } from './template/template';

export function cloudFormationOperations(api: Api): Operations {
  return { ...stackOperations(api), ...changeSetOperations(api), ...readOperations(api) };
}

function stackOperations(api: Api): Operations {
  const { engine, readObject } = api;
  const { world } = engine;
  return {
    CreateStack: onStack(api, async (input: StackInput) => {
      const inReview = findStack(engine, input.StackName);
      if (inReview && inReview.status !== 'REVIEW_IN_PROGRESS') {
        throw new AwsError('AlreadyExistsException', `Stack [${input.StackName}] already exists`);
      }
      const source = await loadSource(world, readObject, input);
      const options = optionsOf(input);
      // Recorded: a stack in review becomes the stack that is created.
      const stack = inReview ?? newStack(engine, input.StackName, options);
      try {
        checkAgainst(engine, stack, source, options);
      } catch (error) {
        if (!inReview) engine.stacks.splice(engine.stacks.indexOf(stack), 1);
        throw error;
      }
      stack.options = options;
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
          throw invalid(`Stack [${stack.name}] cannot be deleted while in status ${stack.status}`);
        }
        stack.clientToken = input.ClientRequestToken;
        moveStack(world, stack, 'delete', 'User Initiated');
        inBackground(engine.world, removeStack(engine, stack, new Set(input.RetainResources ?? [])));
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
      inBackground(engine.world, rollbackUpdate(engine, stack, new Set(input.ResourcesToSkip ?? [])));
      return {};
    }),
    RollbackStack: onStack(api, (input: StackName) => {
      const stack = requireStack(engine, input.StackName);
      if (stack.status === 'CREATE_FAILED') void rollbackCreate(engine, stack, 'User Initiated');
      else if (stack.status === 'UPDATE_FAILED') {
        moveStack(world, stack, 'rollback', 'User Initiated');
        inBackground(engine.world, rollbackUpdate(engine, stack, new Set()));
      } else throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
      return { StackId: stack.id };
    }),
  };
}
