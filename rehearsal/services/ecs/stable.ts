/** How CloudFormation follows a service: until its deployment has ended and its tasks are steady. */
import { AwsError, type World } from '../../core/service';
import { isRollingBack, isTerminal } from './deployment/machine';
import type { RunningDeployment } from './deployment/running-deployment';
import { neverStarts } from './never-starts';
import type { Services } from './services';
import type { ServiceState } from './state';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html */
const ROLLING_LIMIT_MS = 3 * 3_600_000;
/** The handlers of AWS::ECS::Service have 2160 minutes: its schema in the CloudFormation registry. */
const HANDLER_LIMIT_MS = 2160 * 60_000;

/**
 * @param previous the newest deployment before the change; one that ended earlier says nothing about this change
 * @throws Error when its tasks never start: waiting longer, as CloudFormation does, would teach nothing
 * @throws AwsError in the words of ECS when its deployment did not succeed, or in those of CloudFormation at its limit
 */
export async function whenStable(
  world: World,
  services: Services,
  service: ServiceState,
  signal: AbortSignal,
  previous?: RunningDeployment,
): Promise<void> {
  const beganMs = world.clock.now();
  const newest = services.deployments.newest(service);
  const deployment = newest === previous ? undefined : newest;
  const limitMs = !deployment || deployment.progress.plan.strategy === 'ROLLING' ? ROLLING_LIMIT_MS : HANDLER_LIMIT_MS;
  const holds = () => {
    if (world.clock.now() - beganMs > limitMs) throw notStabilized(service);
    if (deployment && isTerminal(deployment.progress.status)) checkSuccess(deployment);
    const ended = !deployment || isTerminal(deployment.progress.status);
    if (!deployment?.progress.plan.circuitBreaker) checkStarts(service);
    return ended && isSteady(service);
  };
  try {
    await services.until(holds, signal);
  } catch (error) {
    // A cancelled update does not leave its deployment running [assumed: the handler may call StopServiceDeployment].
    if (signal.aborted && deployment) services.deployments.cancel(deployment);
    throw error;
  }
}

/** CloudFormation's rollback finds the service as ECS left it, or waits until it has. */
export async function whenRolledBack(services: Services, service: ServiceState, signal: AbortSignal): Promise<void> {
  await services.until(() => {
    const deployment = services.deployments.newest(service);
    return !deployment || !isRollingBack(deployment.progress);
  }, signal);
}

function checkSuccess({ progress }: RunningDeployment): void {
  const { status, statusReason = '', circuitBreaker } = progress;
  if (status === 'SUCCESSFUL') return;
  // As CloudFormation has written it since there is a circuit breaker: https://github.com/aws/copilot-cli/issues/5586
  const sentence =
    circuitBreaker.status === 'TRIGGERED'
      ? "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."
      : statusReason;
  throw new AwsError('GeneralServiceException', sentence);
}

function checkStarts(service: ServiceState): void {
  const primary = service.taskSets.find(({ status }) => status === 'PRIMARY');
  const tasks = service.tasks.filter((task) => task.spec.taskSetId === primary?.id);
  const reason = primary?.steady ? undefined : neverStarts(service.name, tasks);
  if (reason !== undefined) throw new Error(reason);
}

/** The old task sets of a service that ECS shifts traffic for drain on after its deployment. */
function isSteady({ taskSets, controller, deployments }: ServiceState): boolean {
  const primary = taskSets.find(({ status }) => status === 'PRIMARY');
  const rolls = deployments.at(-1)?.progress.plan.strategy === 'ROLLING';
  return Boolean(primary?.steady) && (controller !== 'ECS' || !rolls || taskSets.length === 1);
}

const notStabilized = ({ arn }: ServiceState) =>
  new AwsError('NotStabilized', `Resource of type 'AWS::ECS::Service' with identifier '${arn}' did not stabilize.`);
