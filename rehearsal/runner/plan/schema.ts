import { z } from 'zod';
import { planSchema } from './plan';

/** As much of JSON Schema as the plan's own uses. */
export interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** docs/rehearsal.schema.json: for editors, and for what the reader says about fields. */
export function rehearsalSchema(): JsonSchema {
  const schema = z.toJSONSchema(planSchema, {
    io: 'input',
    target: 'draft-7',
    // The pattern says it already; no editor knows this format.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
    },
  }) as unknown as JsonSchema;
  return { ...schema, title: 'Rehearsal file of Greenlight, version 1' };
}

/** Names of the fields that the map at `path` can have. */
export function fieldsAt(path: readonly PropertyKey[]): readonly string[] {
  let here: readonly JsonSchema[] = [rehearsalSchema()];
  for (const part of path) here = here.flatMap(alternatives).flatMap((schema) => inside(schema, part));
  const all = here.flatMap(alternatives);
  return [
    ...new Set(all.flatMap((each) => [...Object.keys(each.properties ?? {}), ...(each.propertyNames?.enum ?? [])])),
  ];
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ? schema.anyOf.flatMap(alternatives) : [schema];
}

function inside(schema: JsonSchema, part: PropertyKey): readonly JsonSchema[] {
  const { additionalProperties: others } = schema;
  const next =
    typeof part === 'number'
      ? schema.items
      : (schema.properties?.[String(part)] ?? (typeof others === 'object' ? others : undefined));
  return next ? [next] : [];
}
