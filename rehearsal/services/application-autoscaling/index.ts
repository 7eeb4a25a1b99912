import { covered } from '../../core/coverage';
import { autoscalingCoverage } from './coverage';
import type { Service, World } from '../../core/service';
import { autoscalingOperations } from './operations';
import { autoscalingResourceTypes } from './resources';
import type { ScalableTargets } from './state';

/** Application Auto Scaling, as far as a scalable target holds a service's desired count; policies are inert. */
export function createApplicationAutoScaling(world: World): Service {
  const targets: ScalableTargets = new Map();
  const operations = autoscalingOperations(world, targets);
  const register = operations.RegisterScalableTarget;
  if (!register) throw new Error('RegisterScalableTarget is missing');
  return {
    prefix: 'application-autoscaling',
    protocol: { kind: 'json', targetPrefix: 'AnyScaleFrontendService' },
    operations,
    resourceTypes: covered(autoscalingResourceTypes(world, targets, register), autoscalingCoverage),
  };
}
