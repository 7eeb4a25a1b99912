import { ExactNumber } from '../../common/json/exact-number';
import { didYouMean } from '../../common/document/nearest';
import type { Path, Report } from './model';

/** A form that a value can have: says every mistake of a value, and publishes itself as JSON Schema. One source for both. */
export interface Shape {
  readonly kinds: readonly Kind[];
  /** What is allowed, for people. */
  readonly allowed: string;
  /** Reports what is wrong with a value of one of `kinds`. */
  check(value: unknown, path: Path, report: Report): void;
  readonly schema: JsonSchema;
}

export type JsonSchema = Readonly<Record<string, unknown>>;
type Kind = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object';

export function kindOf(value: unknown): Kind | undefined {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  // A bigint is how code writes what a file holds as an exact number.
  if (value instanceof ExactNumber || typeof value === 'bigint') return 'number';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'object' ? type : undefined;
}

/** Checks a value of any kind. */
export function verify(shape: Shape, value: unknown, path: Path, report: Report): void {
  const kind = kindOf(value);
  if (kind !== undefined && shape.kinds.includes(kind)) shape.check(value, path, report);
  else report(path, value, shape.allowed);
}

export interface TextLimits {
  readonly max?: number;
  readonly empty?: boolean;
  readonly match?: RegExp;
  /** @returns what is wrong, where a regular expression cannot say it */
  readonly problem?: (text: string) => string | undefined;
}

export function text(allowed: string, { max = 100_000, empty = false, match, problem }: TextLimits = {}): Shape {
  const check: Shape['check'] = (value, path, report) => {
    const given = value as string;
    if (!empty && given.trim() === '') return report(path, value, allowed);
    // By code points, as JSON Schema counts.
    if (given.length > max && [...given].length > max) return report(path, value, `${max} characters at most`);
    if (match && !match.test(given)) return report(path, value, allowed);
    const wrong = problem?.(given);
    if (wrong !== undefined) report(path, value, wrong);
  };
  const pattern = match ? { pattern: match.source } : empty ? {} : { pattern: '\\S' };
  return { kinds: ['string'], allowed, check, schema: { type: 'string', ...pattern, maxLength: max } };
}

export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  /** Decimals are allowed too. */
  readonly decimals?: boolean;
  /** The minimum itself is not allowed. */
  readonly above?: boolean;
}

export function number(allowed: string, { min, max, decimals = false, above = false }: NumberLimits): Shape {
  const check: Shape['check'] = (value, path, report) => {
    const given = value as number;
    const fits = (above ? given > min : given >= min) && given <= max && (decimals || Number.isInteger(given));
    if (!fits) report(path, value, allowed);
  };
  const minimum = above ? { exclusiveMinimum: min } : { minimum: min };
  const schema = { type: decimals ? 'number' : 'integer', ...minimum, maximum: max };
  return { kinds: ['number'], allowed, check, schema };
}

export function flag(allowed = 'true or false'): Shape {
  return { kinds: ['boolean'], allowed, check: () => undefined, schema: { type: 'boolean' } };
}

export function constant(...values: readonly (string | number)[]): Shape {
  const allowed = values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
  const check: Shape['check'] = (value, path, report) => {
    const meant = () => (typeof value === 'string' ? didYouMean(value, values.map(String)) : '');
    if (!values.includes(value as string)) report(path, value, `${allowed}${meant()}`);
  };
  return { kinds: ['string', 'number'], allowed, check, schema: { enum: values } };
}

export function nothing(): Shape {
  return { kinds: ['null'], allowed: 'null', check: () => undefined, schema: { type: 'null' } };
}

/** Any JSON value, or any of some kinds; `problem` says what is wrong with it. */
export function json(allowed: string, kinds: readonly Kind[] = ALL, problem?: (value: unknown) => string | undefined) {
  const check: Shape['check'] = (value, path, report) => {
    const wrong = problem?.(value);
    if (wrong !== undefined) report(path, value, wrong);
  };
  return { kinds, allowed, check, schema: kinds === ALL ? {} : { type: kinds } } satisfies Shape;
}
const ALL: readonly Kind[] = ['string', 'number', 'boolean', 'null', 'array', 'object'];

export function list(allowed: string, item: Shape, min: number, max: number): Shape {
  const check: Shape['check'] = (value, path, report) => {
    const given = value as readonly unknown[];
    if (given.length < min) report(path, value, allowed);
    if (given.length > max) report(path, given.length, `${max} entries at most`);
    // By index, as holes must be seen too.
    for (let index = 0; index < given.length; index++) verify(item, given[index], [...path, index], report);
  };
  const schema = { type: 'array', items: item.schema, minItems: min, maxItems: max };
  return { kinds: ['array'], allowed, check, schema };
}

export function map(allowed: string, keys: RegExp, keyAllowed: string, entry: Shape): Shape {
  const check: Shape['check'] = (value, path, report) => {
    for (const [key, each] of Object.entries(value as object)) {
      const here = [...path, key];
      if (!keys.test(key)) report(here, key, keyAllowed);
      else verify(entry, each, here, report);
    }
  };
  const schema = {
    type: 'object',
    patternProperties: { [keys.source]: entry.schema },
    additionalProperties: false,
  };
  return { kinds: ['object'], allowed, check, schema };
}

export interface Field {
  readonly shape: Shape;
  /** Shown by editors. */
  readonly about: string;
  readonly required?: true;
}

export function object(
  allowed: string,
  fields: Readonly<Record<string, Field>>,
  rules: { exactlyOne?: true } = {},
): Shape {
  const names = Object.keys(fields);
  const required = names.filter((name) => fields[name]?.required);
  const check: Shape['check'] = (value, path, report) => {
    const given = value as Readonly<Record<string, unknown>>;
    for (const name of names) {
      const field = fields[name] as Field;
      const present = Object.hasOwn(given, name) && given[name] !== undefined;
      if (present) verify(field.shape, given[name], [...path, name], report);
      else if (field.required) report([...path, name], undefined, field.shape.allowed);
    }
    const unknown = Object.keys(given).filter((key) => !names.includes(key) && given[key] !== undefined);
    for (const key of unknown)
      report([...path, key], given[key], `unknown${didYouMean(key, names)}; use ${names.join(', ')}`);
    const count = names.filter((name) => given[name] !== undefined).length;
    if (rules.exactlyOne && count !== 1 && unknown.length === 0) report(path, value, allowed);
  };
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, { shape, about }]) => [name, { description: about, ...shape.schema }]),
  );
  const schema = {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    ...(rules.exactlyOne && { minProperties: 1, maxProperties: 1 }),
    additionalProperties: false,
  };
  return { kinds: ['object'], allowed, check, schema };
}

/** The first of the shapes that takes the value's kind judges it. */
export function either(allowed: string, ...shapes: readonly Shape[]): Shape {
  const check: Shape['check'] = (value, path, report) => {
    const kind = kindOf(value);
    shapes.find((shape) => kind !== undefined && shape.kinds.includes(kind))?.check(value, path, report);
  };
  const kinds = [...new Set(shapes.flatMap((shape) => shape.kinds))];
  return { kinds, allowed, check, schema: { anyOf: shapes.map((shape) => shape.schema) } };
}
