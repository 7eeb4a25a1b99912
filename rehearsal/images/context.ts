import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The files of a build context that `.dockerignore` leaves in it, as paths with `/`. */
export interface BuildContext {
  readonly directory: string;
  readonly files: readonly string[];
}

/** @param dockerfile one that has an ignore file of its own, `<Dockerfile>.dockerignore`, is read with that */
export function readContext(directory: string, dockerfile = 'Dockerfile'): BuildContext {
  const own = join(directory, `${dockerfile}.dockerignore`);
  const ignoreFile = existsSync(own) ? own : join(directory, '.dockerignore');
  const ignored = existsSync(ignoreFile) ? ignoreRule(readFileSync(ignoreFile, 'utf8')) : () => false;
  return { directory, files: walk(directory, '').filter((file) => !ignored(file)) };
}

function walk(directory: string, prefix: string): string[] {
  return readdirSync(join(directory, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix ? `${prefix}/${entry.name}` : entry.name;
    return entry.isDirectory() ? walk(directory, path) : [path];
  });
}

/**
 * The last matching pattern decides; `!` takes a path back in; a pattern covers everything below what it matches.
 * https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function ignoreRule(text: string): (path: string) => boolean {
  const rules = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const negated = line.startsWith('!');
      const pattern = posix.normalize((negated ? line.slice(1) : line).replace(/^\/+/, '')).replace(/\/$/, '');
      return { negated, test: globPattern(pattern) };
    });
  return (path) => rules.reduce((ignored, { negated, test }) => (covers(test, path) ? !negated : ignored), false);
}

function covers(test: RegExp, path: string): boolean {
  const parts = path.split('/');
  return parts.some((_part, index) => test.test(parts.slice(0, index + 1).join('/')));
}

/** `**` is any number of folders, `*` and `?` stay within one. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(/[.+^$(){}|\\]/g, '\\$&').replace(/\*\*\/|\*\*|\*|\?/g, (wildcard) => {
    if (wildcard === '**/') return '(?:.*/)?';
    if (wildcard === '**') return '.*';
    return wildcard === '*' ? '[^/]*' : '[^/]';
  });
  return new RegExp(`^${source}$`);
}

/** A file to copy and its path below the destination. */
export interface Selected {
  readonly file: string;
  readonly relative: string;
}

export interface Selection {
  readonly selected: readonly Selected[];
  /** Whether the source names one file, which a destination without trailing `/` renames. */
  readonly isSingleFile: boolean;
}

/**
 * What `COPY <source>` takes: a folder gives its content, a file itself, and a wildcard may match nothing, as in
 * `COPY package.json yarn.lock* ./`.
 * @throws Error in Docker's words when a source without a wildcard is not there
 */
export function select(context: BuildContext, source: string): Selection {
  const wanted = posix.normalize(posix.join('/', source)).replace(/^\/+|\/+$/g, '');
  const below = context.files.filter((file) => wanted === '' || file.startsWith(`${wanted}/`));
  if (below.length > 0) {
    return { selected: below.map((file) => ({ file, relative: posix.relative(wanted, file) })), isSingleFile: false };
  }
  const pattern = globPattern(wanted);
  const selected = context.files.flatMap((file) => {
    const parts = file.split('/');
    const depth = parts.findIndex((_part, index) => pattern.test(parts.slice(0, index + 1).join('/')));
    if (depth < 0) return [];
    // A folder that a wildcard matched gives its content, a file keeps its name.
    const relative = depth === parts.length - 1 ? (parts[depth] ?? '') : parts.slice(depth + 1).join('/');
    return [{ file, relative }];
  });
  if (selected.length === 0 && !/[*?[]/.test(source)) {
    throw new Error(`failed to compute cache key: "/${wanted}": not found in the build context ${context.directory}`);
  }
  return { selected, isSingleFile: selected.length === 1 && !/[*?]/.test(source) };
}
