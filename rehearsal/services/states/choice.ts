import type { Rule } from './definition';
import { lookUp, read, type Scope, StateError } from './paths';

type Compare = (value: unknown, operand: unknown) => boolean;

/** Comparisons of two values of one type; a value of another type is no match. */
function ordered(prefix: string, convert: (value: unknown) => number | string | undefined) {
  const on = (test: (a: number | string, b: number | string) => boolean): Compare => {
    return (value, operand) => {
      const [a, b] = [convert(value), convert(operand)];
      return a !== undefined && b !== undefined && test(a, b);
    };
  };
  return {
    [`${prefix}Equals`]: on((a, b) => a === b),
    [`${prefix}LessThan`]: on((a, b) => a < b),
    [`${prefix}LessThanEquals`]: on((a, b) => a <= b),
    [`${prefix}GreaterThan`]: on((a, b) => a > b),
    [`${prefix}GreaterThanEquals`]: on((a, b) => a >= b),
  };
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const number = (value: unknown) => (typeof value === 'number' ? value : undefined);

function time(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

const COMPARISONS: Readonly<Record<string, Compare>> = {
  ...ordered('String', text),
  ...ordered('Numeric', number),
  ...ordered('Timestamp', time),
  BooleanEquals: (value, operand) => typeof value === 'boolean' && value === operand,
  StringMatches: (value, pattern) => typeof value === 'string' && wildcard(String(pattern)).test(value),
  IsNull: (value, wanted) => (value === null) === wanted,
  IsString: (value, wanted) => (typeof value === 'string') === wanted,
  IsNumeric: (value, wanted) => (typeof value === 'number') === wanted,
  IsBoolean: (value, wanted) => (typeof value === 'boolean') === wanted,
  IsTimestamp: (value, wanted) => (time(value) !== undefined) === wanted,
};

/** `*` is any characters, `\*` is itself. */
function wildcard(pattern: string): RegExp {
  const parts = pattern.match(/\\.|\*|[^\\*]+/g) ?? [];
  const body = parts.map((part) =>
    part === '*' ? '[^]*' : part.replace(/^\\/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^${body.join('')}$`);
}

/**
 * Whether a choice rule holds.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
 *
 * @throws StateError States.Runtime for a missing variable (but with IsPresent) or an unknown operator
 */
export function holds(rule: Rule, scope: Scope): boolean {
  if (rule.And) return rule.And.every((inner) => holds(inner, scope));
  if (rule.Or) return rule.Or.some((inner) => holds(inner, scope));
  if (rule.Not) return !holds(rule.Not, scope);
  const [operator, operand] = comparisonOf(rule);
  const variable = rule.Variable ?? '$';
  if (operator === 'IsPresent') return (lookUp(scope, variable) !== undefined) === operand;
  const byPath = operator.endsWith('Path');
  const compare = COMPARISONS[byPath ? operator.slice(0, -4) : operator];
  if (!compare) throw new StateError('States.Runtime', `the choice operator ${operator} is not rehearsed`);
  return compare(read(scope, variable), byPath ? read(scope, String(operand)) : operand);
}

function comparisonOf(rule: Rule): readonly [string, unknown] {
  const found = Object.entries(rule).find(([key]) => !['Variable', 'Next', 'Comment'].includes(key));
  if (!found) throw new StateError('States.Runtime', `a choice rule without a comparison: ${JSON.stringify(rule)}`);
  return found;
}
