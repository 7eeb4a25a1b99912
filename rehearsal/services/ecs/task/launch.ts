/** From a container definition to a local process: command, directory, environment. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findProgram } from '../../../images/tools';
import { engineLaunch } from './engine';
import { hasNamespaces, isolated, mayStartAsItIs, takesPreload, unmovable } from './isolation';
import { preloadFile } from '../../../../common/bundles';
import type { ImageSource } from '../../../images';
import { processMark } from '../../../core/processes/marked-processes';
import { temporaryFolder } from '../../../core/processes/run-directory';
import type { Credentials, World } from '../../../core/service';
import { CannotRun, labelledCommand, type Program, programOf } from './program';
import { writePythonPreload } from './python-preload';
import type { ContainerDefinition } from '../shapes';

/** A container's way into a process: what it needs in addition to its definition. */
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
  /** Of these, the ports that no mapping has: only the task's own containers reach them. */
  readonly innerPorts?: readonly number[];
  /** The task's private address. */
  readonly address?: string;
  /** Of the task; its containers have a name each. */
  readonly taskId: string;
  /** The container engine that runs images. Default: none. */
  readonly engine?: string | undefined;
}

export interface Launch {
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the image. Default: SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  /** A command to run once the process is gone. */
  readonly cleanup?: readonly string[];
  /** For a process of this machine: where it may listen. */
  readonly listening?: Listening;
}

export interface Listening {
  /** Of the container's port mappings. */
  readonly containerPorts: readonly number[];
  /** Where a preload notes what it moved to loopback. */
  readonly file: string;
  /** Ports through which a network of its own is left. */
  readonly exits: readonly number[];
}

/** Node reads NODE_OPTIONS like a shell: quotes keep a path with spaces whole. */
const quoted = (path: string) => `"${path.replace(/[\\"]/g, '\\$&')}"`;

function nodeEnvironment(context: LaunchContext, given: string | undefined): Record<string, string> {
  const ports = Object.fromEntries(context.ports);
  return {
    NODE_OPTIONS: [given, `--require ${quoted(context.preload)}`].filter(Boolean).join(' '),
    GREENLIGHT_TASK_PORTS: JSON.stringify(ports),
    GREENLIGHT_TASK_INNER_PORTS: JSON.stringify(context.innerPorts ?? []),
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

/**
 * Where a command that replaces a container must listen: on its own first mapped port. A container on AWS is given
 * nothing.
 */
function portEnvironment(container: ContainerDefinition, { ports }: LaunchContext): Record<string, string> {
  if (labelledCommand(container) === undefined) return {};
  const [mapping] = container.portMappings ?? [];
  const port = mapping && ports.get(mapping.containerPort);
  const HOST = '127.0.0.1';
  return { HOST, GREENLIGHT_TASK_HOST: HOST, ...(port !== undefined && { PORT: String(port) }) };
}

/** The same in a network of its own. */
function portEnvironmentApart(container: ContainerDefinition): Record<string, string> {
  const [mapping] = container.portMappings ?? [];
  if (labelledCommand(container) === undefined || !mapping) return {};
  return { HOST: '0.0.0.0', PORT: String(mapping.containerPort) };
}

/** Python runs what is first in PYTHONPATH before the program. */
function pythonEnvironment({ world }: LaunchContext, given: string | undefined): Record<string, string> {
  const PYTHONPATH = [writePythonPreload(world.directory), given].filter(Boolean).join(':');
  // What a task prints is seen when it prints it, as its last line may be the reason of a release that failed.
  return { PYTHONPATH, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' };
}

/** @throws Error whose message is the task's stopped reason */
export function launchOf(container: ContainerDefinition, context: LaunchContext): Launch {
  const own = Object.fromEntries((container.environment ?? []).map(({ name, value }) => [name, String(value)]));
  const variables = { ...own, ...context.secrets };
  if (context.engine !== undefined && labelledCommand(container) === undefined) {
    const reference = context.images.find(container.image)?.engineReference ?? container.image;
    const { engine, ports, taskId, world } = context;
    const environment = { ...variables, ...awsEnvironment(context) };
    return {
      ...engineLaunch({ engine, reference, container, environment, ports, taskId, directory: world.directory }),
      directory: world.directory,
    };
  }
  return processLaunch(container, context, variables);
}

function processLaunch(
  container: ContainerDefinition,
  context: LaunchContext,
  variables: Readonly<Record<string, string>>,
): Launch {
  const { environment, ...program } = programOf(container, context.images, variables);
  const { directory } = context.world;
  const common = {
    HOME: directory,
    TMPDIR: temporaryFolder(directory),
    ...environment,
    ...processMark(directory),
    ...awsEnvironment(context),
  };
  const listening = listeningOf(container, context);
  // One that does not exist is started as it is: then the start fails in the words of a container engine.
  if (exists(program, environment.PATH) && !takesPreload(program.command[0] ?? '')) {
    if (hasNamespaces()) {
      const command = inNamespace(program.command, container, context);
      return { ...program, command, environment: { ...common, ...portEnvironmentApart(container) }, listening };
    }
    if (!mayStartAsItIs(program.command[0] ?? '') && labelledCommand(container) === undefined) {
      throw new CannotRun(unmovable(program.command));
    }
  }
  return {
    ...program,
    environment: {
      ...common,
      ...portEnvironment(container, context),
      ...nodeEnvironment(context, environment.NODE_OPTIONS),
      ...pythonEnvironment(context, environment.PYTHONPATH),
      GREENLIGHT_TASK_SOCKETS: listening.file,
    },
    listening,
  };
}

/** Ports of this container, and those of the task's others. */
function portsOf({ portMappings = [] }: ContainerDefinition, { ports, innerPorts = [] }: LaunchContext) {
  const own = new Set(portMappings.map(({ containerPort }) => containerPort));
  const mapped = [...ports].filter(([port]) => !innerPorts.includes(port));
  const select = (isOwn: boolean) => Object.fromEntries(mapped.filter(([port]) => own.has(port) === isOwn));
  return { own: select(true), others: select(false) };
}

/** Short: the path of a socket has a hundred bytes. */
const idOf = ({ name }: ContainerDefinition, { taskId }: LaunchContext) =>
  `${taskId.slice(0, 12)}-${name.slice(0, 12)}`;

function listeningOf(container: ContainerDefinition, context: LaunchContext): Listening {
  const { directory, endpoint } = context.world;
  const { own, others } = portsOf(container, context);
  return {
    containerPorts: Object.keys(own).map(Number),
    file: join(directory, `${idOf(container, context)}.listening`),
    exits: [Number(new URL(endpoint).port), ...Object.keys(others).map(Number)],
  };
}

function exists({ command: [name = ''], directory }: Pick<Program, 'command' | 'directory'>, path = ''): boolean {
  return name.includes('/') ? existsSync(resolve(directory, name)) : findProgram(name, path) !== undefined;
}

function inNamespace(program: readonly string[], container: ContainerDefinition, context: LaunchContext): string[] {
  const { world, address = '127.0.0.2' } = context;
  const { own, others } = portsOf(container, context);
  return isolated({
    program,
    file: preloadFile('namespace'),
    ports: own,
    others,
    endpoint: world.endpoint,
    address,
    directory: world.directory,
    id: idOf(container, context),
  });
}
