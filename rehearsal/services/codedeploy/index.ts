import { covered } from '../../core/coverage';
import { codeDeployCoverage } from './coverage';
import type { Service, World } from '../../core/service';
import { Deployments } from './deployments';
import { operations } from './operations';
import { resourceTypes } from './resources';
import { newState } from './state';

export type CodeDeployService = Service;

/** CodeDeploy for the ECS platform: blue/green deployments with hooks, traffic shifting, alarms and rollback. */
export function createCodeDeploy(world: World): CodeDeployService {
  const state = newState();
  const deployments = new Deployments(world, state);
  const parts = { world, state, deployments };
  return {
    prefix: 'codedeploy',
    protocol: { kind: 'json', targetPrefix: 'CodeDeploy_20141006' },
    operations: operations(parts),
    resourceTypes: covered(resourceTypes(parts), codeDeployCoverage),
    stop: async () => deployments.halt(),
  };
}
