import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../../../core/service';
import { BOOTSTRAP } from './bootstrap';
import { ENCLOSURE } from './enclosure';
import { type MachinePython, machinePython } from './machine';

export { CFN_RESPONSE } from './enclosure';
export { boto3Problem, machinePython } from './machine';

export const isPython = (runtime: string) => /^python3\.\d+$/.test(runtime);

/** The program that runs a Python function, and what its environment needs in addition to Lambda's own variables. */
export interface PythonRuntime {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * @param layers the folder of the function's layers, in place of `/opt`
 * @throws Error with the remedy where this machine has no Python for it
 */
export function pythonRuntime(
  world: Pick<World, 'directory' | 'network'>,
  own: Readonly<Record<string, string>>,
  layers: string | undefined,
): PythonRuntime {
  const python = machinePython();
  if (typeof python === 'string') throw new Error(python);
  const folder = join(world.directory, 'python-runtime');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bootstrap.py'), BOOTSTRAP);
  writeFileSync(join(folder, 'sitecustomize.py'), ENCLOSURE);
  return {
    command: [python.executable, join(folder, 'bootstrap.py')],
    environment: { ...pathsOf(python, folder, own, layers), ...certificatesOf(world) },
  };
}

function pathsOf(
  { userBase }: MachinePython,
  folder: string,
  own: Readonly<Record<string, string>>,
  layers: string | undefined,
): Record<string, string> {
  const paths = [folder, ...(own.PYTHONPATH ? [own.PYTHONPATH] : []), ...(layers ? [join(layers, 'python')] : [])];
  return {
    PYTHONPATH: paths.join(':'),
    PYTHONUSERBASE: userBase,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    ...(layers !== undefined && { GREENLIGHT_OPT: layers }),
  };
}

/** Every host that a function reaches is the rehearsal's, whose authority certifies it. */
function certificatesOf({ network }: Pick<World, 'network'>): Record<string, string> {
  const file = network.authorityFile;
  if (file === undefined) return {};
  return { SSL_CERT_FILE: file, AWS_CA_BUNDLE: file, REQUESTS_CA_BUNDLE: file };
}
