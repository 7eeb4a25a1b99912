/** A container run by a container engine (`--containers`): the image itself, its ports published on loopback only. */
import { containerLabel } from '../../../core/processes/engine-containers';
import type { ContainerDefinition } from '../shapes';

export interface EngineRun {
  /** `docker`, `podman`, `finch`, `nerdctl`, or a path. */
  readonly engine: string;
  readonly reference: string;
  readonly container: ContainerDefinition;
  /** What the container gets, without the machine's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: ReadonlyMap<number, number>;
  readonly taskId: string;
  /** Of the rehearsal. */
  readonly directory: string;
}

export interface EngineLaunch {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Removes the container when its client was killed. */
  readonly cleanup: readonly string[];
}

/** The name of this machine from inside a container. https://docs.docker.com/desktop/features/networking/ */
const HOST = 'host.docker.internal';

export function engineLaunch({
  engine,
  reference,
  container,
  environment,
  ports,
  taskId,
  directory,
}: EngineRun): EngineLaunch {
  const name = `greenlight-${taskId.slice(0, 12)}-${container.name}`;
  const published = (container.portMappings ?? []).flatMap(({ containerPort }) => {
    const local = ports.get(containerPort);
    return local === undefined ? [] : ['--publish', `127.0.0.1:${local}:${containerPort}`];
  });
  const inside = { ...environment, AWS_ENDPOINT_URL: (environment.AWS_ENDPOINT_URL ?? '').replace('127.0.0.1', HOST) };
  const [program, ...args] = container.entryPoint ?? [];
  const command = [
    ...[engine, 'run', '--rm', '--name', name, '--label', containerLabel(directory), `--add-host=${HOST}:host-gateway`],
    ...published,
    ...Object.entries(inside).flatMap(([variable, value]) => ['--env', environmentWord(variable, value)]),
    ...(container.workingDirectory === undefined ? [] : ['--workdir', container.workingDirectory]),
    ...(program === undefined ? [] : ['--entrypoint', program]),
    ...[reference, ...args, ...(container.command ?? [])],
  ];
  return {
    command,
    environment: { ...machineEnvironment(), ...passed(inside) },
    cleanup: [engine, 'rm', '--force', name],
  };
}

/** Of the engine's client itself. */
const OF_THE_CLIENT = /^(PATH|HOME|USER|TMPDIR|XDG_\w+|DOCKER_\w+|CONTAINER_\w+|SSH_AUTH_SOCK)$/;

/** Only by name, so that no secret is on a command line, except for what the client has in its own environment. */
const environmentWord = (name: string, value: string) => (OF_THE_CLIENT.test(name) ? `${name}=${value}` : name);

const passed = (environment: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !OF_THE_CLIENT.test(name)));

function machineEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => OF_THE_CLIENT.test(name))) as Record<
    string,
    string
  >;
}
