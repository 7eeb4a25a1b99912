import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { findProgram } from '../../../images/tools';

/** This machine's Python, as functions run on it. */
export interface MachinePython {
  /** The interpreter itself, as a version manager's script would read its settings in the function's home. */
  readonly executable: string;
  /** Where `pip install --user` puts packages. */
  readonly userBase: string;
  /** Whether it has the SDK for Python that takes AWS_ENDPOINT_URL, as those of AWS's runtimes do. */
  readonly hasBoto3: boolean;
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html: boto3 1.28 is the first with AWS_ENDPOINT_URL. */
const PROBE = `
import json, site, sys
try:
    import boto3
    boto3 = [int(part) for part in boto3.__version__.split(".")[:2]] >= [1, 28]
except ImportError:
    boto3 = False
if sys.version_info >= (3, 9):
    print(json.dumps({"executable": sys.executable, "userBase": site.getuserbase(), "hasBoto3": boto3}))
`;

const INSTALL = 'Remedy: install Python 3.9 or newer, and boto3';

let probed: MachinePython | string | undefined;

/**
 * The Python that functions run on, whichever `python3.x` they name: the first `python3` of the PATH with boto3, else the
 * first.
 * @returns a text with what is missing and the remedy where this machine has none
 */
export function machinePython(): MachinePython | string {
  return (probed ??= findPython(process.env['PATH'] ?? ''));
}

/** @param path folders in which `python3` is searched */
export function findPython(path: string): MachinePython | string {
  const programs = new Set(path.split(delimiter).flatMap((folder) => findProgram('python3', folder) ?? []));
  if (programs.size === 0) return `this machine has no python3. ${INSTALL}`;
  const found = [...programs].map(probe);
  const usable = found.filter((each) => each !== undefined);
  return (
    usable.find(({ hasBoto3 }) => hasBoto3) ?? usable[0] ?? `${[...programs].join(', ')} is not Python 3.9. ${INSTALL}`
  );
}

function probe(program: string): MachinePython | undefined {
  const { stdout, status } = spawnSync(program, ['-c', PROBE], { encoding: 'utf8', timeout: 30_000 });
  return status === 0 && stdout !== '' ? (JSON.parse(stdout) as MachinePython) : undefined;
}

/** @returns why a function that imports boto3 fails on this machine, with the remedy */
export function boto3Problem(python = machinePython()): string | undefined {
  if (typeof python === 'string') return python;
  if (python.hasBoto3) return undefined;
  return (
    `${python.executable} has no boto3 of at least 1.28, as AWS's Python runtimes have. ` +
    `Remedy: ${python.executable} -m pip install --upgrade boto3`
  );
}
