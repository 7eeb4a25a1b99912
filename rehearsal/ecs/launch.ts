/** From a container definition to a local process: command, directory, environment. */
import { dirname } from 'node:path';
import { type ImageSource, REHEARSAL_COMMAND_LABEL } from '../images';
import type { Credentials, World } from '../service';
import { cannotPull } from './pull';
import type { ContainerDefinition } from './shapes';

/** A container's way into a process: what it needs beside its definition. */
export interface LaunchContext {
  readonly world: Pick<World, 'region' | 'endpoint' | 'directory'>;
  readonly images: ImageSource;
  /** The preload that moves listening sockets to loopback. */
  readonly preload: string;
  /** Of the task role; without one the container has no credentials at all. */
  readonly credentials?: Credentials;
  /** Values of the container's secrets by environment variable. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Container port to port on loopback, for the whole task: its containers share one network. */
  readonly ports: ReadonlyMap<number, number>;
}

export interface Launch {
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

function labelledCommand(container: ContainerDefinition): readonly string[] | undefined {
  const text = container.dockerLabels?.[REHEARSAL_COMMAND_LABEL];
  if (text === undefined) return undefined;
  const rule = `docker label ${REHEARSAL_COMMAND_LABEL} of container ${container.name}: ${text}: a JSON array of texts`;
  let command: unknown;
  try {
    command = JSON.parse(text);
  } catch {
    throw new Error(rule);
  }
  const texts = Array.isArray(command) && command.length > 0 && command.every((part) => typeof part === 'string');
  if (!texts) throw new Error(rule);
  return command as string[];
}

/** @throws Error the task's stopped reason, when there is neither image nor command */
function program(container: ContainerDefinition, images: ImageSource) {
  const labelled = labelledCommand(container);
  const image = images.find(container.image);
  if (labelled) return { command: labelled, directory: image?.directory ?? process.cwd(), environment: {} };
  if (!image) {
    const remedy = `a rehearsal runs images that the app builds itself; for any other set the docker label ${REHEARSAL_COMMAND_LABEL}`;
    throw cannotPull(container.image, `no such image in the local registry: ${remedy}`);
  }
  const own = [...(container.entryPoint ?? []), ...(container.command ?? [])];
  return { ...image, command: own.length > 0 ? own : image.command };
}

/** Node reads NODE_OPTIONS like a shell: quotes keep a path with spaces whole. */
const quoted = (path: string) => `"${path.replace(/[\\"]/g, '\\$&')}"`;

function nodeEnvironment(context: LaunchContext, given: string | undefined): Record<string, string> {
  const ports = Object.fromEntries(context.ports);
  return {
    NODE_OPTIONS: [given, `--require ${quoted(context.preload)}`].filter(Boolean).join(' '),
    GREENLIGHT_TASK_PORTS: JSON.stringify(ports),
  };
}

/** Nothing of the person's own AWS set-up reaches a container: no profile, no instance role. */
function awsEnvironment({ world, credentials }: LaunchContext): Record<string, string> {
  const keys: Record<string, string> = credentials
    ? {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
      }
    : {};
  return {
    AWS_REGION: world.region,
    AWS_DEFAULT_REGION: world.region,
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_ENDPOINT_URL: world.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...keys,
  };
}

/** PORT for the container's own first mapped port, so that any program can be told where to listen. */
function portEnvironment(container: ContainerDefinition, ports: ReadonlyMap<number, number>): Record<string, string> {
  const [mapping] = container.portMappings ?? [];
  const port = mapping && ports.get(mapping.containerPort);
  return port === undefined ? { HOST: '127.0.0.1' } : { HOST: '127.0.0.1', PORT: String(port) };
}

/** @throws Error whose message is the task's stopped reason */
export function launchOf(container: ContainerDefinition, context: LaunchContext): Launch {
  const { command, directory, environment } = program(container, context.images);
  const own = Object.fromEntries((container.environment ?? []).map(({ name, value }) => [name, String(value)]));
  const merged: Record<string, string> = { ...environment, ...own, ...context.secrets };
  return {
    command,
    directory,
    environment: {
      ...merged,
      ...awsEnvironment(context),
      ...portEnvironment(container, context.ports),
      ...nodeEnvironment(context, merged.NODE_OPTIONS),
      // The node that runs the rehearsal comes first: a machine may have it nowhere on its system path.
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: context.world.directory,
    },
  };
}
