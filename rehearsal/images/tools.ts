/** The environment of build steps: this machine's tools with caches of their own, and homes in the image's folder. */
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { installerSettings } from './python';
import { DEFAULT_PATH, IMAGE_HOME, type ImageRoot } from './root';
import type { Variables } from './dockerfile/words';

/** What a build gets of the person's environment: language, proxies and certificates, and where packages come from. */
const INHERITED =
  /^(LANG|LANGUAGE|LC_\w+|TZ|TERM|TMPDIR|(https?|all|no|ftp)_proxy|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NIX_SSL_CERT_FILE|npm_config_(registry|cafile|strict_ssl|proxy|https_proxy|noproxy)|PIP_(?!TARGET|PREFIX|USER|REQUIRE)\w+|UV_(INDEX|DEFAULT_INDEX|EXTRA_INDEX|NATIVE|CACHE)\w*|GOPROXY|GONOPROXY|GOPRIVATE|GOSUMDB|GONOSUMDB|GOINSECURE|GOTOOLCHAIN|GOROOT|JAVA_HOME|JAVA_TOOL_OPTIONS|MAVEN_(HOME|OPTS|ARGS)|M2_HOME|GRADLE_(HOME|OPTS)|PYENV_ROOT|PYENV_VERSION|DOTNET_ROOT)$/i;

/** The folders in which this machine's programs are found, this process's own Node first. */
export function machinePath(environment: NodeJS.ProcessEnv = process.env): string {
  return [dirname(process.execPath), ...(environment.PATH ?? DEFAULT_PATH).split(delimiter)].join(delimiter);
}

/** @returns the program's place on the PATH */
export function findProgram(name: string, path = machinePath()): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => isProgram(file));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Settings of version managers that are found in the person's home. */
const MANAGERS: Readonly<Record<string, string>> = {
  RUSTUP_HOME: '.rustup',
  VOLTA_HOME: '.volta',
  ASDF_DATA_DIR: '.asdf',
  MISE_DATA_DIR: '.local/share/mise',
  NVM_DIR: '.nvm',
};

/**
 * @param caches a folder that the builds of one rehearsal share
 * @param variables ARG and ENV of the stage
 */
export function buildEnvironment(root: ImageRoot, caches: string, variables: Variables): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => INHERITED.test(name)) as [string, string][];
  const managers = Object.entries(MANAGERS)
    .map(([name, folder]) => [name, process.env[name] ?? join(homedir(), folder)])
    .filter(([, folder = '']) => existsSync(folder));
  return {
    ...Object.fromEntries(inherited),
    ...(Object.fromEntries(managers) as Record<string, string>),
    ...cacheFolders(caches),
    ...settingsFiles(caches),
    NPM_CONFIG_PREFIX: root.folder('/usr/local'),
    // As in the official image: https://github.com/docker-library/ruby. RubyGems and Bundler would use the machine's own folder.
    GEM_HOME: root.local('/usr/local/bundle'),
    GOBIN: root.local('/go/bin'),
    ...root.environment(variables, [shims(caches), machinePath()].join(delimiter)),
    ...installerSettings(root, variables),
    HOME: root.folder(IMAGE_HOME),
    // What is built here runs here.
    ...{ GOOS: '', GOARCH: '' },
  };
}

function cacheFolders(caches: string): Record<string, string> {
  const at = (name: string) => join(caches, name);
  const repository = `-Dmaven.repo.local="${at('maven')}"`;
  return {
    npm_config_cache: at('npm'),
    npm_config_store_dir: at('pnpm'),
    npm_config_update_notifier: 'false',
    ...{ YARN_CACHE_FOLDER: at('yarn'), YARN_GLOBAL_FOLDER: at('yarn'), COREPACK_HOME: at('corepack') },
    ...{ PIP_CACHE_DIR: at('pip'), UV_CACHE_DIR: at('uv'), POETRY_CACHE_DIR: at('poetry') },
    ...{ PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_ROOT_USER_ACTION: 'ignore' },
    // Module files that cannot be written cannot be removed with the rehearsal's folder either.
    ...{ GOPATH: at('go'), GOMODCACHE: at('go-modules'), GOCACHE: at('go-build'), GOFLAGS: '-modcacherw' },
    ...{ GRADLE_USER_HOME: at('gradle'), CARGO_HOME: at('cargo'), NUGET_PACKAGES: at('nuget') },
    MAVEN_OPTS: [process.env['MAVEN_OPTS'], repository].filter(Boolean).join(' '),
  };
}

/** Registries and their keys: copies, so that `npm config set` in a Dockerfile changes nothing of the person's. */
function settingsFiles(caches: string): Record<string, string> {
  const folder = join(caches, 'settings');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const copy = (variable: string, name: string, ...sources: (string | undefined)[]) => {
    const file = join(folder, name);
    const source = sources.find((path) => path !== undefined && existsSync(path));
    if (!existsSync(file)) {
      if (source) copyFileSync(source, file);
      else writeFileSync(file, '');
    }
    return [variable, file];
  };
  const home = homedir();
  return Object.fromEntries([
    copy('NPM_CONFIG_USERCONFIG', 'npmrc', process.env['npm_config_userconfig'], join(home, '.npmrc')),
    copy(
      'PIP_CONFIG_FILE',
      'pip.conf',
      process.env['PIP_CONFIG_FILE'],
      join(home, '.config/pip/pip.conf'),
      join(home, '.pip/pip.conf'),
    ),
    copy('GOENV', 'go-env', process.env['GOENV'], join(home, '.config/go/env')),
  ]) as Record<string, string>;
}

/** Package managers that corepack brings. */
function shims(caches: string): string {
  const folder = join(caches, 'shims');
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  if (!findProgram('corepack')) return folder;
  for (const name of ['pnpm', 'yarn'].filter((each) => !findProgram(each))) {
    writeFileSync(join(folder, name), `#!/bin/sh\nexec corepack ${name} "$@"\n`, { mode: 0o755 });
  }
  return folder;
}

/** Whether a build step can start the program; `pip` comes with the Python of this machine. */
export function isAvailable(name: string): boolean {
  if (/^(python|pip)[\d.]*$/.test(name)) return findProgram('python3') !== undefined;
  if (name === 'pnpm' || name === 'yarn') return [name, 'corepack'].some((each) => findProgram(each) !== undefined);
  return findProgram(name) !== undefined;
}
