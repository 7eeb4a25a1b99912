import type { JsonSchema } from '../../common/schema/json-schema';

/** Paths of the fields that an editor cannot explain. */
export function fieldsWithoutText(schema: JsonSchema, path = ''): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description ? [] : [`${path}.${name}`]),
    ...fieldsWithoutText(field, `${path}.${name}`),
  ]);
  const inner = [schema.items, schema.additionalProperties, ...(schema.anyOf ?? [])];
  return [...own, ...inner.flatMap((each) => (typeof each === 'object' ? fieldsWithoutText(each, path) : []))];
}
