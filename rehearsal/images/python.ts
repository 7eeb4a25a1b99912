/** Python's packages of an image: `/usr/local` of the official images is a virtual environment of this machine's Python. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Variables } from './dockerfile/words';
import { IMAGE_HOME, type ImageRoot } from './root';

/** Where an official image has Python's packages. */
const SYSTEM_PACKAGES = '/usr/local';

/** Where pip puts what it installs, in an official image and for its users. */
const PREFIXES = [SYSTEM_PACKAGES, `${IMAGE_HOME}/.local`, '/install'];

const PYTHON_RUN = /(^|[\s;&|/])(python|pip|uv|poetry|pipenv|pdm|hatch)[\d.]*(\s|$)/;

/** Whether a script needs Python's packages. */
export const usesPython = (script: string) => PYTHON_RUN.test(script);

/** The command that makes the environment; `undefined` when there is one. */
export function environmentCommand(root: ImageRoot, withPip: boolean): readonly string[] | undefined {
  const folder = root.folder(SYSTEM_PACKAGES);
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
  const [own] = pythonsOf(root.local(SYSTEM_PACKAGES));
  return own ? path.replace(/(\/lib\/)python3\.\d+(?=\/|$)/, `$1${own}`) : path;
}

function pythonsOf(prefix: string): string[] {
  const lib = join(prefix, 'lib');
  return existsSync(lib) ? readdirSync(lib).filter((name) => /^python3\.\d+$/.test(name)) : [];
}

/**
 * Settings that keep installers in the image's folder. The system Python of a container belongs to the container; here it is
 * the Python of this machine.
 * - pip of another Python of this machine refuses: https://pip.pypa.io/en/stable/user_guide/#ensuring-pip-runs-in-a-virtual-environment
 * - uv ignores virtual environments when the system's is requested: https://docs.astral.sh/uv/reference/environment/#uv_system_python
 * - Poetry's virtual environments are in its cache, which the builds of a rehearsal share:
 *   https://python-poetry.org/docs/configuration/#virtualenvspath
 */
export function installerSettings(root: ImageRoot, variables: Variables): Record<string, string> {
  const inHome = (path: string) => root.local(`${IMAGE_HOME}/${path}`);
  return {
    PIP_REQUIRE_VIRTUALENV: '1',
    ...(variables['UV_SYSTEM_PYTHON'] !== undefined && { UV_SYSTEM_PYTHON: '0' }),
    ...(variables['POETRY_VIRTUALENVS_PATH'] === undefined && {
      POETRY_VIRTUALENVS_PATH: inHome('.cache/pypoetry/virtualenvs'),
    }),
  };
}

/**
 * Variables of the image when Poetry makes no virtual environment of its own. It would install into the Python that the
 * environment in `/usr/local` was made with; an active environment comes first.
 * https://python-poetry.org/docs/configuration/#virtualenvscreate
 * @param directory the working directory, a path of this machine
 */
export function poetryVariables(root: ImageRoot, directory: string, variables: Variables, script: string): Variables {
  if (variables['VIRTUAL_ENV'] !== undefined) return {};
  const files = [
    join(directory, 'poetry.toml'),
    ...configFolders(variables).map((folder) => root.local(`${folder}/config.toml`)),
  ].filter((file) => existsSync(file));
  const isOff =
    isFalse(variables['POETRY_VIRTUALENVS_CREATE']) ||
    /virtualenvs[._]create["']?[\s=]+["']?(false|0)\b/i.test(script) ||
    files.some((file) => /^\s*(virtualenvs\.)?create\s*=\s*false\b/m.test(readFileSync(file, 'utf8')));
  return isOff ? { VIRTUAL_ENV: SYSTEM_PACKAGES } : {};
}

const isFalse = (value = '') => /^(false|0)$/i.test(value);

/** On Linux and on macOS. https://python-poetry.org/docs/configuration/#config-directory */
function configFolders(variables: Variables): string[] {
  const own = variables['POETRY_CONFIG_DIR'];
  return own ? [own] : [`${IMAGE_HOME}/.config/pypoetry`, `${IMAGE_HOME}/Library/Application Support/pypoetry`];
}
