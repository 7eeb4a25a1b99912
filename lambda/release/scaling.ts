import { whileIamSettles } from '../shared/aws';
import { signedCall } from '../shared/signed-call';
import type { ReleaseProperties } from './contract';

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
  await whileIamSettles(() => register(JSON.stringify(input)));
}

/** One call is not worth another client in the bundle. @throws Error whose name is AWS's code */
async function register(body: string): Promise<void> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AnyScaleFrontendService.RegisterScalableTarget',
  };
  const answer = await signedCall({ service: 'application-autoscaling', path: '/', headers, body });
  if (answer.status >= 200 && answer.status < 300) return;
  const error = errorOf(answer.body);
  // Without capacities nothing is registered that is not there.
  if (/MinCapacity and MaxCapacity|No scalable target|capacity/i.test(error.message)) return;
  throw error;
}

function errorOf(body: string): Error {
  let parsed: { __type?: string; message?: string; Message?: string } = {};
  try {
    parsed = JSON.parse(body) as typeof parsed;
  } catch {
    // Not AWS's own answer.
  }
  const name = parsed.__type?.split('#').at(-1) ?? 'ServiceError';
  return Object.assign(new Error(parsed.message ?? parsed.Message ?? body.slice(0, 200)), { name });
}
