import { AwsError } from '../../core/service';

/** Numbers and booleans arrive as text from the query protocol and as either from templates. */
export type Scalar = string | number | boolean;

export interface KeyValue {
  readonly Key: string;
  readonly Value: Scalar;
}

/** ELB's error for a parameter that it cannot accept. */
export function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** @throws AwsError ValidationError when the value is not a whole number in the range */
export function integer(name: string, value: Scalar | undefined, min: number, max: number, fallback?: number): number {
  if (value === undefined && fallback !== undefined) return fallback;
  const number = typeof value === 'string' && value.trim() === '' ? NaN : Number(value);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw invalid(`${name} '${String(value)}' must be a whole number from ${min} to ${max}`);
  }
  return number;
}

/** @throws AwsError ValidationError when the value is none of the choices */
export function oneOf<T extends string>(
  name: string,
  value: Scalar | undefined,
  choices: readonly T[],
  fallback?: T,
): T {
  if (value === undefined && fallback !== undefined) return fallback;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw invalid(`${name} '${String(value)}' must be one of '${choices.join(', ')}'`);
  return found;
}

export function boolean(value: Scalar | undefined, fallback: boolean): boolean {
  return value === undefined ? fallback : String(value).toLowerCase() === 'true';
}

/** Attributes as ELB lists them: the given ones over the defaults. */
export function attributeMap(
  defaults: Readonly<Record<string, string>>,
  given: readonly KeyValue[] = [],
): Readonly<Record<string, string>> {
  return { ...defaults, ...Object.fromEntries(given.map(({ Key, Value }) => [Key, String(Value)])) };
}

export function attributeList(attributes: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
}
