import { type Operation, INTERNAL, type ResourceType, type World } from '../../core/service';
import { keyOf, type ScalableTargets } from './state';

interface Properties {
  readonly ServiceNamespace: string;
  readonly ResourceId: string;
  readonly ScalableDimension: string;
  readonly MinCapacity: number;
  readonly MaxCapacity: number;
}

export function autoscalingResourceTypes(
  world: World,
  targets: ScalableTargets,
  register: Operation,
): Readonly<Record<string, ResourceType>> {
  const apply = async (properties: Properties) => {
    await register.handle(
      { ...properties, MinCapacity: Number(properties.MinCapacity), MaxCapacity: Number(properties.MaxCapacity) },
      { principal: INTERNAL, requestId: world.ids.uuid() },
    );
    const physicalId = keyOf({
      serviceNamespace: properties.ServiceNamespace,
      resourceId: properties.ResourceId,
      scalableDimension: properties.ScalableDimension,
    });
    return { physicalId, attributes: { Id: physicalId } };
  };
  return {
    'AWS::ApplicationAutoScaling::ScalableTarget': {
      create: ({ properties }) => apply(properties as Properties),
      update: ({ properties }) => apply(properties as Properties),
      delete: ({ current }) => void targets.delete(current.physicalId),
    },
  };
}
