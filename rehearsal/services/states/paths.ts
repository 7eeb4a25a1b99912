import { intrinsic } from './intrinsics';

/** What paths read: `$` is the state's data, `$$` the context object. */
export interface Scope {
  readonly input: unknown;
  readonly context: unknown;
}

/** An error with a name that Retry and Catch match. */
export class StateError extends Error {
  constructor(
    readonly error: string,
    override readonly cause: string,
  ) {
    super(`${error}: ${cause}`);
  }
}

/** Steps of a reference path: `$.a['b'][0]` is a, b, 0. @throws StateError States.Runtime when it is no such path */
export function pathSteps(path: string): readonly (string | number)[] {
  if (!/^\$\$?(\.[^.[\]]+|\[\s*(\d+|'[^']*'|"[^"]*")\s*\])*$/.test(path)) {
    throw new StateError('States.Runtime', `Invalid path '${path}'`);
  }
  return [...path.matchAll(/\.([^.[\]]+)|\[\s*(?:(\d+)|'([^']*)'|"([^"]*)")\s*\]/g)].map((step) =>
    step[2] === undefined ? (step[1] ?? step[3] ?? step[4] ?? '') : Number(step[2]),
  );
}

/** @returns `{ value }`, or undefined when nothing is there */
export function lookUp(scope: Scope, path: string): { readonly value: unknown } | undefined {
  let value: unknown = path.startsWith('$$') ? scope.context : scope.input;
  for (const step of pathSteps(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return { value };
}

/** @throws StateError when nothing is there */
export function read(scope: Scope, path: string, error = 'States.Runtime'): unknown {
  const found = lookUp(scope, path);
  if (!found) {
    throw new StateError(
      error,
      `The JSONPath '${path}' could not be found in the input '${JSON.stringify(scope.input)}'`,
    );
  }
  return found.value;
}

/** InputPath and OutputPath: `$` by default, `null` for an empty object. */
export function narrow(scope: Scope, path: string | null | undefined): unknown {
  return path === null ? {} : read(scope, path ?? '$');
}

/** ResultPath: where in the raw input the result goes; `null` discards it. @throws StateError States.ResultPathMatchFailure */
export function place(input: unknown, path: string | null | undefined, result: unknown): unknown {
  if (path === null) return input;
  return put(input, pathSteps(path ?? '$'), result, path ?? '$');
}

function put(into: unknown, steps: readonly (string | number)[], result: unknown, path: string): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return result;
  if (typeof step === 'number' || (into !== undefined && (typeof into !== 'object' || Array.isArray(into)))) {
    throw new StateError('States.ResultPathMatchFailure', `Unable to apply ResultPath '${path}' to the input`);
  }
  const object = (into ?? {}) as Record<string, unknown>;
  return { ...object, [step]: put(object[step], rest, result, path) };
}

/** Parameters and ResultSelector: fields named `x.$` hold a path or an intrinsic function. */
export function fill(scope: Scope, template: unknown): unknown {
  if (Array.isArray(template)) return template.map((item) => fill(scope, item));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), evaluate(scope, String(value))] : [key, fill(scope, value)],
    ),
  );
}

function evaluate(scope: Scope, expression: string): unknown {
  if (expression.startsWith('States.')) {
    return intrinsic(expression, (path) => read(scope, path, 'States.ParameterPathFailure'));
  }
  return read(scope, expression, 'States.ParameterPathFailure');
}
