import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Coverage, statusOf } from '../rehearsal/core/coverage';
import { schemaOf } from '../rehearsal/services/cloudformation/schema/schemas';
import { coverages } from '../test/support/rehearsal/coverages';
import type { ResourceSchema, Structure, ValueType } from '../rehearsal/services/cloudformation/schema/types';

const INTRODUCTION = [
  '# What a rehearsal does not model',
  '',
  'This page is generated from the tables next to the resource types (`coverage.ts`), with the properties that AWS has: `npx tsx',
  'tools/not-modelled.ts`. A rehearsal reports each of these properties that a template uses (`notModelled` of the report). Properties',
  'marked **decides** change how a release goes: a rehearsal with one of them is not as expected, unless `allow.notModelled` names it.',
  'Types that are not on this page, and those of EC2 that have only an id, are records without behaviour.',
  '',
].join('\n');

/** The structure that a value has, or has in its lists. */
export function structureOf(type: ValueType | undefined, schema: ResourceSchema): Structure | undefined {
  if (type === undefined || typeof type === 'string') return undefined;
  if ('of' in type) return structureOf(type.of, schema);
  if ('list' in type) return structureOf(type.list, schema);
  if ('any' in type) return type.any.map((each) => structureOf(each, schema)).find((each) => each !== undefined);
  return 'structure' in type ? schema.definitions?.[type.structure] : undefined;
}

/** Paths of all properties of a type that have no behaviour. */
export function gapsOf(coverage: Coverage, schema: ResourceSchema): string[] {
  const within = (structure: Structure, path: string): string[] =>
    Object.keys(structure.members).flatMap((name) => {
      const at = path === '' ? name : `${path}.${name}`;
      const status = statusOf(coverage, at, name);
      if (status === 'not modelled') return [at];
      const inner = status === 'partly' ? structureOf(structure.members[name], schema) : undefined;
      return inner ? within(inner, at) : [];
    });
  return within(schema, '').sort();
}

function section(type: string, coverage: Coverage): string {
  const schema = schemaOf(type);
  if (!schema) return '';
  const gaps = gapsOf(coverage, schema);
  const special = gaps.flatMap((path) => {
    const decisive = coverage.decides?.[path];
    const effect = decisive?.effect ?? coverage.ignores?.[path];
    if (effect === undefined) return [];
    return ['- `' + path + '`: ' + effect + (decisive ? ' (**decides**)' : '')];
  });
  const named = new Set([...Object.keys(coverage.decides ?? {}), ...Object.keys(coverage.ignores ?? {})]);
  const rest = gaps.filter((path) => !named.has(path)).map((path) => '`' + path + '`');
  const lines = [...special, ...(rest.length > 0 ? [`- without any effect: ${rest.join(', ')}`] : [])];
  return `\n## ${type}\n\n${lines.join('\n') || 'Every property has behaviour.'}\n`;
}

/** The page, from the tables of all services. */
export function notModelledPage(coverages: Readonly<Record<string, Coverage>>): string {
  const types = Object.keys(coverages).sort();
  return INTRODUCTION + types.map((type) => section(type, coverages[type] as Coverage)).join('');
}

export const PAGE = join(__dirname, '..', 'docs', 'not-modelled.md');

async function write(): Promise<void> {
  const { format, resolveConfig } = await import('prettier');
  const options = await resolveConfig(PAGE);
  writeFileSync(PAGE, await format(notModelledPage(coverages()), { ...options, parser: 'markdown' }));
}

if (require.main === module) void write();
