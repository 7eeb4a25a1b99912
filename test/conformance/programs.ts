/** The clients of the conformance test, each installed into a folder that goes with the test. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/temporary';
import type { Program } from './client';

const CLIENTS = join(__dirname, 'clients');
const DEBIAN_PYTHON = '/usr/bin/python3';

const succeeds = (command: string, ...words: string[]) => spawnSync(command, words).status === 0;

interface ConformanceClient {
  readonly name: string;
  /** What this machine lacks for it, with the remedy; undefined where it lacks nothing. */
  readonly problem?: string;
  readonly install: () => Program;
}

const hasVenv = succeeds('python3', '-c', 'import venv, ensurepip');
const goVersion = /go1\.(\d+)/.exec(spawnSync('go', ['version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
/** What takes minutes to install, more than CI has for it. */
const ALL = process.env['GREENLIGHT_ALL_CLIENTS'] === '1';

const unless = (isThere: boolean, problem: string) => (isThere ? undefined : problem);
const withoutVenv = unless(hasVenv, 'python3 with venv is missing: install python3-venv');
const inTime = unless(ALL, 'it takes minutes to install: set GREENLIGHT_ALL_CLIENTS=1');

export const conformanceClients: readonly ConformanceClient[] = [
  { name: 'boto3', problem: withoutVenv, install: () => withPip('boto3', 'python.py') },
  {
    name: "pip's AWS CLI, version 1",
    problem: withoutVenv ?? inTime,
    install: () => withPip('awscli', 'aws_cli.py'),
  },
  {
    name: "Debian's AWS CLI, version 2",
    problem: unless(succeeds(DEBIAN_PYTHON, '-c', 'import awscli'), 'it is missing: install awscli on Debian'),
    install: () => ({ command: DEBIAN_PYTHON, arguments: [join(CLIENTS, 'aws_cli.py')] }),
  },
  {
    name: "AWS's own AWS CLI, version 2",
    problem: withoutVenv ?? unless(isLinuxX64(), 'its program is for Linux on x86-64'),
    install: pluginOfCli,
  },
  {
    name: 'the SDK for JavaScript',
    install: () => ({ command: process.execPath, arguments: [join(CLIENTS, 'javascript.mjs')] }),
  },
  {
    name: 'the SDK for Go',
    problem: unless(Number(goVersion ?? 0) >= 23, 'Go 1.23 is missing: install it') ?? inTime,
    install: builtWithGo,
  },
];

function isLinuxX64(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

function withPip(distribution: string, script: string): Program {
  const folder = join(temporaryDirectory(distribution), 'venv');
  execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', distribution]);
  return { command: join(folder, 'bin', 'python'), arguments: [join(CLIENTS, script)] };
}

/** The newest AWS CLI 2, which PyPI has only inside another package. @returns the path of its program */
export function awsCli(): string {
  const folder = temporaryDirectory('aws-cli');
  const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '-d', folder, 'aws-cdk-asset-awscli-v2'];
  execFileSync('python3', download);
  return execFileSync('python3', [join(CLIENTS, 'unpack_aws_cli.py'), folder], { encoding: 'utf8' }).trim();
}

/** One process of the CLI runs all commands, as its plugin. */
function pluginOfCli(): Program {
  const settings = join(temporaryDirectory('aws-config'), 'config');
  writeFileSync(settings, `[plugins]\ncli_legacy_plugin_path = ${CLIENTS}\nconformance = aws_cli\n`);
  const environment = { CONFORMANCE_PLUGIN: '1', AWS_CONFIG_FILE: settings };
  return { command: awsCli(), arguments: ['sts', 'get-caller-identity'], environment };
}

/** In a module of its own. Compiling the SDK takes minutes at first; Go keeps it in its cache. */
function builtWithGo(): Program {
  const folder = temporaryDirectory('go');
  copyFileSync(join(CLIENTS, 'conformance.go'), join(folder, 'main.go'));
  const go = (...words: string[]) => execFileSync('go', words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  go('mod', 'init', 'conformance');
  go('mod', 'tidy');
  go('build', '-o', 'client', '.');
  return { command: join(folder, 'client'), arguments: [] };
}
