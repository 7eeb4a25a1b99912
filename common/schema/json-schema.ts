import { z } from 'zod';

/** As much of JSON Schema as the published schemas use. */
export interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** The JSON Schema, draft-07, of what a file may hold: for editors, and for messages about its fields. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    // What only a program can check; the schema's own metadata has the part that JSON Schema can say.
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // The pattern says it already; no editor supports this format.
      if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
    },
  }) as unknown as JsonSchema;
}

/** Names of the fields that the map at `path` can have. */
export function fieldsAt(schema: JsonSchema, path: readonly PropertyKey[]): readonly string[] {
  let here: readonly JsonSchema[] = [schema];
  for (const part of path) here = here.flatMap(alternatives).flatMap((each) => inside(each, part));
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
  const own = schema.properties && Object.hasOwn(schema.properties, part) ? schema.properties[String(part)] : undefined;
  const next = typeof part === 'number' ? schema.items : (own ?? (typeof others === 'object' ? others : undefined));
  return next ? [next] : [];
}
