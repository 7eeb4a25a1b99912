/** Which containers use which images, read from a cloud assembly: before anything is deployed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { REHEARSAL_COMMAND_LABEL } from '.';

export interface ImageUse {
  readonly container: string;
  /** The image property as JSON text: it holds the asset's hash, or it is a name. */
  readonly image: string;
  /** The name, when it is no expression. */
  readonly name?: string;
  /** It has a command of its own for rehearsals. */
  readonly hasCommand: boolean;
}

/** An image that the CDK builds from a folder. */
export interface ImageAsset {
  readonly hash: string;
  readonly directory: string;
  readonly file?: string;
  readonly target?: string;
  readonly buildArgs: Readonly<Record<string, string>>;
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

interface Artifact {
  readonly type?: string;
  readonly displayName?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: { readonly templateFile?: string; readonly file?: string; readonly directoryName?: string };
}

interface AssetManifest {
  readonly dockerImages?: Readonly<
    Record<
      string,
      {
        readonly source: {
          readonly directory?: string;
          readonly dockerFile?: string;
          readonly dockerBuildTarget?: string;
          readonly dockerBuildArgs?: Readonly<Record<string, string>>;
        };
      }
    >
  >;
}

/** Of every task definition in the folder's templates. */
export function imageUses(directory: string): ImageUse[] {
  return namesIn(directory)
    .filter((name) => name.endsWith('.template.json'))
    .flatMap((name) => usesIn(join(directory, name)));
}

/**
 * Of the stack that is deployed, those that it depends on, and its nested stacks.
 * @param stackId the path of its construct
 */
export function stackImages(directory: string, stackId: string): { uses: ImageUse[]; assets: ImageAsset[] } {
  const { artifacts = {} } = read<{ artifacts?: Record<string, Artifact> }>(join(directory, 'manifest.json')) ?? {};
  const start = Object.keys(artifacts).find(
    (id) => artifacts[id]?.properties?.templateFile !== undefined && (artifacts[id].displayName ?? id) === stackId,
  );
  const stages = Object.values(artifacts).filter(({ type }) => type === 'cdk:cloud-assembly');
  const below = stages.map(({ properties }) => stackImages(join(directory, properties?.directoryName ?? ''), stackId));
  const wanted = start === undefined ? [] : withDependencies(artifacts, start);
  const files = wanted.map((id) => artifacts[id]?.properties ?? {});
  const nested = start === undefined ? [] : namesIn(directory).filter((name) => name.endsWith('.nested.template.json'));
  const templates = [...files.flatMap(({ templateFile }) => (templateFile ? [templateFile] : [])), ...nested];
  return {
    uses: [...templates.flatMap((name) => usesIn(join(directory, name))), ...below.flatMap(({ uses }) => uses)],
    assets: [
      ...files.flatMap(({ file }) => (file ? assetsIn(join(directory, file)) : [])),
      ...below.flatMap(({ assets }) => assets),
    ],
  };
}

function withDependencies(artifacts: Readonly<Record<string, Artifact>>, start: string): string[] {
  const found = new Set<string>();
  const visit = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    for (const dependency of artifacts[id]?.dependencies ?? []) visit(dependency);
  };
  visit(start);
  return [...found];
}

function assetsIn(file: string): ImageAsset[] {
  return Object.entries(read<AssetManifest>(file)?.dockerImages ?? {}).flatMap(([hash, { source }]) => {
    if (source.directory === undefined) return [];
    const { dockerFile, dockerBuildTarget, dockerBuildArgs = {} } = source;
    return {
      hash,
      directory: join(dirname(file), source.directory),
      buildArgs: dockerBuildArgs,
      ...(dockerFile !== undefined && { file: dockerFile }),
      ...(dockerBuildTarget !== undefined && { target: dockerBuildTarget }),
    };
  });
}

function usesIn(file: string): ImageUse[] {
  return Object.values(read<Template>(file)?.Resources ?? {})
    .filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition')
    .flatMap(({ Properties }) => {
      const containers = Properties?.ContainerDefinitions;
      return Array.isArray(containers) ? (containers as Container[]).map(useOf) : [];
    });
}

const useOf = ({ Name = '', Image, DockerLabels }: Container): ImageUse => ({
  container: Name,
  image: JSON.stringify(Image ?? ''),
  ...(typeof Image === 'string' && { name: Image }),
  hasCommand: DockerLabels?.[REHEARSAL_COMMAND_LABEL] !== undefined,
});

const namesIn = (directory: string) => (existsSync(directory) ? readdirSync(directory) : []);

/** What cannot be read says nothing here: who needs the file reports it. */
function read<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Whether all containers that use the asset have a command of their own, so that it need not be built. */
export function isNeverRun(uses: readonly ImageUse[], assetHash: string): boolean {
  const own = uses.filter(({ image }) => image.includes(assetHash));
  return own.length > 0 && own.every(({ hasCommand }) => hasCommand);
}
