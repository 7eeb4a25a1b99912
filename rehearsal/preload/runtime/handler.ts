import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './errors';
import { missingPackage, remedyFor } from './sdk';

export type Handler = (event: unknown, context: object) => unknown;
type Callback = (error: unknown, result?: unknown) => void;
type AnyHandler = (event: unknown, context: object, callback?: Callback) => unknown;

/** From this runtime on, functions with a callback are refused. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
const NO_CALLBACKS_FROM = 24;

/**
 * The function that `dir/file.export` names under the task root; CommonJS or ES module.
 *
 * @throws RuntimeError under Lambda's name for what is wrong
 */
export async function loadHandler(root: string, name: string): Promise<Handler> {
  const [, file = '', exported = ''] = /^((?:.*\/)?[^./]+)\.(.+)$/.exec(name) ?? [];
  if (!file) throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler ${name}`);
  const module = await loadModule(root, file);
  const found = exported
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], module);
  if (typeof found !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  return asPromised(found as AnyHandler);
}

async function loadModule(root: string, file: string): Promise<unknown> {
  const path = ['.js', '.mjs', '.cjs'].map((end) => resolve(join(root, file + end))).find((path) => existsSync(path));
  if (!path) throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  try {
    return path.endsWith('.mjs') ? await importModule(path) : await requireOrImport(path);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error), error);
    if (/^(ERR_)?MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? '')) {
      const name = missingPackage(error);
      const remedy = name === undefined ? '' : `; ${remedyFor(name)}`;
      throw new RuntimeError('Runtime.ImportModuleError', `${String(error)}${remedy}`, error);
    }
    throw error;
  }
}

async function requireOrImport(path: string): Promise<unknown> {
  try {
    // The bundle's own require would be resolved when it is built.
    return module.require(path) as unknown;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ESM') throw error;
    return importModule(path);
  }
}

function importModule(path: string): Promise<unknown> {
  return import(pathToFileURL(path).href);
}

function asPromised(handler: AnyHandler): Handler {
  if (handler.length < 3) return handler;
  const version = Number(/nodejs(\d+)/.exec(process.env['AWS_EXECUTION_ENV'] ?? '')?.[1]);
  if (version >= NO_CALLBACKS_FROM) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24',
    );
  }
  return (event, context) =>
    new Promise((resolvePromise, reject) => {
      const callback: Callback = (error, result) => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the user's own value, which may be anything: errorPayload makes Lambda's result of it
        if (error) reject(error);
        else resolvePromise(result);
      };
      const returned = handler(event, context, callback);
      if (returned instanceof Promise) returned.then(resolvePromise, reject);
    });
}
