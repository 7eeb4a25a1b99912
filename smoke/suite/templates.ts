import { stringifyJson } from '../../common/json/parse';
import { isRecord } from '../../common/json/values';
import type { Path } from '../../common/path-text';

/** `${name}` is a variable or a captured value, `$${` are the characters themselves. */
const PLACEHOLDER = /\$(\$\{)|\$\{([^}]*)\}/g;

export type Values = Readonly<Record<string, unknown>>;

export interface Reference {
  readonly path: Path;
  readonly name: string;
  /** The text that contains it. */
  readonly text: string;
}

/** Every `${name}` in the texts of a value. */
export function references(value: unknown, path: Path): Reference[] {
  if (typeof value === 'string') {
    return [...value.matchAll(PLACEHOLDER)].flatMap((found) =>
      found[1] ? [] : [{ path, name: found[2] ?? '', text: value }],
    );
  }
  if (Array.isArray(value)) return value.flatMap((each: unknown, index) => references(each, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => references(each, [...path, key]));
}

/** The text with its placeholders filled in; `encode` is applied to each value. Unknown names stay as they are. */
export function render(text: string, values: Values, encode: (value: string) => string = (value) => value): string {
  return text.replace(PLACEHOLDER, (whole, literal: string | undefined, name: string) => {
    if (literal) return literal;
    return Object.hasOwn(values, name) ? encode(asText(values[name])) : whole;
  });
}

/** The JSON value with all texts filled in. A text that is one placeholder becomes the value itself, of any type. */
export function renderAll<T>(value: T, values: Values): T {
  if (typeof value === 'string') {
    const name = soleReference(value);
    return (name !== undefined && Object.hasOwn(values, name) ? values[name] : render(value, values)) as T;
  }
  if (Array.isArray(value)) return value.map((each: unknown) => renderAll(each, values)) as T;
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, renderAll(each, values)])) as T;
}

/** A regular expression with the values in it escaped, so that they match themselves. */
export function renderPattern(pattern: string, values: Values): string {
  return render(pattern, values, (value) => value.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
}

/** A JSONPath with the values in it escaped as string literals require (RFC 9535, 2.3.1.1). */
export function renderJsonPath(path: string, values: Values): string {
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return render(path, values, (value) => value.replace(/['"\\\p{Cc}]/gu, escape));
}

/** The name, if the text is one placeholder and nothing else. */
export function soleReference(text: string): string | undefined {
  return /^\$\{([^}]*)\}$/.exec(text)?.[1];
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : stringifyJson(value ?? null);
}
