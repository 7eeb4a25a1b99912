/** ECS's own deployments of a service, as every handler reads them. */
import { whileUnavailable } from './calls';
import type { StoppableDeployment } from './deployments';
import { type Caller, type CallOptions, jsonCall } from './signed-call';

/** What is read of one deployment. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
export interface ServiceDeployment {
  readonly serviceDeploymentArn: string;
  readonly status: string;
  readonly statusReason?: string;
  /** Of those that have begun. */
  readonly lifecycleStage?: string;
  /** Revisions that it replaces; none when the service is new. */
  readonly sourceServiceRevisions?: readonly {
    readonly arn?: string;
    readonly requestedTaskCount?: number;
    readonly runningTaskCount?: number;
  }[];
  readonly targetServiceRevision?: {
    readonly arn?: string;
    /** Percent; absent for a rolling update. */
    readonly requestedProductionTrafficWeight?: number;
    readonly requestedTaskCount?: number;
    readonly runningTaskCount?: number;
  };
  readonly alarms?: { readonly triggeredAlarmNames?: readonly string[] };
  /** Seconds since the epoch, as in the rest of ECS's JSON. */
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly finishedAt?: number;
  /** Of the stage under way. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html */
  readonly lifecycleHookDetails?: readonly LifecycleHookDetail[];
  readonly rollback?: { readonly reason?: string };
  readonly deploymentCircuitBreaker?: {
    readonly status?: string;
    readonly failureCount?: number;
    readonly threshold?: number;
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHookDetail.html */
export interface LifecycleHookDetail {
  readonly hookId?: string;
  readonly targetType?: string;
  readonly status?: string;
  /** Seconds since the epoch. */
  readonly expiresAt?: number;
  readonly timeoutAction?: string;
}

/** The statuses of a deployment that has not ended. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
export const SERVICE_DEPLOYMENT_IN_FLIGHT = [
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
] as const;

/** The last part of the ARN of a service deployment, as short as the id of a CodeDeploy deployment. */
export function serviceDeploymentId(serviceDeploymentArn: string): string {
  return serviceDeploymentArn.split('/').at(-1) ?? serviceDeploymentArn;
}

/** In a bake all traffic is on the new revision, and ECS only waits to remove the old one. */
const WAITS_TO_END: readonly (string | undefined)[] = ['BAKE_TIME', 'CLEAN_UP'];

export function inFlightOfService({
  serviceDeploymentArn,
  status,
  lifecycleStage,
}: ServiceDeployment): StoppableDeployment {
  const rollback = status.startsWith('ROLLBACK');
  return {
    deploymentId: serviceDeploymentId(serviceDeploymentArn),
    rollback,
    terminationWait: status === 'IN_PROGRESS' && WAITS_TO_END.includes(lifecycleStage),
    stopCommand: `aws ecs stop-service-deployment --service-deployment-arn ${serviceDeploymentArn} --stop-type ROLLBACK`,
  };
}

/**
 * @param service name or ARN
 * @param status absent: all of them
 * @returns ARNs, newest first. One page, of up to 100.
 */
export async function serviceDeploymentArns(
  cluster: string,
  service: string,
  status?: readonly string[],
  since?: Date,
  caller?: Caller,
): Promise<string[]> {
  const createdAt = since && { after: since.getTime() / 1_000 };
  const input = { cluster, service, status, createdAt, maxResults: 100 };
  type Output = { readonly serviceDeployments?: readonly { readonly serviceDeploymentArn?: string }[] };
  const { serviceDeployments = [] } = await ecsCall<Output>('ListServiceDeployments', input, caller);
  return serviceDeployments.flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? []);
}

/** At most 20. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html */
export async function describeServiceDeployments(
  serviceDeploymentArns: readonly string[],
  signal?: AbortSignal,
  caller?: Caller,
): Promise<readonly ServiceDeployment[]> {
  if (serviceDeploymentArns.length === 0) return [];
  type Output = { readonly serviceDeployments?: readonly ServiceDeployment[] };
  const options = { signal, ...caller };
  const output = await ecsCall<Output>('DescribeServiceDeployments', { serviceDeploymentArns }, options);
  return output.serviceDeployments ?? [];
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html */
export async function continueServiceDeployment(
  serviceDeploymentArn: string,
  hookId: string,
  signal?: AbortSignal,
): Promise<void> {
  await ecsCall('ContinueServiceDeployment', { serviceDeploymentArn, hookId, action: 'CONTINUE' }, { signal });
}

/**
 * The target groups of a service revision, which only this operation names.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html
 */
export async function targetGroupsOfRevision(serviceRevisionArn: string, signal?: AbortSignal): Promise<string[]> {
  type Output = {
    readonly serviceRevisions?: readonly {
      readonly resolvedConfiguration?: { readonly loadBalancers?: readonly { readonly targetGroupArn?: string }[] };
    }[];
  };
  const input = { serviceRevisionArns: [serviceRevisionArn] };
  const { serviceRevisions = [] } = await ecsCall<Output>('DescribeServiceRevisions', input, { signal });
  const balancers = serviceRevisions.flatMap(({ resolvedConfiguration }) => resolvedConfiguration?.loadBalancers ?? []);
  return balancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
}

/** One operation of ECS, repeated while it is not available. @param operation without prefix: `DescribeServices` */
export async function ecsCall<Output>(operation: string, input: object, options: CallOptions = {}): Promise<Output> {
  const call = () => jsonCall('ecs', `AmazonEC2ContainerServiceV20141113.${operation}`, input, options);
  return (await whileUnavailable(call, options.signal, options.patienceMs)) as Output;
}
