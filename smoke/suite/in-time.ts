import { type Context, createContext, Script } from 'node:vm';

/**
 * The time that all patterns, JSONPaths and schemas of one response may take together, in milliseconds of real time. Each of them
 * runs on what a server sent and can be made to run for ever, and the gate must always report.
 */
export const EVALUATION_MS_MAX = 1_000;

const sandbox: { run?: () => unknown } = {};
let prepared: { readonly context: Context; readonly script: Script } | undefined;
let leftMs = EVALUATION_MS_MAX;
let isInside = false;

/**
 * Runs synchronous code, which V8 ends at any point when the time is over.
 * https://nodejs.org/docs/latest-v20.x/api/vm.html#scriptrunincontextcontextifiedobject-options
 * @returns undefined if it did not end in time
 * @throws what `run` throws
 */
export function inTime<T>(run: () => T): { readonly value: T } | undefined {
  // The pattern of a schema: the timeout of the schema applies.
  if (isInside) return { value: run() };
  if (leftMs < 1) return undefined;
  prepared ??= { context: createContext(sandbox), script: new Script('run()') };
  const beganMs = performance.now();
  isInside = true;
  sandbox.run = run;
  try {
    return { value: prepared.script.runInContext(prepared.context, { timeout: Math.ceil(leftMs) }) as T };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    leftMs = 0;
    return undefined;
  } finally {
    isInside = false;
    sandbox.run = undefined;
    leftMs -= performance.now() - beganMs;
  }
}

/** Evaluates one response: all calls of `inTime` in `evaluate` share one timeout. `evaluate` must be synchronous. */
export function sharingTime<T>(evaluate: () => T): T {
  leftMs = EVALUATION_MS_MAX;
  try {
    return evaluate();
  } finally {
    leftMs = EVALUATION_MS_MAX;
  }
}
