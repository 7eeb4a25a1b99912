/** Task definitions: what a deploy tool registers before it starts a deployment. */
import { AwsError, type Operations, type World } from '../../core/service';
import { seconds, type ContainerDefinition, type TaskDefinitionShape } from './shapes';
import type { EcsState } from './state';
import type { Tag } from './tags';
import { passRolesOf } from './task-set-operations';
import { checkTaskDefinition } from './task/pull';

type Registration = Omit<TaskDefinitionShape, 'taskDefinitionArn' | 'revision' | 'status'> & {
  readonly tags?: readonly Tag[];
};

interface ListDefinitions {
  readonly familyPrefix?: string;
  readonly status?: string;
  readonly sort?: 'ASC' | 'DESC';
}

/** None has a resource in IAM: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export function definitionOperations(world: World, state: EcsState): Operations {
  const described = (definition: TaskDefinitionShape) => ({
    ...withDefaults(definition),
    registeredAt: definition.registeredAt,
  });
  return {
    RegisterTaskDefinition: {
      handle: async ({ tags, ...definition }: Registration, call) => {
        checkNew(definition);
        await passRolesOf(world, definition, call);
        const added = state.addTaskDefinition({ ...definition, registeredAt: seconds(world.clock.now()) });
        state.tags.add(added.taskDefinitionArn, tags);
        return { taskDefinition: described(added), tags: tags ?? [] };
      },
    },
    DeregisterTaskDefinition: {
      handle: ({ taskDefinition }: { readonly taskDefinition: string }) => {
        if (!/:\d+$/.test(taskDefinition)) {
          throw new AwsError('InvalidParameterException', 'Task definition must have a revision.');
        }
        return { taskDefinition: described(state.deregisterTaskDefinition(state.taskDefinition(taskDefinition))) };
      },
    },
    DescribeTaskDefinition: {
      handle: (input: { readonly taskDefinition: string; readonly include?: readonly string[] }) => {
        const found = state.taskDefinition(input.taskDefinition);
        const tags = input.include?.includes('TAGS') ? state.tags.of(found.taskDefinitionArn) : [];
        return { taskDefinition: described(found), tags };
      },
    },
    ListTaskDefinitions: {
      handle: ({ familyPrefix, status = 'ACTIVE', sort }: ListDefinitions) => {
        const arns = state.taskDefinitionArns(familyPrefix, status);
        return { taskDefinitionArns: sort === 'DESC' ? arns.reverse() : arns };
      },
    },
    ListTaskDefinitionFamilies: {
      handle: ({ familyPrefix = '', status = 'ACTIVE' }: ListDefinitions) => ({
        families: state.families(status).filter((family) => family.startsWith(familyPrefix)),
      }),
    },
  };
}

/** @throws AwsError ClientException */
function checkNew(definition: Registration): void {
  const invalid = (message: string) => new AwsError('ClientException', message);
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(definition.family)) {
    throw invalid(`Family "${definition.family}" has characters other than letters, numbers, hyphens and underscores.`);
  }
  const names = definition.containerDefinitions.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`Container names must be unique: ${twice}.`);
  const isFargate = definition.requiresCompatibilities?.includes('FARGATE') ?? false;
  if (isFargate && (definition.cpu === undefined || definition.memory === undefined)) {
    throw invalid("Fargate requires that 'cpu' and 'memory' be defined at the task level.");
  }
  if (isFargate && definition.networkMode !== 'awsvpc') {
    throw invalid('When networkMode is not awsvpc, the task definition is not compatible with FARGATE.');
  }
  checkTaskDefinition({ ...definition, containerDefinitions: definition.containerDefinitions.map(containerOf) });
}

/** What ECS fills in: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
function withDefaults(definition: TaskDefinitionShape): TaskDefinitionShape {
  const compatibilities = definition.requiresCompatibilities ?? ['EC2'];
  const lists = { volumes: [], placementConstraints: [], compatibilities };
  return { ...lists, ...definition, containerDefinitions: definition.containerDefinitions.map(containerOf) };
}

const containerOf = (container: ContainerDefinition): ContainerDefinition => ({
  ...container,
  essential: container.essential ?? true,
  environment: container.environment ?? [],
  portMappings: (container.portMappings ?? []).map((mapping) => ({ protocol: 'tcp', ...mapping })),
});
