import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { rehearsalJsonSchema } from '../rehearsal/runner/plan/plan';
import { suiteJsonSchema } from '../smoke/suite/schema/suite';

/** Writes the published JSON Schemas of the files that people write: npx tsx tools/schemas.ts */
const SCHEMAS = { 'suite.schema.json': suiteJsonSchema(), 'rehearsal.schema.json': rehearsalJsonSchema() };

async function writeSchemas(): Promise<void> {
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const file = join(__dirname, '..', 'docs', name);
    const options = await resolveConfig(file);
    writeFileSync(file, await format(JSON.stringify(schema), { ...options, parser: 'json', filepath: file }));
  }
}

void writeSchemas();
