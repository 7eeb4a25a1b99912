import type { JsonSchema } from '../common/schema/json-schema';
import { rehearsalJsonSchema } from '../rehearsal/runner/plan/plan';
import { suiteJsonSchema } from '../smoke/suite/schema/suite';

/** Tables of the fields of suites and rehearsal files, written from the schemas into the pages that explain them. */

const SCHEMAS: Readonly<Record<string, () => JsonSchema>> = { suite: suiteJsonSchema, rehearsal: rehearsalJsonSchema };

/** The pages with tables, by their names in docs/. */
export const PAGES = ['suite.md', 'comparison.md', 'rehearsal.md'] as const;

const TABLE = /(<!-- fields of (\w+)(?: at (\S+))? -->\n)[\s\S]*?(<!-- end of fields -->)/g;

/** The page with every table as the schemas have it now. @throws Error if a table is of no map of fields */
export function withTables(page: string): string {
  return page.replace(TABLE, (_whole, begin: string, name: string, path: string | undefined, end: string) => {
    const schema = SCHEMAS[name];
    if (!schema) throw new Error(`no file format is named ${name}: ${Object.keys(SCHEMAS).join(', ')}`);
    return `${begin}\n${tableOf(mapAt(schema(), path?.split('.') ?? []))}\n\n${end}`;
  });
}

/** One row per field: its name, what it can be with unit and limits, its default, and its description. */
export function tableOf(map: JsonSchema): string {
  const rows = Object.entries(map.properties ?? {}).map(([name, field]) => {
    const { text, byDefault } = described(field);
    const isRequired = map.required?.includes(name) === true;
    return [`\`${name}\``, withUnit(name, typeText(field)), isRequired ? 'required' : byDefault, text];
  });
  const lines = [['field', 'value', 'default', 'meaning'], ['---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

/** The map of fields at a path: `[]` is an entry of a list, `*` a value of a map with free names. */
function mapAt(schema: JsonSchema, path: readonly string[]): JsonSchema {
  let parts: readonly JsonSchema[] = [schema];
  for (const step of path) parts = parts.flatMap(forms).flatMap((part) => inside(part, step));
  const [map, ...others] = parts.flatMap(forms).filter(({ properties }) => properties);
  if (!map || others.length > 0) throw new Error(`${path.join('.')} has not exactly one map of fields`);
  return map;
}

function inside(part: JsonSchema, step: string): readonly JsonSchema[] {
  const next = step === '[]' ? part.items : step === '*' ? part.additionalProperties : part.properties?.[step];
  return typeof next === 'object' ? [next] : [];
}

function forms(part: JsonSchema): readonly JsonSchema[] {
  return part.anyOf ? part.anyOf.flatMap(forms) : [part];
}

const DEFAULT = /[.;,]?\s*(?:Default|by default):?\s+(.*?)\.?$/;

/** A default is in the schema, or the end of the description: `... Default 5000.` */
function described({ description = '', default: value }: JsonSchema): { text: string; byDefault: string } {
  const [end = '', found = '-'] = DEFAULT.exec(description) ?? [];
  const text = description.slice(0, description.length - end.length).replace(/\.$/, '');
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  return { text, byDefault: isPlain ? `\`${String(value)}\`` : found };
}

const UNITS: Readonly<Record<string, string>> = { Ms: 'ms', Seconds: 's', Days: 'days', Percent: '%' };

/** The unit that ends the name of a field. */
function withUnit(name: string, type: string): string {
  const unit = Object.entries(UNITS).find(([suffix]) => name.endsWith(suffix))?.[1];
  return unit === undefined ? type : `${type} (${unit})`;
}

/** What a value can be, with its limits. */
function typeText(schema: JsonSchema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeText))].join(', or ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (Array.isArray(schema.enum)) return schema.enum.map((each) => `\`${String(each)}\``).join(', ');
  switch (schema.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `whole number${limits(schema)}`;
    case 'number':
      return `number${limits(schema)}`;
    case 'string':
      return `text${length(schema)}`;
    case 'array':
      return `list${counts(schema)}: ${typeText(schema.items ?? {})}`;
    case 'object':
      return objectText(schema);
    case 'null':
      return 'null';
    default:
      return 'any value';
  }
}

/** Names of fields are listed for a small map only; a large one has a table. */
const NAMES_MAX = 4;

function objectText({ properties, additionalProperties: values }: JsonSchema): string {
  const names = Object.keys(properties ?? {});
  if (names.length > 0) {
    return names.length > NAMES_MAX ? 'map' : `map of ${names.map((name) => `\`${name}\``).join(', ')}`;
  }
  return typeof values === 'object' && Object.keys(values).length > 0 ? `map of names: ${typeText(values)}` : 'map';
}

/** Texts without a limit of their own have the limit of all texts. */
const LENGTH_MAX_DEFAULT = 100_000;

function length({ maxLength }: JsonSchema): string {
  return typeof maxLength === 'number' && maxLength < LENGTH_MAX_DEFAULT ? ` of up to ${maxLength} characters` : '';
}

function limits({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  const from = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? String(minimum) : undefined;
  const to = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? String(maximum) : undefined;
  if (typeof exclusiveMinimum === 'number')
    return ` above ${exclusiveMinimum}${to === undefined ? '' : `, up to ${to}`}`;
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  if (from !== undefined) return ` from ${from}`;
  return to === undefined ? '' : ` up to ${to}`;
}

function counts({ minItems = 0, maxItems }: JsonSchema): string {
  const least = Number(minItems);
  if (typeof maxItems !== 'number') return least > 0 ? ` of ${least} or more` : '';
  return least > 0 ? ` of ${least} to ${maxItems}` : ` of up to ${maxItems}`;
}
