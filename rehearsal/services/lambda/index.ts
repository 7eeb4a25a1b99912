import { covered } from '../../core/coverage';
import { lambdaCoverage } from './coverage';
import type { Network } from '../../core/network';
import type { RestRequest, RestResponse } from '../../core/rest';
import type { Service, World } from '../../core/service';
import { codeFolder, type ReadObject } from './configuration';
import { Invoker } from './invoke';
import { Layers } from './layers';
import { lambdaOperations, lambdaRest } from './operations';
import { EnvironmentPool } from './pool';
import { lambdaResourceTypes } from './resources';
import { RuntimeSdk } from './sdk';
import { LambdaState } from './state';

export { rehearsedEnvironment } from './process';
export type { ReadObject };

export interface LambdaOptions {
  readonly readObject: ReadObject;
  readonly sdk: RuntimeSdk;
}

/** The SDK of all functions. @param appDirectory of the CDK app, whose packages complete it */
export function lambdaSdk(world: Pick<World, 'directory'>, appDirectory: string): RuntimeSdk {
  return new RuntimeSdk(codeFolder(world), appDirectory);
}

/** Lambda: functions of the template as processes of this machine, on AWS time, each with its role's credentials. */
export function createLambda(world: World, source: LambdaOptions): Service {
  const state = new LambdaState();
  world.network.addSources((functionArn) => state.sourceOf(functionArn));
  const pool = new EnvironmentPool(world);
  return {
    prefix: 'lambda',
    protocol: { kind: 'rest', handle: lambdaRest },
    operations: lambdaOperations(world, state, new Invoker(world, state, pool)),
    resourceTypes: covered(
      lambdaResourceTypes({ world, state, pool, source, layers: new Layers(world, source.readObject) }),
      lambdaCoverage,
    ),
    routes: networkRoutes(world.network),
    stop: () => pool.stop(),
  };
}

/**
 * Serves the preload of a process: where a connection to `host` and `port` ends. `source` is the ARN of the Lambda
 * function that asks; without a VPC, or without a function, the connection comes from the internet.
 */
function networkRoutes(network: Network) {
  return network.route.routes(async ({ query }: RestRequest): Promise<RestResponse> => {
    const host = query.get('host') ?? '';
    const port = Number(query.get('port'));
    const route = network.resolve(host, port, network.sourceOf(query.get('source') ?? ''));
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(route) };
  });
}
