import type { Service, World } from '../service';
import type { ReadObject } from './configuration';
import { Invoker } from './invoke';
import { networkRoutes } from './network-route';
import { lambdaOperations, lambdaRest } from './operations';
import { EnvironmentPool } from './pool';
import { lambdaResourceTypes } from './resources';
import { LambdaState } from './state';

export { rehearsedEnvironment } from './process';
export type { ReadObject };

/** Lambda: functions of the template as processes of this machine, on AWS time, each with its role's credentials. */
export function createLambda(world: World, { readObject }: { readonly readObject: ReadObject }): Service {
  const state = new LambdaState();
  const pool = new EnvironmentPool(world);
  return {
    prefix: 'lambda',
    protocol: { kind: 'rest', handle: lambdaRest },
    operations: lambdaOperations(world, state, new Invoker(world, state, pool)),
    resourceTypes: lambdaResourceTypes({ world, state, pool, readObject }),
    routes: networkRoutes(world, state),
    stop: () => pool.stop(),
  };
}
