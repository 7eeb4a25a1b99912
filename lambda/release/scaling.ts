import { whileIamSettles } from '../shared/aws';
import { exchange } from '../shared/http';
import { signedHeaders } from '../shared/signature';
import type { ReleaseProperties } from './contract';

type Place = Pick<ReleaseProperties, 'ClusterName' | 'EcsServiceName'>;

const SERVICE = 'application-autoscaling';
const CALL_MS_MAX = 20_000;

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
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(AWS_ENDPOINT_URL ?? `https://${SERVICE}.${region}.${suffix}/`);
  const headers = signedHeaders({
    url,
    body,
    service: SERVICE,
    region,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
      sessionToken: process.env.AWS_SESSION_TOKEN,
    },
    contentType: 'application/x-amz-json-1.1',
    date: new Date(),
  });
  const target = { 'x-amz-target': 'AnyScaleFrontendService.RegisterScalableTarget' };
  const answer = await exchange({
    method: 'POST',
    url,
    headers: { ...headers, ...target },
    body,
    timeoutMs: CALL_MS_MAX,
  });
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
