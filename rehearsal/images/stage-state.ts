/** What the instructions of a stage add up to, apart from its files. Pure. */
import { posix } from 'node:path';
import { type Base, baseOf } from './bases';
import type { Instruction } from './dockerfile/dockerfile';
import { DEFAULT_PATH } from './root';
import { declared, type Stage } from './dockerfile/stages';
import { assignments, type Variables, word } from './dockerfile/words';

export interface StageState {
  readonly workdir: string;
  readonly environment: Variables;
  /** ARGs, which only the build has. */
  readonly buildArgs: Variables;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly stopSignal?: string;
  /** What runs the shell form. */
  readonly shell: readonly string[];
  readonly base: Base;
  /** Name of the image that it all begins with. */
  readonly baseImage: string;
}

/** @param before the end of the stage that this one begins with */
export function beginStage(stage: Stage, before?: StageState): StageState {
  if (before) return { ...before, buildArgs: {} };
  const base = baseOf(stage.base);
  return {
    workdir: base.workdir ?? '/',
    environment: { PATH: DEFAULT_PATH, ...base.environment },
    buildArgs: {},
    shell: ['/bin/sh', '-c'],
    base,
    baseImage: stage.base,
    ...(base.entrypoint && { entrypoint: base.entrypoint }),
    ...(base.command && { command: base.command }),
  };
}

/** Variables that an instruction's text may use. */
export const variablesOf = ({ buildArgs, environment }: StageState): Variables => ({ ...buildArgs, ...environment });

export function advanceStage(
  state: StageState,
  instruction: Instruction,
  options: { readonly buildArgs: Variables; readonly globals: Variables },
): StageState {
  const { name, text, json } = instruction;
  const variables = variablesOf(state);
  switch (name) {
    case 'ARG': {
      const known = declared(text, variables, options.buildArgs, options.globals);
      return { ...state, buildArgs: { ...state.buildArgs, ...known } };
    }
    case 'ENV':
      return { ...state, environment: { ...state.environment, ...Object.fromEntries(assignments(text, variables)) } };
    case 'WORKDIR':
      return { ...state, workdir: posix.resolve(state.workdir, word(text, variables)) };
    case 'SHELL':
      return { ...state, shell: json ?? state.shell };
    case 'STOPSIGNAL':
      return { ...state, stopSignal: word(text, variables) };
    case 'CMD':
      return { ...state, command: json ?? [...state.shell, text] };
    case 'ENTRYPOINT':
      // "If CMD is defined from the base image, setting ENTRYPOINT will reset CMD to an empty value."
      // https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
      return {
        ...state,
        entrypoint: json ?? [...state.shell, text],
        ...(state.command === state.base.command && { command: undefined }),
      };
    default:
      return state;
  }
}

/** What the image of a stage runs. */
export function programOf({ entrypoint, command = [], base }: StageState) {
  const isScript = /^-|\.[cm]?js$/.test(command[0] ?? '');
  const own = entrypoint ?? (base.interpreter !== undefined && isScript ? [base.interpreter] : []);
  return { entrypoint: own, command };
}
