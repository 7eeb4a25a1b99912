/** Which containers use which images, read from a cloud assembly: before anything is deployed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REHEARSAL_COMMAND_LABEL } from '.';
import { registryProblem } from './remedy';

export interface ImageUse {
  readonly container: string;
  /** The image property as JSON text: it holds the asset's hash, or it is a name. */
  readonly image: string;
  /** The name, when it is no expression. */
  readonly name?: string;
  /** It has a command of its own for rehearsals. */
  readonly hasCommand: boolean;
}

interface Container {
  readonly Name?: string;
  readonly Image?: unknown;
  readonly DockerLabels?: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources?: Readonly<
    Record<string, { readonly Type?: string; readonly Properties?: { readonly ContainerDefinitions?: unknown } }>
  >;
}

/** Of every task definition in the assembly's templates, those of its stages and nested stacks included. */
export function imageUses(assemblyDirectory: string): ImageUse[] {
  return templatesIn(assemblyDirectory).flatMap(({ Resources = {} }) =>
    Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition')
      .flatMap(({ Properties }) => {
        const containers = Properties?.ContainerDefinitions;
        return Array.isArray(containers) ? (containers as Container[]).map(useOf) : [];
      }),
  );
}

const useOf = ({ Name = '', Image, DockerLabels }: Container): ImageUse => ({
  container: Name,
  image: JSON.stringify(Image ?? ''),
  ...(typeof Image === 'string' && { name: Image }),
  hasCommand: DockerLabels?.[REHEARSAL_COMMAND_LABEL] !== undefined,
});

function templatesIn(directory: string): Template[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  const nested = names
    .filter((name) => name.startsWith('assembly-'))
    .flatMap((name) => templatesIn(join(directory, name)));
  const own = names.filter((name) => name.endsWith('.template.json')).flatMap((name) => read(join(directory, name)));
  return [...own, ...nested];
}

function read(file: string): Template[] {
  try {
    return [JSON.parse(readFileSync(file, 'utf8')) as Template];
  } catch {
    return [];
  }
}

/** Whether all containers that use the asset have a command of their own, so that it need not be built. */
export function isNeverRun(uses: readonly ImageUse[], assetHash: string): boolean {
  const own = uses.filter(({ image }) => image.includes(assetHash));
  return own.length > 0 && own.every(({ hasCommand }) => hasCommand);
}

const ECR = /^\d{12}\.dkr\.ecr\./;

/** Containers whose image only a container engine can pull, each with the remedy. */
export function registryProblems(uses: readonly ImageUse[]): string[] {
  const found = uses.filter(({ name, hasCommand }) => name !== undefined && !ECR.test(name) && !hasCommand);
  return [...new Set(found.map(({ container, name = '' }) => registryProblem(container, name)))];
}
