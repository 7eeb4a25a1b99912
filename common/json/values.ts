import { canonical, compareNumeric, ExactNumber, isNumeric } from './exact-number';
import { DEPTH_MAX } from './parse';

export type Json = string | number | ExactNumber | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What kind of JSON value it is; undefined for what JSON cannot hold. */
export function jsonKind(value: unknown): 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object' | undefined {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  // A bigint is how code writes what a file holds as an exact number.
  if (value instanceof ExactNumber || typeof value === 'bigint') return 'number';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'object' ? type : undefined;
}

/** @returns why a value cannot be written as JSON, or undefined; what contains itself is nested without end */
export function jsonProblem(value: unknown, depth = 0): string | undefined {
  if (depth > DEPTH_MAX) return `nested more than ${DEPTH_MAX} levels deep`;
  if (jsonKind(value) === undefined) return `JSON has no ${typeof value}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return `JSON has no ${value}`;
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return undefined;
  for (const each of Object.values(value)) {
    const problem = each === undefined ? undefined : jsonProblem(each, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return jsonKind(value) === 'object';
}

/** Whether two JSON values are the same, whatever the order of keys and the notation of numbers. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (isNumeric(one) && isNumeric(other)) return compareNumeric(one, other) === 0;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (one instanceof ExactNumber || other instanceof ExactNumber) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(other, key) &&
      sameJson((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  );
}

/** The beginning of a value as JSON: no more of it is written than is requested, however large it is. */
export function beginningOf(value: unknown, lengthMax: number): string {
  const parts: string[] = [];
  let left = lengthMax;
  const put = (text: string) => {
    parts.push(text);
    left -= text.length;
  };
  const write = (each: unknown): void => {
    if (left <= 0) return;
    if (typeof each === 'string') return put(JSON.stringify(each.slice(0, left)));
    if (each instanceof ExactNumber || typeof each === 'bigint') return put(String(each));
    if (typeof each !== 'object' || each === null) return put(JSON.stringify(each) ?? 'undefined');
    const isList = Array.isArray(each);
    put(isList ? '[' : '{');
    let isFirst = true;
    for (const key in each) {
      if (left <= 0) return;
      if (!isFirst) put(',');
      isFirst = false;
      if (!isList) put(`${JSON.stringify(key.slice(0, left))}:`);
      write((each as Record<string, unknown>)[key]);
    }
    put(isList ? ']' : '}');
  };
  write(value);
  return parts.join('');
}

/** Text that is the same for the same number in any notation. */
export function scalarText(value: unknown): string {
  return value instanceof ExactNumber ? canonical(value.literal) : (JSON.stringify(value) ?? 'undefined');
}
