/** UpdateService, which allows least for services that CodeDeploy deploys. */
import { AwsError, type Operation } from '../../core/service';
import type { DeploymentConfiguration } from './deployment/configuration';
import { describeService } from './describe';
import type { Services } from './services';
import type { LaunchSettings } from './shapes';
import type { ServiceState } from './state';

export interface UpdateServiceInput extends Partial<LaunchSettings> {
  readonly cluster?: string;
  readonly service: string;
  readonly desiredCount?: number;
  readonly healthCheckGracePeriodSeconds?: number;
  readonly deploymentConfiguration?: DeploymentConfiguration;
  readonly forceNewDeployment?: boolean;
}

/** What a request may name under CODE_DEPLOY. */
const ALLOWED: ReadonlySet<string> = new Set([
  'cluster',
  'service',
  'desiredCount',
  'deploymentConfiguration',
  'healthCheckGracePeriodSeconds',
  'placementConstraints',
  'placementStrategy',
  'enableECSManagedTags',
  'propagateTags',
]);

/** What AWS's sentence calls it; of other parameters that is assumed. */
const WORDS: Readonly<Record<string, string>> = {
  taskDefinition: 'task definition',
  forceNewDeployment: 'task definition',
  networkConfiguration: 'network parameters',
};

/**
 * "only the desired count, deployment configuration, health check grace period, task placement constraints and
 * strategies, enable ECS managed tags option, and propagate tags can be updated using this API"
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 * @throws AwsError InvalidParameterException
 */
function refuseUnderCodeDeploy(input: UpdateServiceInput): void {
  const refused = Object.entries(input).flatMap(([key, value]) =>
    ALLOWED.has(key) || value === undefined || value === false ? [] : [key],
  );
  // The task definition is what AWS names first.
  const first = refused.includes('taskDefinition') ? 'taskDefinition' : refused[0];
  if (first === undefined) return;
  const what = WORDS[first] ?? first.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const sentence = `Unable to update ${what} on services with a CODE_DEPLOY deployment controller.`;
  throw new AwsError('InvalidParameterException', `${sentence} Use AWS CodeDeploy to trigger a new deployment.`);
}

/** @throws AwsError InvalidParameterException, ClientException */
export function applyUpdate(services: Services, service: ServiceState, input: UpdateServiceInput): void {
  if (service.controller === 'CODE_DEPLOY') refuseUnderCodeDeploy(input);
  const { deploymentConfiguration = {}, healthCheckGracePeriodSeconds: grace } = input;
  const launch = service.controller === 'ECS' ? nextLaunch(services, service, input) : undefined;
  services.configure(service, deploymentConfiguration, launch ?? service.launch);
  if (grace !== undefined) service.healthCheckGracePeriodMs = grace * 1000;
  if (input.desiredCount !== undefined && input.desiredCount !== service.desiredCount) {
    services.setDesiredCount(service, input.desiredCount);
  }
  if (launch) services.deploy(service, launch);
}

/** What a service that ECS deploys is to run with; undefined when nothing about it changes. */
function nextLaunch(services: Services, service: ServiceState, input: UpdateServiceInput): LaunchSettings | undefined {
  const { loadBalancers, networkConfiguration, platformVersion, capacityProviderStrategy } = input;
  const taskDefinition =
    input.taskDefinition && services.state.activeTaskDefinition(input.taskDefinition).taskDefinitionArn;
  const given = { taskDefinition, loadBalancers, networkConfiguration, platformVersion, capacityProviderStrategy };
  const changes = Object.entries(given).filter(([, value]) => value !== undefined);
  const next: LaunchSettings = { ...service.launch, ...Object.fromEntries(changes) };
  const same = JSON.stringify(next) === JSON.stringify(service.launch);
  return same && !input.forceNewDeployment ? undefined : next;
}

export function updateService(services: Services): Operation<UpdateServiceInput> {
  const { state } = services;
  return {
    resources: (input) => [state.serviceArn(input.cluster, input.service)],
    context: (input) => ({ 'ecs:cluster': state.clusterArn(input.cluster) }),
    handle: (input) => {
      const service = state.service(input.cluster, input.service);
      applyUpdate(services, service, input);
      return { service: describeService(service) };
    },
  };
}
