/** Whether Fargate could start a task: its image from ECR, its roles. */
import { REHEARSAL_COMMAND_LABEL } from '../../../images';
import { AwsError, type Principal, type World } from '../../../core/service';
import { checkDependencies } from './dependencies';
import type { ContainerDefinition, TaskDefinitionShape } from '../shapes';
import { reasonOf } from './reason';

export const cannotPull = (image: string, why: string) => new Error(`CannotPullContainerError: ${image}: ${why}`);

const LOCAL_REGISTRY = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z.]+\/([^:@]+)(?:@(sha256:[0-9a-f]+)|:([^@]+))?$/;

/** `{repositoryName, imageIds}` for an image of ECR, undefined for one of another registry. */
export function ecrImage(image: string) {
  const match = LOCAL_REGISTRY.exec(image);
  if (!match) return undefined;
  const [, repositoryName = '', imageDigest, imageTag = 'latest'] = match;
  return { repositoryName, imageIds: [imageDigest ? { imageDigest } : { imageTag }] };
}

interface BatchGetImage {
  readonly images?: readonly { readonly imageManifest?: string }[];
  readonly failures?: readonly { readonly failureReason: string }[];
}

/**
 * What Fargate asks of ECR as the execution role before a container starts.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 * @throws Error the task's stopped reason
 */
export async function pull(world: World, role: Principal | undefined, container: ContainerDefinition): Promise<void> {
  const image = ecrImage(container.image);
  if (!image || container.dockerLabels?.[REHEARSAL_COMMAND_LABEL] !== undefined) return;
  if (!role) throw cannotPull(container.image, 'the task definition has no execution role');
  await world.call(role, 'ecr', 'GetAuthorizationToken', {}).catch((error: unknown) => {
    const lead = 'ResourceInitializationError: unable to pull secrets or registry auth: ';
    throw new Error(`${lead}unable to get registry auth from Amazon ECR: ${reasonOf(error)}`);
  });
  const response = await world.call<BatchGetImage>(role, 'ecr', 'BatchGetImage', image).catch((error: unknown) => {
    throw cannotPull(container.image, reasonOf(error));
  });
  const [failure] = response.failures ?? [];
  if (failure) throw cannotPull(container.image, failure.failureReason);
  await pullLayers(world, role, { image: container.image, repositoryName: image.repositoryName, response });
}

interface Pulled {
  readonly image: string;
  readonly repositoryName: string;
  readonly response: BatchGetImage;
}

/**
 * Whether each layer is there, and where it is downloaded.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html (the actions of a pull)
 */
async function pullLayers(world: World, role: Principal, { image, repositoryName, response }: Pulled): Promise<void> {
  const { layers = [] } = JSON.parse(response.images?.[0]?.imageManifest ?? '{}') as {
    readonly layers?: readonly { readonly digest: string }[];
  };
  const layerDigests = layers.map(({ digest }) => digest);
  try {
    if (layerDigests.length > 0)
      await world.call(role, 'ecr', 'BatchCheckLayerAvailability', { repositoryName, layerDigests });
    for (const layerDigest of layerDigests)
      await world.call(role, 'ecr', 'GetDownloadUrlForLayer', { repositoryName, layerDigest });
  } catch (error) {
    throw cannotPull(image, reasonOf(error));
  }
}

/** @throws AwsError ClientException, as RegisterTaskDefinition refuses what Fargate cannot start */
export function checkTaskDefinition(definition: Pick<TaskDefinitionShape, 'containerDefinitions'> & object): void {
  const { requiresCompatibilities, executionRoleArn } = definition as Partial<TaskDefinitionShape>;
  if (!definition.containerDefinitions.some((container) => container.essential !== false)) {
    throw new AwsError('ClientException', 'A task definition must have at least one essential container.');
  }
  checkDependencies(definition.containerDefinitions);
  if (!executionRoleArn && definition.containerDefinitions.some((container) => container.secrets?.length)) {
    // The words of https://github.com/sil-org/ecs-deploy/pull/166
    const what = "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.";
    throw new AwsError('ClientException', what);
  }
  if (!requiresCompatibilities?.includes('FARGATE') || executionRoleArn) return;
  const needs = (what: string) =>
    new AwsError('ClientException', `Fargate requires task definition to have execution role ARN to support ${what}.`);
  for (const container of definition.containerDefinitions) {
    if (ecrImage(container.image)) throw needs('ECR images');
    if (container.logConfiguration?.logDriver === 'awslogs') throw needs('log driver awslogs');
    if (container.secrets?.length) throw needs('ECS secrets');
  }
}
