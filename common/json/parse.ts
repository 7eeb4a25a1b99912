import { randomUUID } from 'node:crypto';
import { ExactNumber, numericOf } from './exact-number';

/** Levels of lists and objects: what walks along a document may call itself so often. */
export const DEPTH_MAX = 500;

/** A text that is not used as JSON; the message says why. */
export class JsonProblem extends Error {
  public override readonly name = 'JsonProblem';
}

/** Is put before the digits of an exact number while it travels as text. No document can hold it: it is random. */
const MARK = `${randomUUID()}:`;
/** Documents that hold an exact number. */
const exactDocuments = new WeakSet<object>();

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Only such numerals can lose digits. */
const LONG = /[\d.]{16}|\d[eE][-+\d]/;

/**
 * As JSON.parse, with numbers that it would round as `ExactNumber`.
 * @throws JsonProblem when it is not JSON or nested more than `DEPTH_MAX` levels deep
 */
export function parseJson(text: string): unknown {
  if (depthOf(text) > DEPTH_MAX) throw new JsonProblem(`JSON nested more than ${DEPTH_MAX} levels deep`);
  try {
    return LONG.test(text) ? parseExact(text) : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new JsonProblem('not JSON', { cause: error });
  }
}

function parseExact(text: string): unknown {
  let isExact = false;
  const marked = text.replace(TOKEN, (token) => {
    if (token.startsWith('"') || typeof numericOf(token) === 'number') return token;
    isExact = true;
    return `"${MARK}${token}"`;
  });
  const value: unknown = JSON.parse(isExact ? marked : text);
  if (!isExact) return value;
  const holder: Record<string, unknown> = { value };
  const waiting: object[] = [holder];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const [key, each] of Object.entries(next) as [string, unknown][]) {
      // A number as a key is no JSON; the mark made it one.
      if (key.startsWith(MARK)) throw new SyntaxError('a key must be text');
      if (typeof each === 'object' && each !== null) waiting.push(each);
      else if (typeof each === 'string' && each.startsWith(MARK)) {
        const exact = new ExactNumber(each.slice(MARK.length));
        // Defined, because assigning to the key `__proto__` would set the prototype.
        Object.defineProperty(next, key, { value: exact, writable: true, enumerable: true, configurable: true });
      }
    }
  }
  const document: unknown = holder.value;
  if (typeof document === 'object' && document !== null) exactDocuments.add(document);
  return document;
}

/** Whether a document that was read by `parseJson` holds an exact number. */
export function holdsExact(document: unknown): boolean {
  return (
    typeof document === 'object' &&
    document !== null &&
    (document instanceof ExactNumber || exactDocuments.has(document))
  );
}

/** The deepest level of brackets outside of texts. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfText(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > deepest) deepest = depth;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
    }
  }
  return deepest;
}

function endOfText(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

/** As JSON.stringify, with exact numbers and bigints as the digits that they are. @param indent default: one line */
export function stringifyJson(value: unknown, indent?: number): string {
  let isExact = false;
  const marked = JSON.stringify(
    value,
    (_key, each: unknown) => {
      if (!(each instanceof ExactNumber) && typeof each !== 'bigint') return each;
      isExact = true;
      return `${MARK}${String(each)}`;
    },
    indent,
  ) as string | undefined;
  if (marked === undefined) return 'undefined';
  return isExact ? marked.replaceAll(new RegExp(`"${MARK}([^"]*)"`, 'g'), '$1') : marked;
}
