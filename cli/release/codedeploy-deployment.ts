import { isBaking } from '../../aws/deployments';
import { nameOf } from '../../common/errors';
import type { Deployment } from '../../verdict/progress';
import { CommandFailure, ExitCode } from '../failure';
import type { Aws } from './aws';
import { eventsOf, getGroup, type RawDeployment, type RawEvent } from './codedeploy';
import type { EcsService } from './services';

/** A deployment with its lifecycle events, as the release function reads it. */
export async function deploymentOf(aws: Aws, service: EcsService, id: string): Promise<Deployment> {
  const info = await rawDeployment(aws, id);
  return modelOf(info, await eventsOf(aws, info, service));
}

export function modelOf(info: RawDeployment, events: readonly RawEvent[]): Deployment {
  const { errorInformation: error } = info;
  return {
    id: info.deploymentId ?? '',
    status: info.status ?? 'Created',
    createdAtMs: msOf(info.createTime),
    completedAtMs: msOf(info.completeTime),
    ...(error && { error: { code: error.code ?? '', message: error.message ?? '' } }),
    rollbackDeploymentId: info.rollbackInfo?.rollbackDeploymentId,
    autoRollback: info.autoRollbackConfiguration?.enabled ?? false,
    terminationWait: isBaking(info),
    events: events.map(({ lifecycleEventName = '', status = 'Unknown', startTime, diagnostics }) => ({
      name: lifecycleEventName,
      status,
      startedAtMs: msOf(startTime),
      message: diagnostics?.message || undefined,
    })),
  };
}

const msOf = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1_000);

/** The ECS service of a deployment, by its group. @throws CommandFailure without one */
export async function serviceOfDeployment(aws: Aws, id: string): Promise<string> {
  const { applicationName = '', deploymentGroupName = '' } = await rawDeployment(aws, id);
  const [service] = (await getGroup(aws, applicationName, deploymentGroupName))?.ecsServices ?? [];
  if (service?.serviceName !== undefined) return service.serviceName;
  throw new CommandFailure(`deployment ${id} is none of an ECS service`, ExitCode.badInput);
}

async function rawDeployment(aws: Aws, deploymentId: string): Promise<RawDeployment> {
  type Output = { readonly deploymentInfo?: RawDeployment };
  const output = await aws.codeDeploy<Output>('GetDeployment', { deploymentId }).catch((error: unknown) => {
    if (nameOf(error) !== 'DeploymentDoesNotExistException') throw error;
    throw new CommandFailure(`there is no deployment ${deploymentId} in ${aws.region}`, ExitCode.badInput);
  });
  return output.deploymentInfo ?? {};
}
