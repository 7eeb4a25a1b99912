import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Coverage } from '../../../rehearsal/core/coverage';

const SERVICES = join(__dirname, '..', '..', '..', 'rehearsal', 'services');

/** The tables of all services, by resource type. */
export function coverages(): Readonly<Record<string, Coverage>> {
  const load = createRequire(__filename);
  const files = readdirSync(SERVICES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\/coverage(\/index)?\.ts$/.test(name),
  );
  const tables = files.flatMap((name) => Object.values(load(join(SERVICES, name)) as Record<string, object>));
  return Object.assign({}, ...tables) as Readonly<Record<string, Coverage>>;
}
