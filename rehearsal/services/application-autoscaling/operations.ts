import { arn, AwsError, INTERNAL, type Operations, partitionOf, type World } from '../../core/service';
import { keyOf, NOT_SUSPENDED, type ScalableTarget, type ScalableTargets, type SuspendedState } from './state';

interface RegisterInput {
  readonly ServiceNamespace: string;
  readonly ResourceId: string;
  readonly ScalableDimension: string;
  readonly MinCapacity?: number;
  readonly MaxCapacity?: number;
  readonly SuspendedState?: Partial<SuspendedState>;
  readonly RoleARN?: string;
}

export function autoscalingOperations(world: World, targets: ScalableTargets): Operations {
  return {
    RegisterScalableTarget: {
      // The id at the end of the ARN is made up by AWS.
      resources: (input: RegisterInput) => [
        arn(world, 'application-autoscaling', `scalable-target/${input.ResourceId.replaceAll('/', '-')}`),
      ],
      context: (input: RegisterInput) => ({
        'application-autoscaling:service-namespace': input.ServiceNamespace,
        'application-autoscaling:scalable-dimension': input.ScalableDimension,
      }),
      handle: (input: RegisterInput) => register(world, targets, input),
    },
    DescribeScalableTargets: {
      handle: (input: { ServiceNamespace: string; ResourceIds?: string[] }) => ({
        ScalableTargets: [...targets.values()]
          .filter((target) => target.serviceNamespace === input.ServiceNamespace)
          .filter((target) => !input.ResourceIds || input.ResourceIds.includes(target.resourceId))
          .map(render),
      }),
    },
    DeregisterScalableTarget: {
      handle: (input: RegisterInput) => {
        if (!targets.delete(keyOf(named(input)))) {
          throw new AwsError('ObjectNotFoundException', `No scalable target found for ${input.ResourceId}`);
        }
        return {};
      },
    },
  };
}

function named(input: RegisterInput): Pick<ScalableTarget, 'serviceNamespace' | 'resourceId' | 'scalableDimension'> {
  return {
    serviceNamespace: input.ServiceNamespace,
    resourceId: input.ResourceId,
    scalableDimension: input.ScalableDimension,
  };
}

function render(target: ScalableTarget): object {
  return {
    ServiceNamespace: target.serviceNamespace,
    ResourceId: target.resourceId,
    ScalableDimension: target.scalableDimension,
    MinCapacity: target.minCapacity,
    MaxCapacity: target.maxCapacity,
    SuspendedState: target.suspendedState,
    RoleARN: target.roleArn,
    CreationTime: target.createdAtMs / 1000,
  };
}

/** @throws AwsError ValidationException */
async function register(world: World, targets: ScalableTargets, input: RegisterInput): Promise<object> {
  const before = targets.get(keyOf(named(input)));
  const minCapacity = input.MinCapacity ?? before?.minCapacity;
  const maxCapacity = input.MaxCapacity ?? before?.maxCapacity;
  if (minCapacity === undefined || maxCapacity === undefined) {
    throw new AwsError(
      'ValidationException',
      'Both MinCapacity and MaxCapacity are required for a new scalable target',
    );
  }
  if (minCapacity > maxCapacity) {
    throw new AwsError('ValidationException', `Maximum capacity cannot be less than minimum capacity`);
  }
  const suspendedState = { ...NOT_SUSPENDED, ...before?.suspendedState, ...input.SuspendedState };
  const roleArn = input.RoleARN ?? before?.roleArn ?? serviceLinkedRole(world);
  const createdAtMs = before?.createdAtMs ?? world.clock.now();
  const target = { ...named(input), minCapacity, maxCapacity, suspendedState, roleArn, createdAtMs };
  if (target.serviceNamespace !== 'ecs' || target.scalableDimension !== 'ecs:service:DesiredCount') {
    throw new AwsError('ValidationException', `${target.scalableDimension} has no behaviour in the rehearsal`);
  }
  targets.set(keyOf(target), target);
  if (input.SuspendedState) tellSuspension(world, target);
  await intoRange(world, target);
  return {};
}

/** https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html */
const serviceLinkedRole = ({ region, accountId }: World) =>
  `arn:${partitionOf(region)}:iam::${accountId}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/` +
  'AWSServiceRoleForApplicationAutoScaling_ECSService';

function tellSuspension(world: World, { resourceId, suspendedState }: ScalableTarget): void {
  const suspended = Object.values(suspendedState).some(Boolean);
  world.events.record('autoscaling', 'suspension', `${resourceId}: scaling ${suspended ? 'suspended' : 'runs'}`, {
    resourceId,
    suspended,
  });
}

/**
 * "If the current capacity is outside of the range, Application Auto Scaling scales it into the range": a service
 * below the minimum is scaled out at once.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
 */
async function intoRange(world: World, target: ScalableTarget): Promise<void> {
  const [, cluster, service] = target.resourceId.split('/');
  const { services } = await world.call<{ services: { desiredCount: number }[] }>(INTERNAL, 'ecs', 'DescribeServices', {
    cluster,
    services: [service],
  });
  const current = services[0]?.desiredCount;
  if (current === undefined)
    throw new AwsError('ValidationException', `ECS service doesn't exist: ${target.resourceId}`);
  const desiredCount = Math.min(target.maxCapacity, Math.max(target.minCapacity, current));
  if (desiredCount === current) return;
  await world.call(INTERNAL, 'ecs', 'UpdateService', { cluster, service, desiredCount });
  world.events.record('autoscaling', 'desired-count', `${target.resourceId}: ${current} -> ${desiredCount} tasks`, {
    resourceId: target.resourceId,
    from: current,
    to: desiredCount,
  });
}
