import type { SimpleType } from './model';

/** What a value of a type is called in an error. */
export const EXPECTED: Readonly<Record<SimpleType, string>> = {
  string: 'text',
  integer: 'a number',
  long: 'a number',
  double: 'a number',
  float: 'a number',
  boolean: 'true or false',
  timestamp: 'a time',
  blob: 'bytes',
};

/** Whether a value is of that type; bytes are base64 in JSON, and times seconds or ISO 8601. */
export function hasType(type: SimpleType, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'timestamp':
      return (
        value instanceof Date ||
        typeof value === 'number' ||
        (typeof value === 'string' && !Number.isNaN(Date.parse(value)))
      );
    case 'blob':
      return typeof value === 'string' || value instanceof Uint8Array;
    default:
      return typeof value === 'number';
  }
}

/** The value that a text of a query or a header means; the value itself where it means none of that type. */
export function fromText(type: SimpleType, value: unknown): unknown {
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (typeof value !== 'string') return value;
  if (type === 'boolean' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  const isNumber =
    ['integer', 'long', 'double', 'float'].includes(type) && /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(value.trim());
  return isNumber ? Number(value) : value;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array) &&
  !(value instanceof Date);
