import { shorten } from '../../common/text';
import type { Suite } from './model';
import { references, render } from './templates';

export interface BoundVariables {
  /** Every variable with its value. */
  readonly values: Readonly<Record<string, string>>;
  /** Values for variables that the suite does not declare, and variables without a value. */
  readonly problems: readonly string[];
}

/** The variables of the suite with the given values, or their defaults. */
export function bindVariables(suite: Suite, given: Readonly<Record<string, string>>): BoundVariables {
  const declared = suite.variables ?? {};
  const names = Object.keys(declared);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  const values = { ...declared, ...given };
  const missing = names.filter((name) => values[name] === null || values[name] === undefined);
  const have = names.length > 0 ? `the suite declares ${names.join(', ')}` : 'the suite declares none';
  return {
    values: Object.fromEntries(
      Object.entries(values).filter(([name]) => names.includes(name) && !missing.includes(name)),
    ) as Record<string, string>,
    problems: [
      ...unknown.map((name) => `variable ${name} is ${shorten(JSON.stringify(given[name]), 80)}: ${have}`),
      ...missing.map((name) => `variable ${name} is missing: the suite requires a value`),
    ],
  };
}

/** The ARNs of the secrets that a suite reads, its variables filled in. */
export function secretArns(suite: Suite, values: Readonly<Record<string, string>>): string[] {
  const arns = suite.checks.flatMap(({ auth }) => (auth ? [render(auth.secret, values)] : []));
  return [...new Set(arns)];
}

/** Whether a text still contains `${name}` without a value. */
export function isOpen(text: string): boolean {
  return references(text, []).length > 0;
}
