import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';

const schema = JSON.parse(readFileSync(join(__dirname, '../../docs/verdict.schema.json'), 'utf8')) as object;
const validate = new Ajv({
  allErrors: true,
  formats: { 'date-time': (text) => !Number.isNaN(Date.parse(text)) },
}).compile(schema);

/** What of a verdict is not as docs/verdict.schema.json says, after its way through the log. */
export function schemaProblems(verdict: object): string[] {
  if (validate(JSON.parse(JSON.stringify(verdict)))) return [];
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  );
}
