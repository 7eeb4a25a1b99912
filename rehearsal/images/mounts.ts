/** `RUN --mount`: files of the build context or of another stage that are there while the step runs. */
import { promises as fs } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { BuildContext } from './context';
import { copyFromContext, copyTree } from './copy';
import type { Instruction } from './dockerfile/dockerfile';
import { ImageRoot } from './root';
import { type StageState, variablesOf } from './stage-state';
import { mountOf } from './dockerfile/stages';
import { word } from './dockerfile/words';

export interface BindMount {
  readonly from: ImageRoot | BuildContext;
  readonly source: string;
  /** A path of the image. */
  readonly target: string;
}

/** Only bind mounts: a cache is a folder of its own anyway, and nothing here has secrets. */
export function findMounts(
  { flags }: Pick<Instruction, 'flags'>,
  state: StageState,
  rootOf: (stage: string) => ImageRoot | undefined,
  context: BuildContext,
): BindMount[] {
  return flags
    .filter(({ name }) => name === 'mount')
    .map(({ value }) => mountOf(word(value, variablesOf(state))))
    .filter(({ type, target }) => type === 'bind' && target !== undefined)
    .map(({ from, source = '/', target = '' }) => ({
      from: (from === undefined ? undefined : rootOf(from)) ?? context,
      source,
      target: posix.resolve(state.workdir, target),
    }));
}

/** Copies replace the mounts while `work` runs; what was not there before is removed afterwards. */
export async function withMounts(mounts: readonly BindMount[], root: ImageRoot, work: () => Promise<void>) {
  const added: string[] = [];
  try {
    for (const mount of mounts) added.push(...(await mountCopy(mount, root)));
    await work();
  } finally {
    for (const place of added) await fs.rm(place, { recursive: true, force: true });
  }
}

async function mountCopy({ from, source, target }: BindMount, root: ImageRoot): Promise<string[]> {
  const to = root.local(target);
  const before = await namesAt(to);
  if (from instanceof ImageRoot) await fromStage(from.local(source), to, { from, to: root });
  else {
    const plan = { line: 0, sources: [source], destination: target, heredocs: [] };
    await copyFromContext(plan, from, root, false);
  }
  if (before === 'file') return [];
  if (before === undefined) return [to];
  return ((await namesAt(to)) as string[]).filter((name) => !before.includes(name)).map((name) => join(to, name));
}

async function fromStage(place: string, to: string, roots: { from: ImageRoot; to: ImageRoot }): Promise<void> {
  if ((await fs.stat(place)).isDirectory()) return copyTree(place, to, roots);
  await fs.mkdir(dirname(to), { recursive: true });
  await fs.copyFile(place, to);
}

/** Names in a folder. */
async function namesAt(path: string): Promise<string[] | 'file' | undefined> {
  const stats = await fs.stat(path).catch(() => undefined);
  if (!stats) return undefined;
  return stats.isDirectory() ? fs.readdir(path) : 'file';
}
