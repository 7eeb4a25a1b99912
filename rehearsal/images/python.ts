/** Python's packages of an image: `/usr/local` of the official images is a virtual environment of this machine's Python. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE_HOME, type ImageRoot } from './root';

/** Where pip puts what it installs, in an official image and for its users. */
const PREFIXES = ['/usr/local', `${IMAGE_HOME}/.local`, '/install'];

const PYTHON_RUN = /(^|[\s;&|/])(python|pip|uv|poetry|pipenv|pdm|hatch)[\d.]*(\s|$)/;

/** Whether a script needs Python's packages. */
export const usesPython = (script: string) => PYTHON_RUN.test(script);

/** The command that makes the environment; `undefined` when there is one. */
export function environmentCommand(root: ImageRoot, withPip: boolean): readonly string[] | undefined {
  const folder = root.folder('/usr/local');
  const exists = existsSync(join(folder, 'pyvenv.cfg'));
  if (exists && (!withPip || hasPip(folder))) return undefined;
  return ['python3', '-m', 'venv', ...(withPip ? [] : ['--without-pip']), folder];
}

const hasPip = (folder: string) => existsSync(join(folder, 'bin', 'pip'));

/** Folders with packages that Python does not find by itself: those of a prefix without an interpreter. */
export function packageFolders(root: ImageRoot): string[] {
  return PREFIXES.map((prefix) => root.local(prefix))
    .filter((prefix) => !existsSync(join(prefix, 'pyvenv.cfg')))
    .flatMap((prefix) => pythonsOf(prefix).map((python) => join(prefix, 'lib', python, 'site-packages')))
    .filter((folder) => existsSync(folder));
}

/** `python3.11` of the environment, for paths that name the version of the base image: `/usr/local/lib/python3.12/...`. */
export function withOwnVersion(path: string, root: ImageRoot): string {
  const [own] = pythonsOf(root.local('/usr/local'));
  return own ? path.replace(/(\/lib\/)python3\.\d+(?=\/|$)/, `$1${own}`) : path;
}

function pythonsOf(prefix: string): string[] {
  const lib = join(prefix, 'lib');
  return existsSync(lib) ? readdirSync(lib).filter((name) => /^python3\.\d+$/.test(name)) : [];
}
