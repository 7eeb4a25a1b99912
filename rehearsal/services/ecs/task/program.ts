/** Which program replaces a container: the label's, else the image's own. */
import { type ImageSource, type LocalImage, REHEARSAL_COMMAND_LABEL } from '../../../images';
import type { BuiltImage } from '../../../images/build';
import { registryProblem } from '../../../images/remedy';
import { withoutInit } from '../../../images/command';
import { IMAGE_HOME, ImageRoot } from '../../../images/root';
import { findProgram, machinePath } from '../../../images/tools';
import { cannotPull } from './pull';
import type { ContainerDefinition } from '../shapes';

export interface Program {
  readonly command: readonly string[];
  readonly directory: string;
  /** The container's own variables and PATH. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stopSignal?: NodeJS.Signals;
}

/** A container that cannot run here however often it is started: a release need not wait for its next try. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/** @throws Error when the label is no command */
export function labelledCommand(container: ContainerDefinition): readonly string[] | undefined {
  const text = container.dockerLabels?.[REHEARSAL_COMMAND_LABEL];
  if (text === undefined) return undefined;
  const rule = `docker label ${REHEARSAL_COMMAND_LABEL} of container ${container.name}: ${text}: a JSON array of texts`;
  let command: unknown;
  try {
    command = JSON.parse(text);
  } catch {
    throw new CannotRun(rule);
  }
  const texts = Array.isArray(command) && command.length > 0 && command.every((part) => typeof part === 'string');
  if (!texts) throw new CannotRun(rule);
  return command as string[];
}

/**
 * @param variables the container's environment
 * @throws CannotRun the task's stopped reason
 */
export function programOf(
  container: ContainerDefinition,
  images: ImageSource,
  variables: Readonly<Record<string, string>>,
): Program {
  const labelled = labelledCommand(container);
  const image = images.find(container.image);
  if (labelled) {
    const directory = image?.contextDirectory ?? process.cwd();
    return { command: labelled, directory, environment: { ...variables, PATH: variables.PATH ?? machinePath() } };
  }
  if (!image)
    throw new CannotRun(cannotPull(container.image, registryProblem(container.name, container.image)).message);
  if (!image.built) throw new CannotRun(`${image.uri}: ${image.problem ?? 'the image was not built'}`);
  return imageProgram(container, image, image.built, variables);
}

function imageProgram(
  container: ContainerDefinition,
  image: LocalImage,
  built: BuiltImage,
  variables: Readonly<Record<string, string>>,
): Program {
  const root = new ImageRoot(built.root);
  // An entry point of the container takes the image's CMD away too.
  const entrypoint = container.entryPoint ?? built.entrypoint;
  const command = container.command ?? (container.entryPoint ? [] : built.command);
  const words = withoutInit([...entrypoint, ...command]);
  if (words.length === 0) throw new CannotRun(`${image.uri}: the image has neither CMD nor ENTRYPOINT`);
  const environment = root.environment({ ...built.environment, ...variables }, machinePath());
  const { workingDirectory } = container;
  const [program = '', ...args] = root.command(words);
  const { stopSignal } = built;
  return {
    command: [program.includes('/') ? program : (findProgram(program, environment.PATH) ?? program), ...args],
    directory: workingDirectory === undefined ? built.directory : root.folder(workingDirectory),
    environment: { ...environment, ...homeOf(root), ...pythonPath(environment, built.pythonPath) },
    ...(stopSignal !== undefined && { stopSignal: signalName(stopSignal) }),
  };
}

const homeOf = (root: ImageRoot) => ({ HOME: root.folder(IMAGE_HOME) });

function pythonPath(environment: Readonly<Record<string, string>>, folders: readonly string[]): Record<string, string> {
  const all = [environment.PYTHONPATH, ...folders].filter(Boolean);
  return all.length > 0 ? { PYTHONPATH: all.join(':') } : {};
}

/** STOPSIGNAL takes a name with or without SIG, or a number. */
function signalName(text: string): NodeJS.Signals {
  const numbers: Readonly<Record<string, NodeJS.Signals>> = { 1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 9: 'SIGKILL' };
  return (
    numbers[text] ??
    (/^\d+$/.test(text) ? 'SIGTERM' : (`SIG${text.replace(/^SIG/i, '')}`.toUpperCase() as NodeJS.Signals))
  );
}
