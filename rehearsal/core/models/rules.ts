import type { ShapeModel } from './model';

/** What AWS's models can demand of a value; the last three of the items of a list, and of the keys and values of a map. */
export type Rule =
  | { readonly kind: 'required' }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'lengthMax' | 'lengthMin' | 'max' | 'min'; readonly limit: number }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'items' | 'keys' | 'values' };

/** The rules of a shape, in the order in which AWS reports them. */
export function rulesOf(shape: ShapeModel): readonly Rule[] {
  const { pattern, max, min } = shape;
  const isNumber = ['integer', 'long', 'double', 'float'].includes(shape.type);
  return [
    ...(pattern === undefined ? [] : [{ kind: 'pattern', pattern } as const]),
    ...(max === undefined ? [] : [{ kind: isNumber ? 'max' : 'lengthMax', limit: max } as const]),
    ...(min === undefined ? [] : [{ kind: isNumber ? 'min' : 'lengthMin', limit: min } as const]),
    ...(shape.enum === undefined ? [] : [{ kind: 'enum', values: shape.enum } as const]),
  ];
}

/** The rules that a value of the shape's type breaks. */
export function brokenRules(shape: ShapeModel, value: unknown): readonly Rule[] {
  return rulesOf(shape).filter((rule) => !holds(rule, value));
}

function holds(rule: Rule, value: unknown): boolean {
  switch (rule.kind) {
    case 'pattern':
      return typeof value !== 'string' || compiled(rule.pattern).test(value);
    case 'lengthMax':
      return lengthOf(value) <= rule.limit;
    case 'lengthMin':
      return lengthOf(value) >= rule.limit;
    case 'max':
      return Number(value) <= rule.limit;
    case 'min':
      return Number(value) >= rule.limit;
    case 'enum':
      return rule.values.includes(String(value));
    default:
      return false;
  }
}

/** Texts as Java counts them, bytes as they are before base64. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

const patterns = new Map<string, RegExp>();

/** The whole value must match, as with Java's `matches`. @throws SyntaxError for a pattern that JavaScript does not have */
export function compiled(pattern: string): RegExp {
  const found = patterns.get(pattern) ?? compile(`^(?:${pattern})$`);
  patterns.set(pattern, found);
  return found;
}

/** Unicode's classes need the flag; with it, JavaScript refuses some needless escapes that Java allows. */
function compile(whole: string): RegExp {
  try {
    return new RegExp(whole, 'u');
  } catch {
    return new RegExp(whole);
  }
}
