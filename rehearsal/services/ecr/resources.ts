import { generatedName } from '../../core/ids';
import { arn, AwsError, type ResourceState, type ResourceType, type World } from '../../core/service';
import type { EcrState, Repository } from './state';

interface RepositoryProperties {
  readonly RepositoryName?: string;
  readonly EmptyOnDelete?: boolean | string;
}

type RepositoryWorld = Pick<World, 'clock' | 'ids' | 'region' | 'accountId'>;

export function addRepository(world: RepositoryWorld, state: EcrState, name: string): Repository {
  if (state.repositories.has(name)) {
    throw new AwsError('RepositoryAlreadyExistsException', `The repository with name '${name}' already exists`);
  }
  const repository: Repository = {
    name,
    arn: arn(world, 'ecr', `repository/${name}`),
    uri: `${state.registry}/${name}`,
    createdAtMs: world.clock.now(),
    images: new Map(),
  };
  state.repositories.set(name, repository);
  return repository;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html */
export function repositoryType(world: RepositoryWorld, state: EcrState): ResourceType<RepositoryProperties> {
  const describe = (repository: Repository): ResourceState => ({
    physicalId: repository.name,
    attributes: { Arn: repository.arn, RepositoryUri: repository.uri },
  });
  return {
    create: ({ stackName, logicalId, properties }) => {
      const suffix = world.ids.token(12, 'abcdefghijklmnopqrstuvwxyz0123456789');
      // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
      const generated = generatedName({ stackName, logicalId }, suffix, 256).toLowerCase();
      return describe(addRepository(world, state, properties.RepositoryName ?? generated));
    },
    update: ({ current }) => current,
    delete: ({ current, properties }) => {
      const images = state.repositories.get(current.physicalId)?.images.size ?? 0;
      if (images > 0 && String(properties.EmptyOnDelete) !== 'true') {
        throw new AwsError(
          'RepositoryNotEmptyException',
          `The repository with name '${current.physicalId}' cannot be deleted because it still contains images`,
        );
      }
      state.repositories.delete(current.physicalId);
    },
  };
}
