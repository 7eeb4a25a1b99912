/** COPY and ADD: from the build context, from another stage, from a here-document. */
import { constants, promises as fs } from 'node:fs';
import { dirname, isAbsolute, join, posix, relative } from 'node:path';
import { type BuildContext, ignoreRule, select } from './context';
import { flagOf, type Instruction } from './dockerfile/dockerfile';
import type { ImageRoot } from './root';
import { expand, type Variables, words } from './dockerfile/words';

/** What a COPY does, read from its text. */
export interface CopyPlan {
  readonly line: number;
  readonly sources: readonly string[];
  readonly destination: string;
  /** A stage or an image. */
  readonly from?: string;
  readonly heredocs: readonly { readonly name: string; readonly content: string }[];
  /** Of what the sources have, what is not copied: patterns as in `.dockerignore`. */
  readonly excludes?: readonly string[];
  /** Whether the folders of a source are part of its place. */
  readonly parents?: boolean;
  /** Why it cannot be done here. */
  readonly problem?: string;
}

/** @throws Error in Docker's words for a COPY without destination */
export function copyPlan(instruction: Instruction, workdir: string, variables: Variables): CopyPlan {
  const { name, line, text, heredocs } = instruction;
  const parts = words(text, variables);
  const sources = parts.slice(0, -1).filter((part) => !part.startsWith('<<'));
  const last = parts.at(-1);
  if (last === undefined || parts.length < 2) {
    throw new Error(`dockerfile parse error on line ${line}: ${name} requires at least two arguments`);
  }
  const place = posix.resolve(workdir, last);
  const destination = /\/\.{0,2}$|^\.{1,2}$/.test(last) && place !== '/' ? `${place}/` : place;
  const from = flagOf(instruction, 'from');
  const remote = sources.find((source) => name === 'ADD' && /^(https?|git|ssh):|\.git(#|$)/.test(source));
  const unsupported = instruction.flags.find((flag) => {
    // What a stage has is copied whole.
    return flag.name === 'unpack' || (from !== undefined && ['exclude', 'parents'].includes(flag.name));
  });
  const problem = remote
    ? `adds ${remote} on line ${line}, which a rehearsal does not load`
    : unsupported && `has --${unsupported.name} of ${name} on line ${line}, which a rehearsal does not support`;
  return {
    line,
    sources,
    destination,
    excludes: instruction.flags.filter((flag) => flag.name === 'exclude').map(({ value }) => expand(value, variables)),
    parents: ['true', '1'].includes(flagOf(instruction, 'parents') ?? ''),
    heredocs: heredocs.map((each) => ({
      name: each.name,
      content: each.expands ? expand(each.content, variables) : each.content,
    })),
    ...(from !== undefined && { from: expand(from, variables) }),
    ...(problem && { problem }),
  };
}

const isFolder = async (path: string) => (await fs.stat(path).catch(() => undefined))?.isDirectory() ?? false;

/** @returns archives that ADD unpacks: their places, and the folder of each */
export async function copyFromContext(plan: CopyPlan, context: BuildContext, root: ImageRoot, unpacks: boolean) {
  const archives: { readonly file: string; readonly folder: string }[] = [];
  for (const { name, content } of plan.heredocs) {
    const place = root.local(await targetFile(plan, root, name));
    await fs.mkdir(dirname(place), { recursive: true });
    await fs.writeFile(place, content);
  }
  const isExcluded = ignoreRule((plan.excludes ?? []).join('\n'));
  for (const source of plan.sources) {
    const { selected, isSingleFile } = select(context, source);
    for (const { file, relative: below } of selected.filter((each) => !isExcluded(each.relative))) {
      const from = join(context.directory, file);
      if (plan.parents) {
        await copyEntry(from, root.local(posix.join(plan.destination, belowPivot(source, file)), false), root);
        continue;
      }
      if (unpacks && isSingleFile && /\.(tar|tgz|tar\.\w+|tbz2|txz)$/.test(file)) {
        archives.push({ file: from, folder: root.folder(plan.destination) });
        continue;
      }
      const to = isSingleFile ? await targetFile(plan, root, below) : posix.join(plan.destination, below);
      await copyEntry(from, root.local(to, false), root);
    }
  }
  return archives;
}

/** The file's whole path, or what is behind the `/./` of the source. https://docs.docker.com/reference/dockerfile/#copy---parents */
function belowPivot(source: string, file: string): string {
  const [pivot, behind] = source.split(/\/\.\/(.*)/s);
  return behind === undefined ? file : posix.relative(posix.normalize(`./${pivot}`), file);
}

/** A destination without `/` behind it renames a single file, unless it is a folder. */
async function targetFile({ sources, heredocs, destination }: CopyPlan, root: ImageRoot, name: string) {
  const single = sources.length + heredocs.length === 1 && !destination.endsWith('/');
  return single && !(await isFolder(root.local(destination))) ? destination : posix.join(destination, name);
}

/** @returns sources that the other stage does not have: they are in its base image */
export async function copyFromStage(plan: CopyPlan, from: ImageRoot, root: ImageRoot): Promise<string[]> {
  const missing: string[] = [];
  for (const source of plan.sources) {
    const found = await matching(from, source);
    if (found.length === 0) missing.push(source);
    for (const path of found) {
      const place = from.local(path);
      if (await isFolder(place)) await copyTree(place, root.folder(plan.destination), { from, to: root });
      else {
        const to = await targetFile(plan, root, posix.basename(path));
        await copyEntry(place, root.local(to, false), root, from);
      }
    }
  }
  return missing;
}

/** Paths of the stage that `*` and `?` in the last part match. */
async function matching(root: ImageRoot, source: string): Promise<string[]> {
  const path = posix.resolve('/', source);
  if (!/[*?]/.test(path)) return root.has(path) ? [path] : [];
  const folder = posix.dirname(path);
  const names = await fs.readdir(root.local(folder)).catch(() => []);
  const pattern = new RegExp(
    `^${posix
      .basename(path)
      .replace(/[.+^$(){}|\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  );
  return names.filter((name) => pattern.test(name)).map((name) => posix.join(folder, name));
}

/** The content of a folder, with links that lead to the same place of the other root. */
export async function copyTree(from: string, to: string, roots: { from: ImageRoot; to: ImageRoot }): Promise<void> {
  await fs.mkdir(to, { recursive: true });
  for (const entry of await fs.readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, await folderAt(target, roots.to), roots);
    else await copyEntry(source, target, roots.to, roots.from);
  }
}

/** A link to a folder of the root is followed, as a container follows it. */
async function folderAt(target: string, root: ImageRoot): Promise<string> {
  const isLink = (await fs.lstat(target).catch(() => undefined))?.isSymbolicLink() ?? false;
  return isLink ? root.local(posix.join('/', relative(root.directory, target))) : target;
}

async function copyEntry(from: string, to: string, root: ImageRoot, other?: ImageRoot): Promise<void> {
  await fs.mkdir(dirname(to), { recursive: true });
  const stats = await fs.lstat(from);
  const there = await fs.lstat(to).catch(() => undefined);
  // A link in the way is replaced: writing through it would write where it leads.
  if (there && !there.isDirectory()) await fs.rm(to);
  if (stats.isSymbolicLink()) return linkTo(await fs.readlink(from), to, root, other);
  // Sockets and pipes are no part of an image.
  if (stats.isFile()) await fs.copyFile(from, to, constants.COPYFILE_FICLONE);
}

/** An absolute link is one inside the image; those of a stage may lead to a program of this machine. */
async function linkTo(target: string, to: string, root: ImageRoot, other?: ImageRoot): Promise<void> {
  if (!isAbsolute(target)) return fs.symlink(target, to);
  const inside = other && relative(other.directory, target);
  if (inside !== undefined && !inside.startsWith('..')) return fs.symlink(join(root.directory, inside), to);
  return fs.symlink(other ? target : join(root.directory, target), to);
}
