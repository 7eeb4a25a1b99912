import { covered } from '../../core/coverage';
import { statesCoverage } from './coverage';
import type { Service, World } from '../../core/service';
import { statesOperations } from './operations';
import { statesResourceTypes } from './resources';
import { end } from './runner';
import { StatesState } from './state';

/** Step Functions, as far as a custom resource's waiter needs it. Tasks run as the state machine's role. */
export function createStates(world: World): Service {
  const state = new StatesState();
  return {
    prefix: 'states',
    protocol: { kind: 'json', targetPrefix: 'AWSStepFunctions' },
    operations: statesOperations(world, state),
    resourceTypes: covered(statesResourceTypes(world, state), statesCoverage),
    stop: async () => {
      for (const execution of state.executions.values()) end(world, execution, { status: 'ABORTED' });
    },
  };
}
