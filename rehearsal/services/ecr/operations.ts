import { secrets } from '../../core/secret';
import type { SecretPath } from '../../core/secret';
import { arn, AwsError, type Operations, type World } from '../../core/service';
import { type EcrState, type PushedImage, type Repository } from './state';

type EcrWorld = Pick<World, 'clock' | 'region' | 'accountId' | 'ids' | 'endpoint'>;

interface InRepository {
  readonly repositoryName: string;
}

interface ImageId {
  readonly imageTag?: string;
  readonly imageDigest?: string;
}

/** What the operations share: finding a repository and an image in it. */
interface Api {
  readonly world: EcrWorld;
  readonly state: EcrState;
  readonly layers: SecretPath;
  readonly resources: (input: InRepository) => string[];
  readonly repositoryOf: (input: InRepository) => Repository;
  readonly image: (repository: Repository, id: ImageId) => PushedImage | undefined;
}

/**
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/
 * @param layers where images are downloaded from, by presigned URLs on AWS
 */
export function ecrOperations(world: EcrWorld, state: EcrState, layers: SecretPath): Operations {
  const api: Api = {
    world,
    state,
    layers,
    resources: ({ repositoryName }) => [arn(world, 'ecr', `repository/${repositoryName}`)],
    repositoryOf: ({ repositoryName }) => {
      const found = state.repositories.get(repositoryName);
      if (found) return found;
      throw new AwsError(
        'RepositoryNotFoundException',
        `The repository with name '${repositoryName}' does not exist in the registry with id '${world.accountId}'`,
      );
    },
    image: (repository, { imageTag, imageDigest }) =>
      state.pushed({
        registry: state.registry,
        repository: repository.name,
        tag: imageTag ?? '',
        digest: imageDigest,
      }),
  };
  return {
    // Without resource-level permissions: "Resource": "*" is needed. API_GetAuthorizationToken.
    GetAuthorizationToken: { handle: () => authorizationToken(world, state) },
    ...describeOperations(api),
    ...pullOperations(api),
  };
}

function describeOperations({ world, state, resources, repositoryOf, image }: Api): Operations {
  return {
    DescribeRepositories: {
      resources: ({ repositoryNames }: { repositoryNames?: readonly string[] }) =>
        (repositoryNames ?? ['*']).map((name) => arn(world, 'ecr', `repository/${name}`)),
      handle: ({ repositoryNames }: { repositoryNames?: readonly string[] }) => ({
        repositories: (repositoryNames ?? [...state.repositories.keys()])
          .map((repositoryName) => repositoryOf({ repositoryName }))
          .map((repository) => describeRepository(world, repository)),
      }),
    },
    DescribeImages: {
      resources,
      handle: (input: InRepository & { imageIds?: readonly ImageId[] }) => {
        const repository = repositoryOf(input);
        const found = input.imageIds?.map((id) => image(repository, id) ?? missing(world, repository, id));
        return {
          imageDetails: (found ?? [...repository.images.values()]).map((one) => describeImage(world, repository, one)),
        };
      },
    },
  };
}

/** What a pull calls. */
function pullOperations({ world, layers, resources, repositoryOf, image }: Api): Operations {
  return {
    BatchGetImage: {
      resources,
      handle: (input: InRepository & { imageIds: readonly ImageId[] }) => {
        const repository = repositoryOf(input);
        const results = input.imageIds.map((id) => ({ imageId: id, found: image(repository, id) }));
        return {
          images: results.flatMap(({ found }) => (found ? [manifest(world, repository, found)] : [])),
          failures: results
            .filter(({ found }) => !found)
            .map(({ imageId }) => ({
              imageId,
              failureCode: 'ImageNotFound',
              failureReason: 'Requested image not found',
            })),
        };
      },
    },
    BatchCheckLayerAvailability: {
      resources,
      handle: (input: InRepository & { layerDigests: readonly string[] }) => {
        const repository = repositoryOf(input);
        const availability = (imageDigest: string) =>
          image(repository, { imageDigest }) ? 'AVAILABLE' : 'UNAVAILABLE';
        return {
          layers: input.layerDigests.map((layerDigest) => ({
            layerDigest,
            layerAvailability: availability(layerDigest),
          })),
          failures: [],
        };
      },
    },
    GetDownloadUrlForLayer: {
      resources,
      handle: (input: InRepository & { layerDigest: string }) => {
        if (!image(repositoryOf(input), { imageDigest: input.layerDigest })) {
          throw new AwsError('LayersNotFoundException', `The layer with digest '${input.layerDigest}' does not exist.`);
        }
        return {
          downloadUrl: `${world.endpoint}${layers.path}/${input.layerDigest}`,
          layerDigest: input.layerDigest,
        };
      },
    },
  };
}

function authorizationToken(world: EcrWorld, state: EcrState) {
  const authorizationToken = Buffer.from(`AWS:${secrets.path()}`).toString('base64');
  const expiresAt = new Date(world.clock.now() + 12 * 3_600_000);
  return { authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: `https://${state.registry}` }] };
}

function missing(world: EcrWorld, repository: Repository, { imageTag, imageDigest }: ImageId): never {
  const id = imageDigest === undefined ? `imageTag:'${imageTag}'` : `imageDigest:'${imageDigest}'`;
  throw new AwsError(
    'ImageNotFoundException',
    `The image with imageId {${id}} does not exist within the repository with name '${repository.name}' in the registry with id '${world.accountId}'`,
  );
}

const describeRepository = (world: EcrWorld, repository: Repository) => ({
  repositoryArn: repository.arn,
  registryId: world.accountId,
  repositoryName: repository.name,
  repositoryUri: repository.uri,
  createdAt: new Date(repository.createdAtMs),
  imageTagMutability: 'IMMUTABLE',
});

const describeImage = (world: EcrWorld, repository: Repository, image: PushedImage) => ({
  registryId: world.accountId,
  repositoryName: repository.name,
  imageDigest: image.digest,
  imageTags: [image.tag],
  imagePushedAt: new Date(image.pushedAtMs),
});

/** An image is one layer here, with the image's own digest: a description of where it was laid out. */
const manifest = (world: EcrWorld, repository: Repository, image: PushedImage) => ({
  registryId: world.accountId,
  repositoryName: repository.name,
  imageId: { imageDigest: image.digest, imageTag: image.tag },
  imageManifestMediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  imageManifest: JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    layers: [{ mediaType: 'application/json', digest: image.digest }],
  }),
});
