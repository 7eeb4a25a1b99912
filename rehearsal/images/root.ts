/** The root folder of a stage on this machine, and how the image's absolute paths lead into it. */
import { existsSync, lstatSync, mkdirSync, readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, posix, relative } from 'node:path';
import { parseShell, type ShellWord } from './dockerfile/shell';
import type { Variables } from './dockerfile/words';

const LINKS_MAX = 40;

/** Folders that hold programs: a program of the base image is the one of this machine. */
export const PROGRAM_FOLDER = /^\/(usr\/)?(local\/)?s?bin\//;

/** Devices and processes are the machine's own. */
const OF_THE_MACHINE = /^\/(dev|proc|sys)(\/|$)/;

/** Variables that name folders, so that they are mapped before the folder exists. */
const FOLDER_VARIABLE =
  /^(VIRTUAL_ENV|UV_PROJECT_ENVIRONMENT|PYTHONPATH|PYTHONUSERBASE|NODE_PATH|GOPATH|GOBIN|BUNDLE_PATH|CARGO_TARGET_DIR)$|(_HOME|_CACHE_DIR|_CACHE|_PREFIX)$/i;

export class ImageRoot {
  constructor(readonly directory: string) {}

  /**
   * The place of an image's path. Symbolic links are followed inside the root, as a container does it, so nothing
   * leads out of it.
   */
  local(path: string, followLast = true): string {
    let rest = posix.resolve('/', path).split('/').filter(Boolean);
    let reached = '/';
    for (let links = 0; rest.length > 0;) {
      const [part = '', ...after] = rest;
      const next = posix.join(reached, part);
      const target = after.length > 0 || followLast ? linkTarget(join(this.directory, next)) : undefined;
      if (target === undefined || links >= LINKS_MAX || this.leadsToMachine(target)) {
        reached = next;
        rest = after;
        continue;
      }
      links += 1;
      rest = [...posix.resolve(reached, this.imagePath(target)).split('/').filter(Boolean), ...after];
      reached = '/';
    }
    return join(this.directory, reached);
  }

  has(path: string): boolean {
    return existsSync(this.local(path));
  }

  /** Makes the folder. @returns its place */
  folder(path: string): string {
    const place = this.local(path);
    mkdirSync(place, { recursive: true });
    return place;
  }

  /** A word of a command: an absolute path that the image has leads into the root, also behind `--flag=`. */
  argument(text: string): string {
    return mapPaths(text, (path) => (this.has(path) ? this.mapped(path) : path));
  }

  /** The program of a command: the image's own, else the one of that name on the PATH. */
  program(text: string): string {
    if (!text.startsWith('/')) return text;
    if (this.has(text)) return this.local(text);
    return PROGRAM_FOLDER.test(text) ? posix.basename(text) : text;
  }

  /** A command in exec form as it is run here. */
  command([program = '', ...args]: readonly string[]): string[] {
    const shell = /(^|\/)(ba|da|a|z)?sh$/.test(program);
    const script = shell ? args.findIndex((_arg, at) => at > 0 && /^-\w*c$/.test(args[at - 1] ?? '')) : -1;
    return [
      this.program(program),
      ...args.map((arg, at) => (at === script ? this.script(arg, {}, true) : this.argument(arg))),
    ];
  }

  /**
   * A shell script as it is run here: the paths of its words lead into the root.
   * @param onlyPresent keeps paths as they are that the image does not have: for a command, which is no build step
   */
  script(text: string, variables: Variables, onlyPresent = false): string {
    const { commands } = parseShell(text);
    const words = commands.flatMap((command) =>
      command.words.map((word) => ({ word, isProgram: word.start === command.program?.start })),
    );
    return words
      .filter(({ word }) => !word.hasCommand)
      .sort((a, b) => b.word.start - a.word.start)
      .reduce((script, { word, isProgram }) => {
        const mapped = isProgram ? this.shellProgram(word) : this.shellWord(word.raw, variables, onlyPresent);
        return script.slice(0, word.start) + mapped + script.slice(word.end);
      }, text);
  }

  /** The environment as processes get it: paths that the image has lead into the root; PATH has this machine's behind. */
  environment(variables: Variables, machinePath: string): Record<string, string> {
    const { PATH: imagePath = DEFAULT_PATH, ...others } = variables;
    const mapped = Object.entries(others).map(([name, value]) => {
      const isFolder = FOLDER_VARIABLE.test(name);
      const segments = value.split(':').map((part) => (this.isMapped(part, isFolder) ? this.mapped(part) : part));
      return [name, segments.join(':')];
    });
    const own = imagePath.split(':').filter((part) => part.startsWith('/'));
    const PATH = [...own.map((part) => this.mapped(part)), machinePath].join(':');
    return { ...(Object.fromEntries(mapped) as Record<string, string>), PATH };
  }

  private isMapped(part: string, isFolder: boolean): boolean {
    if (!/^\/[^/]/.test(part) || OF_THE_MACHINE.test(part)) return false;
    return this.has(part) || isFolder;
  }

  private mapped(path: string): string {
    const place = this.local(path);
    return path.length > 1 && path.endsWith('/') ? `${place}/` : place;
  }

  private shellProgram({ raw, value }: ShellWord): string {
    if (!value.startsWith('/')) return raw;
    const name = PROGRAM_FOLDER.test(value) && !this.has(value) ? posix.basename(value) : this.mapped(value);
    return quoteShell(name);
  }

  private shellWord(raw: string, variables: Variables, onlyPresent: boolean): string {
    const filled = withFolders(raw, variables);
    return mapPaths(filled, (path, quoted) => {
      if (OF_THE_MACHINE.test(path) || (onlyPresent && !this.has(path))) return path;
      const [, fixed = path, rest = ''] = /^([^$*?[`]*)(.*)$/s.exec(path) ?? [];
      const place = fixed === '' ? path : this.mapped(fixed.replace(/(.)\/$/, '$1'));
      return `${quoted ? place : escapeShell(place)}${/.\/$/.test(fixed) ? '/' : ''}${rest}`;
    });
  }

  /** A link that a build step made leads to the root by this machine's path. */
  private imagePath(target: string): string {
    const inside = relative(this.directory, target);
    return isAbsolute(target) && !inside.startsWith('..') && !isAbsolute(inside) ? posix.join('/', inside) : target;
  }

  /** A link that a tool made to a program of this machine, as a virtual environment does to its Python. */
  private leadsToMachine(target: string): boolean {
    return isAbsolute(target) && this.imagePath(target) === target && existsSync(target) && !this.hasPlain(target);
  }

  private hasPlain(path: string): boolean {
    return existsSync(join(this.directory, path));
  }
}

/** The home of a container's default user, root: a path inside the image, never one of this machine. */
export const IMAGE_HOME = '/root';

/** What base images have. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function linkTarget(place: string): string | undefined {
  try {
    return lstatSync(place).isSymbolicLink() ? readlinkSync(place) : undefined;
  } catch {
    return undefined;
  }
}

/** Absolute paths at the beginning of a word, behind `=`, `:`, `,` and one-letter options, quoted or not. */
function mapPaths(text: string, map: (path: string, quoted: boolean) => string): string {
  const place = /(^|=|(?<=[^:]):|,|^-[A-Za-z])(["']?)(\/(?!\/)[^"':,]*)/g;
  return text.replace(
    place,
    (_all, before: string, mark: string, path: string) => before + mark + map(path, mark !== ''),
  );
}

/** `$NAME` at the beginning of a word is replaced when it holds an absolute path: only so its place is known. */
function withFolders(raw: string, variables: Variables): string {
  return raw.replace(/(^["']?|=["']?)\$(?:\{(\w+)\}|(\w+))/g, (all, before: string, braced?: string, bare?: string) => {
    const value = variables[braced ?? bare ?? ''] ?? '';
    return value.startsWith('/') && !before.endsWith("'") ? before + value : all;
  });
}

const escapeShell = (text: string) => text.replace(/[^\w./:=@%+,-]/g, (character) => `\\${character}`);

export const quoteShell = (text: string) =>
  /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Makes the folder of a file. */
export const folderOf = (file: string) => mkdirSync(dirname(file), { recursive: true });
