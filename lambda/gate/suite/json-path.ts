import { inTime } from './in-time';

/** Descendants of descendants: three of them over a megabyte are more values than memory holds. */
const DESCENDANTS_MAX = 2;

/** @returns what is wrong with a JSONPath of a suite, or undefined */
export function jsonPathProblem(path: string): string | undefined {
  try {
    library().query(null, path);
  } catch (error) {
    return `not a JSONPath of RFC 9535 (${(error as Error).message.split('\n')[0] ?? ''}); begin with $`;
  }
  const descendants = descendantsOf(path);
  if (descendants <= DESCENDANTS_MAX) return undefined;
  return `a JSONPath with ${descendants} descendant segments (..), which takes for ever on a deep document: use ${DESCENDANTS_MAX} at most`;
}

/**
 * The values at a JSONPath.
 * @returns undefined when it could not be found out in time
 * @throws Error when the path, with the values of its variables filled in, is none
 */
export function valuesAt(path: string, document: unknown): readonly unknown[] | undefined {
  return inTime(() => library().query(document as never, path))?.value;
}

/** Outside of its string literals. */
function descendantsOf(path: string): number {
  const bare = path.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, "''");
  return bare.split('..').length - 1;
}

function library() {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when needed: an import would load this file, which is large, at every cold start
  return require('../late/jsonpath') as typeof import('../late/jsonpath');
}
