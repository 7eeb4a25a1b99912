import { isRecord } from '../template/template';
import type { Constraints, ResourceSchema, SimpleType, Structure, ValueType } from './types';

/** In the place of a value that only the deployment will have: it is not judged. */
export const UNKNOWN: unique symbol = Symbol('known after deployment');

/** One way in which properties do not fit the schema of their type. */
export interface PropertyProblem {
  /** Where the value is, from the properties of the resource. */
  readonly path: readonly string[];
  /** The keyword of JSON Schema that does not hold. */
  readonly keyword: 'additionalProperties' | 'required' | 'type' | keyof Constraints | 'enum' | 'anyOf';
  /** The unsupported or missing key. */
  readonly key?: string;
  /** In the words of the validator that CloudFormation runs before a handler. */
  readonly message: string;
}

type Path = readonly string[];

/** Judges the properties of one resource. Properties come with their intrinsic functions resolved. */
export function propertyProblems(schema: ResourceSchema, properties: unknown): PropertyProblem[] {
  return structureProblems(properties, schema, [], schema);
}

function structureProblems(
  value: unknown,
  structure: Structure,
  path: Path,
  schema: ResourceSchema,
): PropertyProblem[] {
  if (!isRecord(value)) return [wrongType(value, 'JSONObject', path)];
  const problems: PropertyProblem[] = [];
  for (const key of structure.required ?? []) {
    if (value[key] === undefined) {
      problems.push({ path, keyword: 'required', key, message: `required key [${key}] not found` });
    }
  }
  for (const [key, item] of Object.entries(value)) {
    const member = Object.hasOwn(structure.members, key) ? structure.members[key] : undefined;
    if (member) problems.push(...valueProblems(item, member, [...path, key], schema));
    else {
      problems.push({
        path,
        keyword: 'additionalProperties',
        key,
        message: `extraneous key [${key}] is not permitted`,
      });
    }
  }
  return problems;
}

function valueProblems(value: unknown, type: ValueType, path: Path, schema: ResourceSchema): PropertyProblem[] {
  if (value === UNKNOWN || isDynamicReference(value)) return [];
  if (typeof type === 'string') return simpleProblems(value, type, path);
  if ('of' in type) {
    const problems = valueProblems(value, type.of, path, schema);
    return problems.length > 0 ? problems : constraintProblems(value, type, path);
  }
  if ('enum' in type) return type.enum.includes(String(value)) ? [] : enumProblems(value, path);
  if ('list' in type) {
    if (!Array.isArray(value)) return [wrongType(value, 'JSONArray', path)];
    return value.flatMap((item, index) => valueProblems(item, type.list, [...path, String(index)], schema));
  }
  if ('map' in type) {
    if (!isRecord(value)) return [wrongType(value, 'JSONObject', path)];
    return Object.entries(value).flatMap(([key, item]) => valueProblems(item, type.map, [...path, key], schema));
  }
  if ('any' in type) return alternativeProblems(value, type.any, path, schema);
  const structure = schema.definitions?.[type.structure];
  return structure ? structureProblems(value, structure, path, schema) : [];
}

function enumProblems(value: unknown, path: Path): PropertyProblem[] {
  if (typeof value === 'object') return [wrongType(value, 'String', path)];
  return [failed('enum', path)];
}

/** A value that fits one of several types; the problems with the closest of them. */
function alternativeProblems(
  value: unknown,
  types: readonly ValueType[],
  path: Path,
  schema: ResourceSchema,
): PropertyProblem[] {
  const found = types.map((type) => valueProblems(value, type, path, schema));
  if (found.some((problems) => problems.length === 0)) return [];
  const message = `#: no subschema matched out of the total ${types.length} subschemas`;
  const closest = found.reduce((best, each) => (each.length < best.length ? each : best));
  return [{ path, keyword: 'anyOf', message }, ...closest];
}

/** CloudFormation turns numbers and truth values into text and back: a template may write either. */
const fits: Readonly<Record<'string' | 'number' | 'integer' | 'boolean', (value: unknown) => boolean>> = {
  string: (value) => typeof value !== 'object',
  number: (value) => isScalar(value) && String(value).trim() !== '' && Number.isFinite(Number(value)),
  integer: (value) => isScalar(value) && /^[+-]?\d+(\.0+)?$/.test(String(value)),
  boolean: (value) => ['true', 'false'].includes(String(value).toLowerCase()),
};

const JSON_TYPES = { string: 'String', number: 'Number', integer: 'Integer', boolean: 'Boolean' } as const;

function simpleProblems(value: unknown, type: SimpleType, path: Path): PropertyProblem[] {
  if (type === 'json') return [];
  if (type === 'tag') return isRecord(value) ? tagProblems(value, path) : [wrongType(value, 'JSONObject', path)];
  return fits[type](value) ? [] : [wrongType(value, JSON_TYPES[type], path)];
}

function tagProblems(value: Readonly<Record<string, unknown>>, path: Path): PropertyProblem[] {
  const members = { Key: 'string', Value: 'string' } as const;
  return structureProblems(value, { required: ['Key', 'Value'], members }, path, { members: {}, attributes: [] });
}

/** Texts longer than this are not compared with a pattern. */
const PATTERN_LENGTH_MAX = 8_192;

function constraintProblems(value: unknown, limits: Constraints, path: Path): PropertyProblem[] {
  const { minimum = -Infinity, maximum = Infinity, minItems = 0, maxItems = Infinity, pattern } = limits;
  if (Array.isArray(value)) {
    const found = value.length;
    if (found > maxItems)
      return [{ path, keyword: 'maxItems', message: `expected maximum item count: ${maxItems}, found: ${found}` }];
    if (found < minItems)
      return [{ path, keyword: 'minItems', message: `expected minimum item count: ${minItems}, found: ${found}` }];
    return [];
  }
  if (!isScalar(value)) return [];
  if (Number(value) < minimum) return [failed('minimum', path)];
  if (Number(value) > maximum) return [failed('maximum', path)];
  const text = String(value);
  const { minLength = 0, maxLength = Infinity } = limits;
  if (text.length < minLength)
    return [{ path, keyword: 'minLength', message: `expected minLength: ${minLength}, actual: ${text.length}` }];
  if (text.length > maxLength)
    return [{ path, keyword: 'maxLength', message: `expected maxLength: ${maxLength}, actual: ${text.length}` }];
  if (pattern === undefined || text.length > PATTERN_LENGTH_MAX || new RegExp(pattern, 'u').test(text)) return [];
  return [failed('pattern', path)];
}

function failed(keyword: PropertyProblem['keyword'], path: Path): PropertyProblem {
  return { path, keyword, message: `failed validation constraint for keyword [${keyword}]` };
}

function wrongType(value: unknown, expected: string, path: Path): PropertyProblem {
  return { path, keyword: 'type', message: `expected type: ${expected}, found: ${jsonTypeOf(value)}` };
}

function jsonTypeOf(value: unknown): string {
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'JSONArray';
  if (typeof value === 'object') return 'JSONObject';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Double';
  return typeof value === 'boolean' ? 'Boolean' : 'String';
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** Its value is read when the resource is deployed. */
function isDynamicReference(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{resolve:');
}
