import { INTERNAL } from '../../core/service';
import { build, type BuildArguments, type BuildSettings, type DockerResult, type DockerWorld } from './docker-build';
import { digestOf, type EcrRegistries, parseReference } from './state';

export interface DockerRequest {
  readonly args: readonly string[];
  readonly cwd: string;
}

type Command = (args: readonly string[], cwd: string) => DockerResult | Promise<DockerResult>;
const ok = (stdout = ''): DockerResult => ({ exitCode: 0, stdout, stderr: '' });
const failed = (stderr: string): DockerResult => ({ exitCode: 1, stdout: '', stderr: `${stderr}\n` });

/**
 * The Docker client that the CDK CLI calls (`CDK_DOCKER`): the commands it uses and no more. Images are laid out on
 * disk, pushing makes them known to the registry.
 */
export function dockerClient(
  world: DockerWorld,
  registries: EcrRegistries,
  settings: BuildSettings,
): (request: DockerRequest) => Promise<DockerResult> {
  const commands: Readonly<Record<string, Command>> = {
    login: () => ok('Login Succeeded\n'),
    inspect: ([tag = '']) => (registries.local.has(tag) ? ok('[{}]\n') : failed(`Error: No such object: ${tag}`)),
    images: () => ok(),
    build: (args, cwd) => build(world, registries, settings, { ...parseBuild(args), args, cwd }),
    tag: ([source = '', target = '']) => {
      const image = registries.local.get(source);
      if (!image) return failed(`Error response from daemon: No such image: ${source}`);
      registries.local.set(target, image);
      return ok();
    },
    push: ([reference = '']) => push(world, registries, reference),
  };
  return async ({ args, cwd }) => {
    const [name = '', ...rest] = args[0] === '--config' ? args.slice(2) : args;
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) return failed(`the rehearsal's docker has no command ${name}`);
    try {
      return await command(rest, cwd);
    } catch (error) {
      return failed(`ERROR: ${(error as Error).message}`);
    }
  };
}

const switches = new Set(['--no-cache', '--pull', '--quiet', '-q', '--load', '--push']);

/** @throws Error for a build without context */
export function parseBuild(args: readonly string[]): BuildArguments {
  const options: Record<string, string[]> = {};
  const positional: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const [name = '', inline] = splitOnce(args[index] ?? '', '=');
    if (!name.startsWith('-')) positional.push(args[index] ?? '');
    else if (!switches.has(name)) (options[name] ??= []).push(inline ?? args[++index] ?? '');
  }
  const context = positional.at(-1);
  if (context === undefined) throw new Error('"docker build" requires 1 argument: the build context');
  return {
    tags: [...(options['--tag'] ?? []), ...(options['-t'] ?? [])],
    target: options['--target']?.[0],
    file: (options['--file'] ?? options['-f'])?.[0],
    buildArgs: Object.fromEntries(
      (options['--build-arg'] ?? []).map((pair) => [splitOnce(pair, '=')[0], splitOnce(pair, '=')[1] ?? '']),
    ),
    context,
  };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function push(world: DockerWorld, registries: EcrRegistries, uri: string): DockerResult {
  const image = registries.local.get(uri);
  const reference = parseReference(uri);
  if (!image || !reference) return failed(`An image does not exist locally with the tag: ${uri}`);
  const repository = registries.byName.get(reference.registry)?.repositories.get(reference.repository);
  if (!repository) {
    return failed(
      `name unknown: The repository with name '${reference.repository}' does not exist in the registry ${reference.registry}`,
    );
  }
  const digest = digestOf(JSON.stringify(image));
  repository.images.set(reference.tag, { digest, tag: reference.tag, image, pushedAtMs: world.clock.now() });
  world.events.record('ecr', 'image-pushed', `pushed ${uri}`, { uri, digest, principal: INTERNAL.arn });
  return ok(`${reference.tag}: digest: ${digest}\n`);
}
