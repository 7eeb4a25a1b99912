import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DISTRIBUTION, NO_NAMES, QUOTED, VOCABULARY, type Word } from './vocabulary';

/** Files that a person reads or writes: sources, pages, settings, workflows and scripts. */
const READABLE = /\.(?:md|ts|js|cjs|mjs|ya?ml|json|py|sh)$|(?:^|\/)(?:Dockerfile|\.ci\/run)$/;

/** Names of folders and files that are not searched, and why. */
const NOT_SEARCHED: Readonly<Record<string, string>> = {
  '.git': 'the history',
  'package-lock.json': 'names of packages',
  'API.md': 'generated from the docstrings in lib/, which are searched',
  LICENSE: 'the text of the licence',
  'test/words': 'the words themselves',
  'test/words.test.ts': 'examples of them',
};

/** Texts of a checkout with their paths from its root, without what `.gitignore` names. */
export function textsOf(root: string): ReadonlyMap<string, string> {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
  const skips = (path: string, name: string) =>
    path in NOT_SEARCHED || ignored.some((line) => line !== '' && (line === `${name}/` || line === name));
  const pathsIn = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (skips(path, entry.name)) return [];
      if (entry.isDirectory()) return pathsIn(path);
      return entry.isFile() && READABLE.test(path) ? [path] : [];
    });
  return new Map(pathsIn('').map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/** Each word of a text that is to be replaced: `file:line: "word": write ... instead`. */
export function findings(path: string, text: string): readonly string[] {
  const found = [
    ...VOCABULARY.flatMap((word) => occurrences(path, text, word)),
    ...distributions(text),
    ...names(text),
  ];
  return found
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, words, instead }) => `${path}:${lineAt(text, offset)}: "${words}": write ${instead} instead`);
}

interface Occurrence {
  readonly offset: number;
  readonly words: string;
  readonly instead: string;
}

/** Between two words of a phrase: also the end of a line, with what the next line of a comment begins with. */
const GAP = String.raw`(?:[ _-]|\s*\n\s*(?:\*|//|#|>)?\s*|(?<=[a-z0-9])(?=[A-Z]))`;

const patterns = new Map<Word, RegExp>();

/** A word begins and ends at no letter, or where camelCase has a capital. */
function patternOf(word: Word): RegExp {
  const known = patterns.get(word);
  if (known) return known;
  const anyCase = (text: string) => text.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
  // Within a word all letters have one case, so that `Alone` and `ALONE` are found and `valueAlone` is by its capital.
  const each = (text: string) =>
    `(?:${text[0]?.toUpperCase()}${text.slice(1)}|(?<![A-Za-z])${text}|${anyCaseOnlyUpper(text)})`;
  const phrases = word.words.map((phrase) => {
    const [first = '', ...rest] = phrase.split(' ');
    return [each(first), ...rest.map(anyCase)].join(GAP);
  });
  const pattern = new RegExp(`(?:${phrases.join('|')})(?![a-z])`, 'g');
  patterns.set(word, pattern);
  return pattern;
}

const anyCaseOnlyUpper = (text: string) => `(?<![A-Z])${text.toUpperCase()}(?![A-Z])`;

function occurrences(path: string, text: string, word: Word): readonly Occurrence[] {
  if (word.within && !word.within.test(path)) return [];
  const allowed = [...QUOTED, ...(word.except ?? [])]
    .filter(({ within }) => within?.test(path) ?? true)
    .flatMap(({ pattern }) => [...text.matchAll(pattern)].map(({ index, 0: match }) => [index, index + match.length]));
  const isAllowed = (offset: number) => allowed.some(([start = 0, end = 0]) => offset >= start && offset < end);
  return [...text.matchAll(patternOf(word))]
    .filter(({ index }) => !isAllowed(index))
    .map(({ index, 0: words }) => ({ offset: index, words: words.replace(/\s+/g, ' '), instead: word.instead }));
}

function distributions(text: string): readonly Occurrence[] {
  return [...text.matchAll(DISTRIBUTION)].map(({ index, 0: words }) => ({
    offset: index,
    words,
    instead: words.replace(/ an? (\w+)$/, ' per $1'),
  }));
}

const DECLARATION = new RegExp(
  String.raw`\b(?:const|let|var|function|class|interface|type|readonly)\s+(${Object.keys(NO_NAMES).join('|')})\b`,
  'g',
);

function names(text: string): readonly Occurrence[] {
  return [...text.matchAll(DECLARATION)].map(({ index, 0: words, 1: name = '' }) => ({
    offset: index,
    words,
    instead: `a noun (${NO_NAMES[name]})`,
  }));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
