import { ExactNumber, numericOf } from '../../common/json/exact-number';
import { holdsExact } from '../../common/json/parse';
import { StandIns } from '../../common/json/stand-ins';
import { inTime } from './in-time';

/** Descendants of descendants: three of them in a megabyte do not fit into memory. */
const DESCENDANTS_MAX = 2;
/** Values that a path may visit: each takes about 100 bytes, and a gate has 256 MB. */
const VISITS_MAX = 800_000;

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
 * @returns undefined if time or memory does not suffice
 * @throws Error if the filled-in path is invalid
 */
export function valuesAt(path: string, document: unknown): readonly unknown[] | undefined {
  if (visitsOf(path, document) > VISITS_MAX) return undefined;
  return inTime(() => find(path, document))?.value;
}

function find(path: string, document: unknown): readonly unknown[] {
  const numbers = path.match(NUMERAL)?.map(numericOf) ?? [];
  const isPlain = !holdsExact(document) && !numbers.some((number) => number instanceof ExactNumber);
  if (isPlain) return library().query(document as never, path);
  const standIns = new StandIns([document, ...numbers]);
  const withStandIns = path.replace(TEXT_OR_NUMERAL, (token) => {
    const number = /^["']/.test(token) ? token : numericOf(token);
    return number instanceof ExactNumber ? String(standIns.put(number)) : token;
  });
  return library()
    .query(standIns.put(document) as never, withStandIns)
    .map((value) => standIns.take(value));
}

const TEXT = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;
/** A number, not the digits of a name (`$.x12`). */
const NUMERAL = /(?<![\w$.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const TEXT_OR_NUMERAL = new RegExp(`${TEXT.source}|${NUMERAL.source}`, 'g');

/** The number of descendant segments outside string literals. */
function descendantsOf(path: string): number {
  return path.replace(TEXT, "''").split('..').length - 1;
}

/** A bound of the library's queue: each selector of a segment adds all values once more. */
function visitsOf(path: string, document: unknown): number {
  const bare = path.replace(TEXT, "''");
  const selectors = (bare.match(/\[[^\][]*\]/g) ?? []).map((segment) => segment.split(',').length);
  const factor = selectors.reduce((product, each) => product * each, 1);
  const descendants = descendantsOf(path);
  if (factor === 1 && descendants < 2) return 0;
  const { values, depth } = sizeOf(document);
  return values * factor * depth ** Math.max(0, descendants - 1);
}

const sizes = new WeakMap<object, Size>();

interface Size {
  readonly values: number;
  readonly depth: number;
}

function sizeOf(document: unknown): Size {
  if (typeof document !== 'object' || document === null) return { values: 1, depth: 1 };
  const known = sizes.get(document);
  if (known) return known;
  let values = 0;
  let deepest = 1;
  const walk = (value: unknown, depth: number): void => {
    values += 1;
    if (depth > deepest) deepest = depth;
    if (typeof value !== 'object' || value === null) return;
    for (const key in value) walk((value as Record<string, unknown>)[key], depth + 1);
  };
  walk(document, 1);
  const size = { values, depth: deepest };
  sizes.set(document, size);
  return size;
}

function library() {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when needed: an import would load this file, which is large, at every cold start
  return require('../late/jsonpath') as typeof import('../late/jsonpath');
}
