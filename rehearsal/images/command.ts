/** Whether a container's command can be on this machine, as base images are not pulled. Pure except that it reads the PATH. */
import { posix } from 'node:path';
import type { CopyPlan } from './copy';
import { PROGRAM_FOLDER } from './root';
import { parseShell } from './dockerfile/shell';
import { isAvailable } from './tools';

/** Programs that images start first, so that process 1 reaps and passes signals on. */
const INITS = new Set(['tini', 'tini-static', 'dumb-init', 'catatonit', 'docker-init']);

/** Their options that take the next word as a value: https://github.com/krallin/tini, https://github.com/Yelp/dumb-init */
const WITH_VALUE = new Set(['-p', '-e', '-r', '--rewrite']);

/**
 * What an init process of the image would start. A rehearsal needs none: it ends a task's whole process group, and the
 * machine has its own process 1.
 */
export function withoutInit(command: readonly string[]): readonly string[] {
  if (!INITS.has(posix.basename(command[0] ?? ''))) return command;
  let at = 1;
  while (at < command.length && command[at] !== '--' && command[at]?.startsWith('-'))
    at += WITH_VALUE.has(command[at] ?? '') ? 2 : 1;
  return withoutInit(command.slice(command[at] === '--' ? at + 1 : at));
}

export interface Sources {
  /** What the stages copy. */
  readonly copies: readonly Pick<CopyPlan, 'destination' | 'sources'>[];
  /** Whether a step runs that may make a program, as `pip install` does. */
  readonly hasRuns: boolean;
}

/** @returns why it cannot run here; undefined when it may */
export function commandProblem(command: readonly string[], sources: Sources): string | undefined {
  if (command.length === 0) return 'has neither CMD nor ENTRYPOINT, and what its base image runs is not known here';
  // This machine's nginx would serve what its own configuration says, and not the image's.
  if (runsNginx(command)) return 'runs nginx, whose configuration comes with its base image';
  const program = programOf(command);
  if (program === undefined || isAvailable(program) || sources.hasRuns) return undefined;
  if (!program.startsWith('/')) {
    if (program.includes('/') || sources.copies.some((copy) => copiesName(copy, program))) return undefined;
    return `runs ${program}, which is not on the PATH of this machine`;
  }
  if (PROGRAM_FOLDER.test(program) && isAvailable(posix.basename(program))) return undefined;
  if (sources.copies.some((copy) => covers(copy, program))) return undefined;
  return `runs ${program}, which comes with its base image`;
}

/** Also behind the entry point of its images, `/docker-entrypoint.sh nginx -g ...`. */
function runsNginx(command: readonly string[]): boolean {
  const [first = '', second = ''] = command.map((word) => posix.basename(word));
  const isShell = /^(ba|da|a|z)?sh$/.test(first);
  const own = isShell ? posix.basename(programOf(command) ?? '') : first;
  return own === 'nginx' || (own.includes('entrypoint') && second === 'nginx');
}

/** Of a shell's script, the first that it starts. */
function programOf(command: readonly string[]): string | undefined {
  const [program = '', option = '', script = ''] = command;
  if (!/(^|\/)(ba|da|a|z)?sh$/.test(program) || !/^-\w*c$/.test(option)) return program;
  const [first] = parseShell(script).commands.filter((each) => each.program && !isBuiltIn(each.program.value));
  const own = first?.program?.value === 'exec' ? first.args[0] : first?.program;
  return own && !/[$`]/.test(own.raw) ? own.value : undefined;
}

const isBuiltIn = (name: string) =>
  /^(cd|export|set|umask|ulimit|:|\.|source|eval|trap|test|\[|echo|if|then|while)$/.test(name);

/** A folder that is copied may hold it. */
function covers({ destination, sources }: Sources['copies'][number], program: string): boolean {
  if (destination === program) return true;
  const folder = destination.endsWith('/') ? destination : `${destination}/`;
  if (!program.startsWith(folder)) return false;
  const isFile = (source: string) => /\.\w+$/.test(source) && !/[*?[]/.test(source);
  return sources.some((source) => !isFile(source) || posix.basename(source) === posix.basename(program));
}

const copiesName = ({ destination, sources }: Sources['copies'][number], name: string) =>
  [destination, ...sources].some((path) => posix.basename(path) === name) || /\/s?bin\/?$/.test(destination);
