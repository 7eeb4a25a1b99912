import { brotliDecompressSync } from 'node:zlib';
import table from './resource-schemas.json';
import type { ResourceSchema } from './types';

/** Looks up the schema of a resource type; `undefined` for a type that CloudFormation does not have. */
export type SchemaLookup = (type: string) => ResourceSchema | undefined;

/** By type, as text: most of them are never read. */
let texts: ReadonlyMap<string, string> | undefined;
const parsed = new Map<string, ResourceSchema>();

function loadTexts(): ReadonlyMap<string, string> {
  const lines = brotliDecompressSync(Buffer.from(table.data, 'base64')).toString().split('\n');
  return new Map(
    lines.map((line) => {
      const tab = line.indexOf('\t');
      return [line.slice(0, tab), line.slice(tab + 1)];
    }),
  );
}

/** The schema of a type of AWS. The table is of all types; `npx tsx tools/resource-schemas.ts` writes it. */
export const schemaOf: SchemaLookup = (type) => {
  const known = parsed.get(type);
  if (known) return known;
  texts ??= loadTexts();
  const text = texts.get(type);
  if (text === undefined) return undefined;
  const schema = JSON.parse(text) as ResourceSchema;
  parsed.set(type, schema);
  return schema;
};
