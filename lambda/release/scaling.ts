import { whileIamSettles } from '../../aws/calls';
import { AwsCallError, jsonCall } from '../../aws/signed-call';
import type { ReleaseProperties } from './types';

/** What Application Auto Scaling says of a target that was never registered. */
const ABSENT = /MinCapacity and MaxCapacity|No scalable target|capacity/i;

type Place = Pick<ReleaseProperties, 'ClusterName' | 'EcsServiceName'>;

/**
 * Suspends or resumes automatic scaling of the service: "If a scaling event occurs during a blue/green deployment, the
 * deployment waits 5 minutes for the steady state", and fails after it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html
 * A service without a scalable target has nothing to suspend.
 */
export async function suspendScaling(place: Place, suspended: boolean): Promise<void> {
  const name = (nameOrArn: string) => nameOrArn.split('/').at(-1) ?? nameOrArn;
  const input = {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${name(place.ClusterName)}/${name(place.EcsServiceName)}`,
    ScalableDimension: 'ecs:service:DesiredCount',
    SuspendedState: {
      DynamicScalingInSuspended: suspended,
      DynamicScalingOutSuspended: suspended,
      ScheduledScalingSuspended: suspended,
    },
  };
  await whileIamSettles(() => register(input));
}

/** One call is not worth another client in the bundle. @throws AwsCallError */
async function register(input: object): Promise<void> {
  try {
    await jsonCall('application-autoscaling', 'AnyScaleFrontendService.RegisterScalableTarget', input);
  } catch (error) {
    // Without capacities nothing is registered that is not there.
    const isAbsent = error instanceof AwsCallError && ABSENT.test(error.message);
    if (!isAbsent) throw error;
  }
}
