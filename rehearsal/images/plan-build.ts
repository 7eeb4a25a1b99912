/** What a build will do on this machine, said before it does it. No process runs, no file is written. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { commandProblem, withoutInit } from './command';
import { type CopyPlan, copyPlan } from './copy';
import { type Instruction, parseDockerfile } from './dockerfile/dockerfile';
import { advanceStage, beginStage, programOf, type StageState, variablesOf } from './stage-state';
import { neededStages, type Stage, stageNamed, stagesOf, targetOf } from './dockerfile/stages';
import { type RunPolicy, type RunStep, runStep } from './step';
import { findProgram, isAvailable } from './tools';

export interface BuildSource {
  readonly contextDirectory: string;
  /** Relative to the context. Default `Dockerfile`. */
  readonly file?: string | undefined;
  readonly target?: string | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly runs: RunPolicy;
}

export interface BuildPlan {
  readonly stages: readonly Stage[];
  readonly target: Stage;
  readonly steps: readonly RunStep[];
  /** For people: what is not as in a container build. */
  readonly notes: readonly string[];
  /** What the container would run. */
  readonly command: readonly string[];
  /** Why the image cannot be built here; the first is the one to solve. */
  readonly problems: readonly string[];
}

/** @throws Error in Docker's words for a Dockerfile that Docker too refuses */
export function planBuild(source: BuildSource): BuildPlan {
  const stages = stagesOf(parseDockerfile(readDockerfile(source)), source.buildArgs);
  const target = targetOf(stages, source.target);
  const needed = neededStages(stages, target);
  const ends = new Map<Stage, StageState>();
  const found = needed.map((stage) => planStage(stage, stages, ends, source));
  const steps = found.flatMap((each) => each.steps);
  const problems = found.flatMap((each) => each.problems);
  const end = ends.get(target);
  const command = withoutInit(end ? [...programOf(end).entrypoint, ...programOf(end).command] : []);
  const copies = found.flatMap((each) => each.copies);
  const noCommand = commandProblem(command, { copies, hasRuns: steps.some(({ runs }) => runs.length > 0) });
  if (noCommand !== undefined) problems.push(noCommand);
  const notes = [...found.flatMap((each) => each.notes), ...steps.flatMap((step) => step.notes)];
  return { stages: needed, target, steps, notes, command, problems: [...problems, ...missingPrograms(steps)] };
}

function readDockerfile({ contextDirectory, file = 'Dockerfile' }: BuildSource): string {
  const path = resolve(contextDirectory, file);
  if (!existsSync(path)) throw new Error(`failed to read dockerfile: open ${file}: no such file or directory`);
  return readFileSync(path, 'utf8');
}

interface PlannedStage {
  readonly steps: RunStep[];
  readonly copies: CopyPlan[];
  readonly notes: string[];
  readonly problems: string[];
}

function planStage(
  stage: Stage,
  stages: readonly Stage[],
  ends: Map<Stage, StageState>,
  source: BuildSource,
): PlannedStage {
  const planned: PlannedStage = { steps: [], copies: [], notes: [], problems: [] };
  let state = beginStage(stage, stage.baseStage && ends.get(stage.baseStage));
  for (const instruction of stage.instructions) {
    if (instruction.name === 'RUN') planRun(instruction, state, source.runs, planned);
    if (/^(COPY|ADD)$/.test(instruction.name)) planCopy(instruction, state, stages.slice(0, stage.index), planned);
    state = advanceStage(state, instruction, { buildArgs: source.buildArgs, globals: stage.globals });
  }
  ends.set(stage, state);
  return planned;
}

function planRun(instruction: Instruction, state: StageState, policy: RunPolicy, planned: PlannedStage): void {
  const step = runStep(instruction, state.workdir, policy);
  planned.steps.push(step);
  if (step.problem !== undefined) planned.problems.push(`${step.problem} (line ${step.line})`);
}

function planCopy(instruction: Instruction, state: StageState, earlier: readonly Stage[], planned: PlannedStage): void {
  const plan = copyPlan(instruction, state.workdir, variablesOf(state));
  planned.copies.push(plan);
  if (plan.problem !== undefined) planned.problems.push(plan.problem);
  if (plan.from === undefined || stageNamed(earlier, plan.from)) return;
  const missing = plan.sources.filter((path) => findProgram(basename(path)) === undefined);
  if (missing.length > 0) planned.problems.push(`copies ${missing.join(', ')} from ${plan.from} on line ${plan.line}`);
  else planned.notes.push(`${plan.sources.map((path) => basename(path)).join(', ')} of ${plan.from} is this machine's`);
}

/** A program that an earlier step may have installed is not asked of the machine. */
function missingPrograms(steps: readonly RunStep[]): string[] {
  return steps.flatMap(({ programs, line, problem }, index) => {
    if (problem !== undefined) return [];
    const before = steps.slice(0, index + 1).flatMap((step) => step.runs.join(' ').split(/\s+/).slice(1));
    return programs
      .filter((name) => !isAvailable(name) && !before.some((word) => word.replace(/@.*$/, '') === name))
      .map((name) => `needs ${name} on line ${line}, which is not on the PATH of this machine`);
  });
}
