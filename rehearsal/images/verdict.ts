/** Which commands of a RUN may run on this machine, outside a container. Pure. docs/rehearsal.md explains the rule. */
import { posix } from 'node:path';
import type { ShellCommand } from './dockerfile/shell';

export type Verdict =
  /** It works in the image's folder. */
  | { readonly kind: 'run' }
  /** It has no meaning outside a container, and the service runs without it. */
  | { readonly kind: 'omit' }
  /** Not known to stay in the image's folder. */
  | { readonly kind: 'refuse'; readonly why: string };

const set = (text: string) => new Set(text.split(' '));

/** Users, owners, packages of the operating system, and what sets up the base image. */
const OMITTED = set(
  'adduser addgroup useradd groupadd usermod deluser chown chgrp setcap apk apt-get apt aptitude dpkg yum dnf microdnf ' +
    'tdnf rpm zypper update-ca-certificates update-alternatives ldconfig locale-gen dpkg-reconfigure sysctl corepack',
);

/** Package managers and builds of the app: they run the app's own code, as they do for its developer. */
const BUILDS = set(
  'npm npx yarn yarnpkg pnpm pnpx bun bunx node tsc tsx vite next nest ng esbuild rollup webpack turbo prisma ' +
    'python python3 pip pip3 uv uvx poetry pipenv pdm hatch virtualenv django-admin flask gunicorn uvicorn ' +
    'go mvn mvnw gradle gradlew java javac jar jlink cargo rustc dotnet make bundle bundler gem rake ruby composer php mix',
);

/** What works on files that it is given. */
const FILES = set(
  'mkdir cp mv rm rmdir touch ln cat echo printf test [ [[ true false : cd pwd ls chmod install sed awk grep egrep find ' +
    'head tail sort uniq tr cut wc tee diff cmp stat readlink realpath basename dirname tar gzip gunzip bzip2 unzip zip xz sleep date ' +
    'uname nproc id whoami which command type hash export unset set umask exit shopt readonly wait mktemp sha256sum sha1sum md5sum jq yq',
);

const REMEDY_ALL = 'build.run: all in the rehearsal file runs it nevertheless';

export function verdictOf(command: ShellCommand): Verdict {
  const { program, args } = command;
  if (!program) return { kind: 'run' };
  if (/[$`]/.test(program.raw)) return refuse(`its program is ${program.raw}`);
  const name = posix.basename(program.value);
  if (OMITTED.has(name)) return { kind: 'omit' };
  if (name === 'xargs' || name === 'env' || name === 'exec') return wrapped(command);
  if (name === 'find' && args.some(({ value }) => /^-(exec|execdir|ok)$/.test(value))) return refuse('find -exec');
  // A makefile's own paths are those of this machine.
  if (name === 'make' && args.some(({ value }) => /^install/.test(value))) return refuse('make install');
  // What the image holds is the app's own.
  const isOwn = /^\.{1,2}\//.test(program.value);
  if (isOwn || BUILDS.has(name) || FILES.has(name) || /^(python|pip)3?(\.\d+)?$/.test(name)) return { kind: 'run' };
  return refuse(`${name} is not known to stay in the image's folder`);
}

const refuse = (why: string): Verdict => ({ kind: 'refuse', why: `${why}: ${REMEDY_ALL}` });

/** `xargs rm`: what counts is the program that it starts. */
function wrapped(command: ShellCommand): Verdict {
  const at = command.args.findIndex(({ value }) => !value.startsWith('-') && !/^\w+=/.test(value));
  const program = command.args[at];
  if (!program) return { kind: 'run' };
  return verdictOf({ ...command, program, args: command.args.slice(at + 1) });
}

/** More steps up than the least deep folder that it works in would leave the image's folder. */
export function leavesRoot(script: string, workdir: string): boolean {
  const depthOf = (path: string) => posix.resolve('/', path).split('/').filter(Boolean).length;
  // `cd $SOMEWHERE` may be the root.
  const entered = [...script.matchAll(/\b(?:cd|pushd)\s+["']?([/$][^\s;&|"')]*)/g)].map(([, path = '']) =>
    path.startsWith('$') ? 0 : depthOf(path),
  );
  const ups = script.match(/(?<![\w.])\.\.(?![\w.])/g)?.length ?? 0;
  return ups > Math.min(depthOf(workdir), ...entered);
}

/** Programs that must be on the PATH; those behind a condition may be missing. */
export function neededProgram({ program, conditional }: ShellCommand): string | undefined {
  if (!program || conditional || program.value.includes('/') || /[$`]/.test(program.raw)) return undefined;
  return BUILDS.has(program.value) || /^(python|pip)3?(\.\d+)?$/.test(program.value) ? program.value : undefined;
}
