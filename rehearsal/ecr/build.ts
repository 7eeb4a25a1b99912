import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { REHEARSAL_COMMAND_LABEL } from '../images';
import { type BuildContext, readContext, select } from './context';
import { assignments, expand, type Instruction, jsonForm, parseDockerfile, words } from './dockerfile';

export interface BuildOptions {
  readonly contextDirectory: string;
  /** Relative to the context. Default `Dockerfile`. */
  readonly file?: string;
  readonly target?: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Where the image's files are laid out. */
  readonly rootDirectory: string;
}

/** An image as a directory tree and a command; `problem` says why it cannot be run as a local process. */
export interface BuiltImage {
  readonly directory: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly problem?: string;
}

interface Stage {
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly problem?: string;
}

/** Shell form: what Docker hands to `/bin/sh -c`. */
const shell = (text: string) => ['/bin/sh', '-c', text.trim()];

/**
 * Lays out what COPY and WORKDIR of a Dockerfile put into an image. Base images are not pulled: their runtime is the
 * one on this machine. What needs a container to build (RUN, a stage to copy from) makes the image one that cannot run
 * here, not an error, because a command label on the container may stand for it.
 * @throws Error in Docker's words for a Dockerfile that Docker too refuses
 */
export function buildImage(options: BuildOptions): BuiltImage {
  const instructions = parseDockerfile(readDockerfile(options));
  const context = readContext(options.contextDirectory);
  const start: Stage = { workdir: '/', environment: {}, variables: {} };
  const stage = targetStage(instructions, options.target).reduce(
    (current, instruction) => step(current, instruction, options, context),
    start,
  );
  const directory = join(options.rootDirectory, stage.workdir);
  mkdirSync(directory, { recursive: true });
  const command = [...(stage.entrypoint ?? []), ...(stage.command ?? [])];
  const problem = stage.problem ?? (command.length === 0 ? 'has neither CMD nor ENTRYPOINT' : undefined);
  return {
    directory,
    command: command.map((word) => toLocalPath(word, options.rootDirectory, stage.workdir)),
    environment: stage.environment,
    ...(problem !== undefined && { problem: withRemedy(problem) }),
  };
}

const withRemedy = (problem: string) =>
  `the image cannot run as a local process: its Dockerfile ${problem}. Remedy: put the command that stands for the ` +
  `container into the Docker label ${REHEARSAL_COMMAND_LABEL} of its container definition, as a JSON array`;

function readDockerfile({ contextDirectory, file = 'Dockerfile' }: BuildOptions): string {
  const path = resolve(contextDirectory, file);
  if (!existsSync(path)) throw new Error(`failed to read dockerfile: open ${file}: no such file or directory`);
  return readFileSync(path, 'utf8');
}

/** ARGs before the first FROM, and the instructions of the last stage or of the target. */
function targetStage(instructions: readonly Instruction[], target?: string): readonly Instruction[] {
  const starts = instructions.flatMap((instruction, index) => (instruction.name === 'FROM' ? [index] : []));
  if (starts.length === 0) throw new Error('the Dockerfile has no FROM: no build stage in current context');
  const named = (index: number) => / as (\S+)$/i.exec(instructions[index]?.text ?? '')?.[1]?.toLowerCase();
  const wanted =
    target === undefined ? starts.length - 1 : starts.findIndex((at) => named(at) === target.toLowerCase());
  if (wanted < 0) throw new Error(`target stage "${target}" could not be found`);
  return [...instructions.slice(0, starts[0]), ...instructions.slice(starts[wanted], starts[wanted + 1])];
}

function step(stage: Stage, instruction: Instruction, options: BuildOptions, context: BuildContext): Stage {
  const variables = { ...stage.variables, ...stage.environment };
  const text = expand(instruction.text, variables);
  switch (instruction.name) {
    case 'FROM':
      return { ...stage, ...baseOf(text) };
    case 'ARG':
      return { ...stage, variables: { ...stage.variables, ...argument(text, options.buildArgs) } };
    case 'ENV':
      return { ...stage, environment: { ...stage.environment, ...Object.fromEntries(assignments(text)) } };
    case 'WORKDIR':
      return { ...stage, workdir: posix.resolve(stage.workdir, text.trim()) };
    case 'COPY':
    case 'ADD':
      return copy(stage, { ...instruction, text }, options, context);
    case 'RUN':
      return unrunnable(stage, `runs a command on line ${instruction.line}: RUN ${instruction.text.slice(0, 60)}`);
    case 'CMD':
      return { ...stage, command: jsonForm(instruction.text) ?? shell(instruction.text) };
    case 'ENTRYPOINT':
      // An ENTRYPOINT drops the CMD of the base image, not one of this Dockerfile.
      return { ...stage, entrypoint: jsonForm(instruction.text) ?? shell(instruction.text) };
    default:
      return stage;
  }
}

/** Distroless Node images start `node` themselves; others run what CMD says. */
function baseOf(from: string): Pick<Stage, 'entrypoint'> {
  return /distroless\/nodejs/.test(from) ? { entrypoint: ['node'] } : {};
}

function argument(text: string, buildArgs: Readonly<Record<string, string>>): Record<string, string> {
  const [name = '', fallback] = text.includes('=') ? (assignments(text)[0] ?? []) : [text.trim()];
  const value = buildArgs[name] ?? fallback;
  return value === undefined ? {} : { [name]: value };
}

const unrunnable = (stage: Stage, problem: string): Stage => ({ ...stage, problem: stage.problem ?? problem });

function copy(stage: Stage, instruction: Instruction, options: BuildOptions, context: BuildContext): Stage {
  const { name, line, flags, text } = instruction;
  if (flags['from'] !== undefined) return unrunnable(stage, `copies from ${flags['from']} on line ${line}`);
  const parts = words(text);
  const destination = parts.at(-1);
  const sources = parts.slice(0, -1);
  if (destination === undefined || sources.length === 0) {
    throw new Error(`dockerfile parse error on line ${line}: ${name} requires at least two arguments`);
  }
  const needsDocker = sources.find((source) => name === 'ADD' && /^(https?|git):|\.(tar|tgz|tar\.\w+)$/.test(source));
  if (needsDocker) return unrunnable(stage, `adds ${needsDocker} on line ${line}`);
  const target = posix.resolve(stage.workdir, destination);
  for (const source of sources) {
    const { selected, isSingleFile } = select(context, source);
    const renames = isSingleFile && sources.length === 1 && !/\/$|^\.{1,2}$|\/\.{1,2}$/.test(destination);
    const isDirectory = existsSync(join(options.rootDirectory, target)) && target !== '/';
    for (const { file, relative } of selected) {
      const to = renames && !isDirectory ? target : posix.join(target, relative);
      place(join(context.directory, file), join(options.rootDirectory, to));
    }
  }
  return stage;
}

function place(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (!lstatSync(from).isSymbolicLink()) return copyFileSync(from, to);
  if (!existsSync(to)) symlinkSync(readlinkSync(from), to);
}

/** Absolute paths that the image holds, in the command's words or inside a shell command, point into its directory. */
function toLocalPath(word: string, rootDirectory: string, workdir: string): string {
  if (word.startsWith('/') && existsSync(join(rootDirectory, word))) return join(rootDirectory, word);
  if (workdir === '/') return word;
  const inWorkdir = new RegExp(`(^|[\\s"'=:])${workdir.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=/)`, 'g');
  return word.replace(inWorkdir, (_all, before: string) => before + join(rootDirectory, workdir));
}
