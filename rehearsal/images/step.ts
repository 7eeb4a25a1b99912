/** What becomes of one RUN: the script that runs here, what of it is left out, and why it may not run. Pure. */
import { flagOf, type Instruction } from './dockerfile/dockerfile';
import { IMAGE_HOME, quoteShell } from './root';
import { parseShell, type ShellCommand } from './dockerfile/shell';
import { leavesRoot, neededProgram, verdictOf } from './verdict';

/** Which RUN steps may run: those that stay in the image's folder, all, or none. */
export const runPolicies = ['confined', 'all', 'none'] as const;
export type RunPolicy = (typeof runPolicies)[number];

export interface RunStep {
  readonly line: number;
  /** With the image's own paths. */
  readonly script: string;
  /** For people: the commands that run. */
  readonly runs: readonly string[];
  /** For people: the commands that are left out. */
  readonly omits: readonly string[];
  /** Programs that must be on this machine. */
  readonly programs: readonly string[];
  /** Options of RUN that change nothing here. */
  readonly notes: readonly string[];
  readonly problem?: string;
}

export function runStep(instruction: Instruction, workdir: string, policy: RunPolicy): RunStep {
  const text = textOf(instruction);
  const { commands, problem } = parseShell(text);
  const verdicts = commands.map((command) => ({ command, verdict: verdictOf(command) }));
  const shown = ({ start, end }: ShellCommand) => text.slice(start, end).replace(/\s+/g, ' ');
  const omitted = verdicts.filter(({ verdict }) => verdict.kind === 'omit').map(({ command }) => command);
  const running = commands.filter((command) => command.program && !omitted.includes(command));
  return {
    line: instruction.line,
    script: adapted(withoutCommands(text, omitted)),
    runs: running.filter(({ program }) => !isNoise(program?.value)).map(shown),
    omits: omitted.map(shown),
    programs: [...new Set(running.map(neededProgram).filter((name) => name !== undefined))],
    notes: notesOf(instruction),
    ...problemOf(running.length > 0, text, workdir, policy, [
      ...(problem === undefined ? [] : [problem]),
      ...verdicts.flatMap(({ verdict }) => (verdict.kind === 'refuse' ? [verdict.why] : [])),
    ]),
  };
}

function problemOf(
  isRun: boolean,
  text: string,
  workdir: string,
  policy: RunPolicy,
  doubts: readonly string[],
): Pick<RunStep, 'problem'> {
  if (!isRun || policy === 'all') return {};
  const shown = text.replace(/\s+/g, ' ').trim().slice(0, 80);
  if (policy === 'none') return { problem: `runs a command (RUN ${shown}), and build.run is none` };
  if (leavesRoot(text, workdir)) return { problem: `leaves the image's folder (RUN ${shown})` };
  return doubts.length > 0 ? { problem: `has RUN ${shown}: ${doubts[0] ?? ''}` } : {};
}

/** Words that a person need not read to know what a step does. */
const isNoise = (program = '') => ['cd', 'set', 'true', ':', 'test', '[', 'exit', 'export', 'echo'].includes(program);

/** The shell's text: of the exec form, of a here-document, or as written. */
function textOf({ json, heredocs, text }: Instruction): string {
  if (json) return json.map(quoteShell).join(' ');
  const [heredoc] = heredocs;
  return heredoc && text.startsWith('<<') ? heredoc.content : text;
}

/** `:` does nothing, and keeps `a && b` what it is. */
function withoutCommands(text: string, omitted: readonly ShellCommand[]): string {
  return [...omitted]
    .sort((a, b) => b.start - a.start)
    .reduce((script, { start, end }) => `${script.slice(0, start)}:${script.slice(end)}`, text);
}

/** What would make a build for another machine, or one in the home of its user, builds for this one and in the folder. */
function adapted(script: string): string {
  return script
    .replace(/\b(GOOS|GOARCH)=[\w${}]+/g, '$1=')
    .replace(/(\bpip3?\s+install\b[^&;|\n]*?)\s--user\b/g, `$1 --prefix=${IMAGE_HOME}/.local`)
    .replace(/(\buv\s+(?:-\S+\s+)*pip\s[^&;|\n]*?)\s--system\b/g, '$1')
    .replace(/\bUV_SYSTEM_PYTHON=["']?\w+["']?/g, 'UV_SYSTEM_PYTHON=0');
}

function notesOf(instruction: Instruction): string[] {
  const mounts = instruction.flags.filter(({ name, value }) => name === 'mount' && /type=(secret|ssh)/.test(value));
  const network = flagOf(instruction, 'network');
  return [
    ...mounts.map(({ value }) => `--mount=${value} has no value here`),
    ...(network === undefined ? [] : [`--network=${network} is ignored`]),
  ];
}
