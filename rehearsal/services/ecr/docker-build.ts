/** `docker build` of a rehearsal: says what it will do, then builds the image as a folder, or has an engine build it. */
import { join, resolve } from 'node:path';
import { buildImage } from '../../images/build';
import { type BuildPlan, planBuild } from '../../images/plan-build';
import { runProcess } from '../../images/process';
import { buildProblem } from '../../images/remedy';
import type { RunPolicy } from '../../images/step';
import { imageUses, isNeverRun } from '../../images/uses';
import { processMark } from '../../core/processes/marked-processes';
import type { World } from '../../core/service';
import type { EcrRegistries, StoredImage } from './state';

export interface DockerResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type DockerWorld = Pick<World, 'clock' | 'events' | 'ids' | 'directory'>;

export interface BuildArguments {
  readonly tags: readonly string[];
  readonly target?: string;
  readonly file?: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly context: string;
}

export interface BuildSettings {
  readonly runs: RunPolicy;
  readonly signal: AbortSignal;
  readonly engine?: string;
}

export type BuildRequest = BuildArguments & {
  /** The command line as the CLI gave it. */
  readonly args: readonly string[];
  readonly cwd: string;
};

/** @throws Error in Docker's words */
export async function build(
  world: DockerWorld,
  registries: EcrRegistries,
  settings: BuildSettings,
  request: BuildRequest,
): Promise<DockerResult> {
  const { tags } = request;
  const image = await builtOf(world, settings, request);
  for (const tag of tags) registries.local.set(tag, image);
  const { built, problem } = image;
  const what = built ? [...built.entrypoint, ...built.command].join(' ') : (image.engineReference ?? 'not built');
  world.events.record('ecr', 'image-built', `built ${tags.join(', ')}: ${what}`, { tags, ...image });
  return { exitCode: 0, stdout: '', stderr: problem === undefined ? '' : `WARNING: ${problem}\n` };
}

async function builtOf(world: DockerWorld, settings: BuildSettings, request: BuildRequest): Promise<StoredImage> {
  const { tags, context, cwd, file, target, buildArgs } = request;
  const contextDirectory = resolve(cwd, context);
  const neverRun = tags.some((tag) => isNeverRun(imageUses(resolve(cwd, '..')), hashOf(tag)));
  if (neverRun) return { contextDirectory };
  if (settings.engine !== undefined) return engineBuild(world, settings.engine, settings.signal, request);
  const source = { contextDirectory, buildArgs, runs: settings.runs, ...(file && { file }), ...(target && { target }) };
  const plan = planBuild(source);
  const name = `${file ?? 'Dockerfile'} of ${contextDirectory}`;
  if (plan.problems.length > 0) throw new Error(buildProblem(name, plan.problems, plan.command));
  announce(world, plan, file ?? 'Dockerfile');
  const built = await buildImage(
    {
      ...source,
      rootDirectory: join(world.directory, 'images', world.ids.hex(12)),
      cacheDirectory: join(world.directory, 'build-caches'),
      signal: settings.signal,
      mark: processMark(world.directory),
      note: (text) => void world.events.record('ecr', 'build-note', text),
    },
    plan,
  );
  return { contextDirectory, built };
}

/** `cdkasset-<hash>` of the CDK CLI. */
const hashOf = (tag: string) => /[0-9a-f]{64}/.exec(tag)?.[0] ?? tag;

/** Never as a surprise: before the first step runs. */
function announce(world: DockerWorld, { steps, notes }: BuildPlan, file: string): void {
  const say = (event: string, detail: string) => void world.events.record('ecr', event, detail);
  for (const { runs, omits, line } of steps) {
    if (runs.length > 0) say('build-step', `${file}, line ${line}: will run in the image's folder: ${runs.join('; ')}`);
    if (omits.length > 0) say('build-step', `${file}, line ${line}: leaves out: ${omits.join('; ')}`);
  }
  for (const note of notes) say('build-step', `${file}: ${note}`);
}

async function engineBuild(
  { directory }: DockerWorld,
  engine: string,
  signal: AbortSignal,
  { args, cwd, tags, context }: BuildRequest,
): Promise<StoredImage> {
  const environment = { ...(process.env as Record<string, string>), ...processMark(directory) };
  const command = [engine, 'build', ...args];
  const { exitCode, output } = await runProcess({ command, directory: cwd, environment, signal });
  if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}:\n${output}`);
  return { contextDirectory: resolve(cwd, context), engineReference: tags[0] ?? '' };
}
