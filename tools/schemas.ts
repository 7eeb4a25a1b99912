import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { rehearsalJsonSchema } from '../rehearsal/runner/plan/plan';
import { suiteJsonSchema } from '../smoke/suite/schema/suite';
import { PAGES, withTables } from './field-tables';

/** Writes the published JSON Schemas of suites and rehearsal files, and the tables of their fields in docs/: npx tsx tools/schemas.ts */
const SCHEMAS = { 'suite.schema.json': suiteJsonSchema(), 'rehearsal.schema.json': rehearsalJsonSchema() };

const DOCS = join(__dirname, '..', 'docs');

async function writeAll(): Promise<void> {
  for (const [name, schema] of Object.entries(SCHEMAS)) await write(name, 'json', JSON.stringify(schema));
  for (const name of PAGES) await write(name, 'markdown', withTables(readFileSync(join(DOCS, name), 'utf8')));
}

async function write(name: string, parser: 'json' | 'markdown', text: string): Promise<void> {
  const file = join(DOCS, name);
  const options = await resolveConfig(file);
  writeFileSync(file, await format(text, { ...options, parser, filepath: file }));
}

void writeAll();
