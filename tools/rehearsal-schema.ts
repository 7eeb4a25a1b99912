import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rehearsalSchema } from '../rehearsal/runner/plan/schema';

/** Writes docs/rehearsal.schema.json: npx tsx tools/rehearsal-schema.ts */
writeFileSync(
  join(__dirname, '..', 'docs', 'rehearsal.schema.json'),
  `${JSON.stringify(rehearsalSchema(), undefined, 2)}\n`,
);
