import { isRecord } from '../../common/json/values';
import type { Graph } from './graph';
import type { SmokeCheck } from './model';
import { type Reference, references } from './templates';

/** The references to values in a check. Names and paths to values have none. */
export function referencesOf(check: Readonly<Record<string, unknown>>, index: number): Reference[] {
  const path = ['checks', index];
  const fields = ['path', 'query', 'headers', 'body', 'auth'].flatMap((key) => references(check[key], [...path, key]));
  const expectations = ['expect', 'warn'].flatMap((key) => {
    const expect = check[key];
    if (!isRecord(expect)) return [];
    return Object.entries(expect)
      .filter(([name]) => name !== 'jsonSchema')
      .flatMap(([name, each]) => references(each, [...path, key, name]));
  });
  return [...fields, ...expectations];
}

/** What each check needs: by name, and by the captured values that it uses. */
export function graphOf(checks: readonly (SmokeCheck | Readonly<Record<string, unknown>>)[]): Graph {
  const byName = new Map(checks.map(({ name }, index) => [name, index]));
  const byCapture = new Map<string, number>();
  checks.forEach(({ capture }, index) => {
    for (const name of isRecord(capture) ? Object.keys(capture) : []) byCapture.set(name, index);
  });
  return checks.map((check, index) => {
    const named = (Array.isArray(check.needs) ? (check.needs as unknown[]) : []).map((need) =>
      byName.get(need as string),
    );
    const used = referencesOf(check as Record<string, unknown>, index).map(({ name }) => byCapture.get(name));
    const needs = [...named, ...used.filter((each) => each !== index)];
    return [...new Set(needs.filter((each) => each !== undefined))];
  });
}
