import { closeSync, openSync, readSync } from 'node:fs';
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { ExactNumber, type Numeric, numericOf } from '../json/exact-number';

/** A file that cannot be read as a document; a message each problem, with its place. */
export class DocumentError extends Error {
  public constructor(public readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'DocumentError';
  }
}

type Path = readonly PropertyKey[];

export interface PlacedDocument {
  readonly content: unknown;
  /** Where the value at `path`, or its key, begins; for a missing one where its nearest parent does. */
  offsetOf(path: Path, part?: 'key' | 'value'): number;
  /** `line:column` of an offset. */
  lineOf(offset: number): string;
}

export interface ReadOptions {
  /** Numbers that JavaScript would round are read as `ExactNumber`. Default false. */
  readonly isExact?: boolean;
}

const BYTES_MAX = 1_000_000;
const DEPTH_MAX = 100;
/** One syntax error can cause many more. */
const PROBLEMS_MAX = 20;
/** Values that aliases may add; a few bytes could make a vast document otherwise. */
const ALIASES_MAX = 100;

/**
 * Reads a YAML or JSON file.
 * @param advice what to do when there is no such file
 * @param options how numbers are read
 * @throws DocumentError
 */
export function readDocument(file: string, advice: string, options: ReadOptions = {}): PlacedDocument {
  return parseDocumentText(readText(file, advice), file, options);
}

function readText(file: string, advice: string): string {
  const bytes = readBytes(file, advice);
  if (bytes.length > BYTES_MAX) throw new DocumentError([`${file}: it is larger than ${BYTES_MAX} bytes`]);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  const wide = encoding !== 'utf-8' || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (wide) throw new DocumentError([`${file}:1:1: it is UTF-16: save it as UTF-8`]);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DocumentError([`${file}:${lineOfInvalid(bytes)}: it is not text in UTF-8`]);
  }
}

/** No more than the limit and one, whatever the file is. */
function readBytes(file: string, advice: string): Buffer {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(BYTES_MAX + 1);
      let length = 0;
      for (;;) {
        const read = readSync(descriptor, buffer, length, buffer.length - length, null);
        length += read;
        if (read === 0 || length === buffer.length) return buffer.subarray(0, length);
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new DocumentError([`${file}: ${whyUnreadable(error, advice)}`]);
  }
}

function whyUnreadable(error: unknown, advice: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `there is no such file; ${advice}`;
  if (code === 'EISDIR') return 'it is a folder; name the file in it';
  return code === 'EACCES' || code === 'EPERM' ? 'there is no permission to read it' : message;
}

function lineOfInvalid(bytes: Buffer): string {
  const lines = new TextDecoder('utf-8').decode(bytes).split('\n');
  const at = lines.findIndex((line) => line.includes('\uFFFD'));
  return `${at + 1}:${(lines[at]?.indexOf('\uFFFD') ?? 0) + 1}`;
}

/** @param file names the document in problems. @throws DocumentError with every problem of syntax */
export function parseDocumentText(withMark: string, file: string, options: ReadOptions = {}): PlacedDocument {
  // The byte order mark is no column of the first line.
  const text = withMark.replace(/^\uFEFF/, '');
  const lines = new LineCounter();
  const lineOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  refuseDepth(text, file);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const found = [...document.errors, ...document.warnings];
  if (found.length > 0) {
    const texts = found.map(({ pos, code, message }) => `${file}:${lineOf(pos[0])}: ${WORDS[code] ?? message}`);
    throw new DocumentError(texts.slice(0, PROBLEMS_MAX));
  }
  if (document.contents === null) throw new DocumentError([`${file}:1:1: the file is empty`]);
  if (options.isExact) keepDigits(document);
  const content = toPlain(document, (offset) => `${file}:${lineOf(offset)}`);
  return { content, lineOf, offsetOf: (path, part = 'value') => offsetIn(document, path, part) };
}

/** A key is text: its digits are those that were written. */
function keepDigits(document: Document): void {
  visit(document, {
    Scalar: (key, node) => {
      if (typeof node.value !== 'number' || node.source === undefined) return;
      const number = exactNumeral(node.source);
      if (number instanceof ExactNumber) node.value = key === 'key' ? number.literal : number;
    },
  });
}

/** @param source a number of YAML: decimal, hexadecimal or octal */
function exactNumeral(source: string): Numeric | undefined {
  if (/^0[xo]/.test(source)) return numericOf(String(BigInt(source)));
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^([-+]?)([0-9]*)(?:\.([0-9]*))?([eE][-+]?[0-9]+)?$/.exec(source) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const digits = whole.replace(/^0+(?=.)/, '') || '0';
  return numericOf(`${sign.replace('+', '')}${digits}${fraction && `.${fraction}`}${exponent}`);
}

/** Where the library's words are for programmers. */
const WORDS: Readonly<Partial<Record<string, string>>> = {
  DUPLICATE_KEY: 'this key is in the map already: remove one of the two',
  MULTIPLE_DOCS: 'a second document begins here: one file holds one',
  TAB_AS_INDENT: 'a tab cannot indent: use spaces',
};

/** The parser is recursive: a document of nothing else than brackets would end the process. */
function refuseDepth(text: string, file: string): void {
  let depth = 0;
  let [line, column] = [1, 0];
  let deepest = false;
  for (const character of text) {
    column += 1;
    if (character === '\n') [line, column] = [line + 1, 0];
    if ('[{'.includes(character)) depth += 1;
    if (']}'.includes(character)) depth = Math.max(0, depth - 1);
    if (depth > DEPTH_MAX) {
      deepest = true;
      break;
    }
  }
  const blocks = /^(?:[ \t]*[-?:][ \t]+){50}/m.exec(text);
  if (!deepest && blocks) {
    [line, column] = [text.slice(0, blocks.index).split('\n').length, 1];
  }
  if (deepest || blocks)
    throw new DocumentError([`${file}:${line}:${column}: nested too deeply, ${DEPTH_MAX} levels at most`]);
}

function toPlain(document: Document, at: (offset: number) => string): unknown {
  const aliases: Alias[] = [];
  visit(document, {
    Alias: (_key, node) => void aliases.push(node),
    Pair: (_key, { key }) => {
      if (isCollection(key)) throw new DocumentError([`${at(key.range?.[0] ?? 0)}: a key must be text`]);
    },
  });
  const cyclic = aliases.find((alias) => isAncestor(alias, document));
  if (cyclic) throw new DocumentError([`${at(cyclic.range?.[0] ?? 0)}: *${cyclic.source} contains itself`]);
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch {
    const unresolved = aliases.find((alias) => !alias.resolve(document));
    const alias = unresolved ?? aliases[0];
    const what = unresolved
      ? `*${unresolved.source} refers to no anchor before it: &${unresolved.source} is missing`
      : `aliases make the document too large, ${ALIASES_MAX} at most`;
    throw new DocumentError([`${at(alias?.range?.[0] ?? 0)}: ${what}`]);
  }
}

function isAncestor(alias: Alias, document: Document): boolean {
  const target = alias.resolve(document);
  let inside = false;
  if (target && !isAlias(target)) visit(target, { Alias: (_key, node) => void (inside ||= node === alias) });
  return inside;
}

function offsetIn(document: Document, path: Path, part: 'key' | 'value'): number {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => isPair(item) && String((item.key as { value?: unknown } | null)?.value) === String(key),
      );
      const value = part === 'value' || length < path.length;
      const place = pair && (value && isNode(pair.value) && pair.value.range ? pair.value : pair.key);
      if (isNode(place) && place.range) return place.range[0];
    }
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
