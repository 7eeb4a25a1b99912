import { boto3Problem, isPython, machinePython } from './python';

/** @returns why functions of a runtime cannot run on this machine, with the remedy where there is one; undefined where they can */
export function runtimeProblem(runtime: string): string | undefined {
  if (/^nodejs\d+\.x$/.test(runtime)) return undefined;
  if (!isPython(runtime))
    return `has runtime ${runtime}, and a rehearsal runs functions of Node, and of Python where this machine has it`;
  const python = machinePython();
  return typeof python === 'string' ? `has runtime ${runtime}, and ${python}` : undefined;
}

/** @returns the same for the function of a custom resource, which on AWS has the SDK for Python and most likely uses it */
export function customResourceProblem(runtime: string): string | undefined {
  const without = isPython(runtime) ? boto3Problem() : undefined;
  return runtimeProblem(runtime) ?? (without && `has runtime ${runtime}, and ${without}`);
}
