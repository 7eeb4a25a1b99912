import { type Context, createContext, Script } from 'node:vm';

/**
 * What all patterns, JSONPaths and schemas of one response may take together, wall milliseconds. Each of them runs on what a
 * server sent, and each can be made to run for ever: the gate must come to its report.
 */
export const JUDGING_MS_MAX = 1_000;

const sandbox: { run?: () => unknown } = {};
let prepared: { readonly context: Context; readonly script: Script } | undefined;
let leftMs = JUDGING_MS_MAX;
let isInside = false;

/**
 * Runs synchronous code that V8 ends when the time is over, wherever in it that is.
 * https://nodejs.org/docs/latest-v20.x/api/vm.html#scriptrunincontextcontextifiedobject-options
 * @returns undefined when it did not end in time
 * @throws what `run` throws
 */
export function inTime<T>(run: () => T): { readonly value: T } | undefined {
  // A schema's pattern: the schema's own limit holds.
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

/** Judges one response: whatever `judge` runs in time shares one limit. `judge` must not wait for anything. */
export function sharingTime<T>(judge: () => T): T {
  leftMs = JUDGING_MS_MAX;
  try {
    return judge();
  } finally {
    leftMs = JUDGING_MS_MAX;
  }
}
