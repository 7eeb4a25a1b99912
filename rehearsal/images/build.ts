/** Builds an image as a folder: lays out what COPY says, and runs the RUN steps that stay in it. */
import { join } from 'node:path';
import { type BuildContext, readContext } from './context';
import { copyFromContext, copyFromStage, copyPlan, copyTree } from './copy';
import type { Instruction } from './dockerfile/dockerfile';
import { findMounts, withMounts } from './mounts';
import { type BuildPlan, type BuildSource, planBuild } from './plan-build';
import { runProcess } from './process';
import { environmentCommand, packageFolders, poetryVariables, usesPython, withOwnVersion } from './python';
import { ImageRoot } from './root';
import { advanceStage, beginStage, programOf, type StageState, variablesOf } from './stage-state';
import { type Stage, stageNamed } from './dockerfile/stages';
import { runStep } from './step';
import { buildEnvironment } from './tools';
import { word } from './dockerfile/words';

export interface BuildOptions extends BuildSource {
  /** Where the stages' files are laid out, a folder for each. */
  readonly rootDirectory: string;
  /** Caches of package managers, shared by the builds of one rehearsal. */
  readonly cacheDirectory: string;
  readonly signal: AbortSignal;
  /** Variables by which the processes of a rehearsal are found. Default: none. */
  readonly mark?: Readonly<Record<string, string>>;
  /** Hears what is not as in a container build. */
  readonly note?: (text: string) => void;
}

/** An image as a folder and a command. */
export interface BuiltImage {
  /** The root folder: what the image has as `/`. */
  readonly root: string;
  /** The working directory in it, as a path of this machine. */
  readonly directory: string;
  /** With the image's own paths. */
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** ENV, with the image's own paths. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where Python finds packages that its interpreter does not know. */
  readonly pythonPath: readonly string[];
  readonly baseImage: string;
  readonly stopSignal?: string;
}

interface StageBuild {
  readonly root: ImageRoot;
  state: StageState;
}

/** @throws Error in Docker's words, with the last output of a step that failed; the signal's reason */
export async function buildImage(options: BuildOptions, plan: BuildPlan = planBuild(options)): Promise<BuiltImage> {
  const builder = new Builder(options, plan, readContext(options.contextDirectory, options.file));
  const { root, state } = await builder.build();
  return {
    root: root.directory,
    directory: root.folder(state.workdir),
    ...programOf(state),
    environment: state.environment,
    pythonPath: packageFolders(root),
    baseImage: state.baseImage,
    ...(state.stopSignal !== undefined && { stopSignal: state.stopSignal }),
  };
}

class Builder {
  private readonly builds = new Map<Stage, StageBuild>();

  constructor(
    private readonly options: BuildOptions,
    private readonly plan: BuildPlan,
    private readonly context: BuildContext,
  ) {}

  async build(): Promise<StageBuild> {
    for (const stage of this.plan.stages) this.builds.set(stage, await this.stage(stage));
    const target = this.builds.get(this.plan.target);
    if (!target) throw new Error('the target stage was not built');
    return target;
  }

  private async stage(stage: Stage): Promise<StageBuild> {
    const before = stage.baseStage && this.builds.get(stage.baseStage);
    const root = new ImageRoot(join(this.options.rootDirectory, `${stage.index}`));
    root.folder('/');
    if (before) await copyTree(before.root.directory, root.directory, { from: before.root, to: root });
    const build: StageBuild = { root, state: beginStage(stage, before?.state) };
    if (build.state.base.python) await this.makePython(build, false);
    for (const instruction of stage.instructions) {
      await this.perform(build, instruction, stage);
      const known = { buildArgs: this.options.buildArgs, globals: stage.globals };
      build.state = advanceStage(build.state, instruction, known);
    }
    return build;
  }

  private async perform(build: StageBuild, instruction: Instruction, stage: Stage): Promise<void> {
    const { root, state } = build;
    switch (instruction.name) {
      case 'COPY':
      case 'ADD':
        return this.copy(build, instruction, stage);
      case 'RUN':
        return this.run(build, instruction, stage);
      case 'WORKDIR':
        root.folder(advanceStage(state, instruction, { buildArgs: {}, globals: {} }).workdir);
        return;
      case 'VOLUME':
        for (const path of instruction.json ?? instruction.text.split(/\s+/))
          root.folder(word(path, variablesOf(state)));
    }
  }

  private async copy({ root, state }: StageBuild, instruction: Instruction, stage: Stage): Promise<void> {
    const plan = copyPlan(instruction, state.workdir, variablesOf(state));
    if (plan.from === undefined) {
      const archives = await copyFromContext(plan, this.context, root, instruction.name === 'ADD');
      for (const { file, folder } of archives) await this.unpack(file, folder);
      return;
    }
    const from = this.buildOf(plan.from, stage);
    if (!from) return;
    const sources = plan.sources.map((source) => withOwnVersion(source, from.root));
    const destination = withOwnVersion(plan.destination, from.root);
    const missing = await copyFromStage({ ...plan, sources, destination }, from.root, root);
    for (const source of missing) this.note(`${source} of stage ${plan.from} is left out: no step made it`);
  }

  private buildOf(name: string, stage: Stage): StageBuild | undefined {
    const earlier = this.plan.stages.filter((each) => each.index < stage.index);
    const byNumber = earlier.find((each) => String(each.index) === name);
    const found = stageNamed(earlier, /^\d+$/.test(name) ? '' : name) ?? byNumber;
    return found && this.builds.get(found);
  }

  private async unpack(file: string, folder: string): Promise<void> {
    const environment = { PATH: process.env['PATH'] ?? '' };
    const command = ['tar', '-x', '-f', file, '-C', folder];
    const { exitCode, output } = await runProcess({
      command,
      directory: folder,
      environment,
      signal: this.options.signal,
    });
    if (exitCode !== 0) throw new Error(`ADD ${file}: tar ended with ${exitCode}: ${output}`);
  }

  private async run(build: StageBuild, instruction: Instruction, stage: Stage): Promise<void> {
    const { root, state } = build;
    const { script, runs, omits, line } = runStep(instruction, state.workdir, this.options.runs);
    if (omits.length > 0) this.note(`left out on line ${line}: ${omits.join('; ')}`);
    if (runs.length === 0 && omits.length > 0) return;
    if (usesPython(script)) await this.preparePython(build, script);
    const mounts = findMounts(instruction, state, (name) => this.buildOf(name, stage)?.root, this.context);
    await withMounts(mounts, root, () => this.shell(build, script, line));
  }

  private async shell({ root, state }: StageBuild, script: string, line: number): Promise<void> {
    const variables = variablesOf(state);
    const [program = '/bin/sh', ...args] = state.shell;
    const command = [root.program(program), ...args, root.script(script, variables)];
    const environment = this.environment(root, variables);
    const directory = root.folder(state.workdir);
    const { exitCode, output } = await runProcess({ command, directory, environment, signal: this.options.signal });
    if (exitCode === 0) return;
    const shown = script.replace(/\s+/g, ' ').trim();
    throw new Error(
      `process "${state.shell.join(' ')} ${shown}" did not complete successfully: exit code: ${exitCode} ` +
        `(line ${line} of the Dockerfile, in ${directory}):\n${output}`,
    );
  }

  private environment(root: ImageRoot, variables: Readonly<Record<string, string>>): Record<string, string> {
    const python = packageFolders(root);
    const environment = this.toolEnvironment(root, variables);
    return python.length > 0 ? { ...environment, PYTHONPATH: python.join(':') } : environment;
  }

  private toolEnvironment(root: ImageRoot, variables: Readonly<Record<string, string>>): Record<string, string> {
    return { ...buildEnvironment(root, this.options.cacheDirectory, variables), ...this.options.mark };
  }

  private async preparePython(build: StageBuild, script: string): Promise<void> {
    await this.makePython(build, true);
    const { root, state } = build;
    const own = poetryVariables(root, root.folder(state.workdir), variablesOf(state), script);
    build.state = { ...state, environment: { ...state.environment, ...own } };
  }

  private async makePython({ root, state }: StageBuild, withPip: boolean): Promise<void> {
    const command = environmentCommand(root, withPip);
    if (!command) return;
    const environment = this.toolEnvironment(root, variablesOf(state));
    const directory = root.directory;
    const { exitCode, output } = await runProcess({ command, directory, environment, signal: this.options.signal });
    if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}: ${output}`);
  }

  private note(text: string): void {
    this.options.note?.(text);
  }
}
