/** CreateService. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
import type { Operation, World } from '../../core/service';
import type { DeploymentConfiguration } from './deployment/configuration';
import { describeService } from './describe';
import type { Services } from './services';
import type { LaunchSettings } from './shapes';
import type { DeploymentController } from './state';
import { passRoles } from './task-set-operations';

export interface CreateServiceInput extends Partial<LaunchSettings> {
  readonly serviceName: string;
  readonly cluster?: string;
  readonly taskDefinition: string;
  readonly desiredCount?: number;
  readonly deploymentController?: { readonly type: DeploymentController };
  readonly deploymentConfiguration?: DeploymentConfiguration;
  readonly healthCheckGracePeriodSeconds?: number;
}

export function createService(world: World, services: Services): Operation<CreateServiceInput> {
  const { state } = services;
  return {
    resources: ({ cluster, serviceName }) => [state.serviceArn(cluster, serviceName)],
    context: ({ cluster }) => ({ 'ecs:cluster': state.clusterArn(cluster) }),
    handle: async (input, call) => {
      const { loadBalancers = [], networkConfiguration, capacityProviderStrategy, platformVersion } = input;
      await passRoles(world, services, input.taskDefinition, call);
      const service = services.create({
        name: input.serviceName,
        cluster: input.cluster,
        controller: input.deploymentController?.type ?? 'ECS',
        desiredCount: input.desiredCount ?? 1,
        launch: {
          taskDefinition: input.taskDefinition,
          loadBalancers,
          networkConfiguration,
          launchType: input.launchType,
          capacityProviderStrategy,
          platformVersion,
        },
        configuration: input.deploymentConfiguration ?? {},
        healthCheckGracePeriodMs: (input.healthCheckGracePeriodSeconds ?? 0) * 1000,
      });
      return { service: describeService(service) };
    },
  };
}
