import { isDeepStrictEqual } from 'node:util';
import type { Properties } from '../template/template';
import type { ResourceSchema } from './types';

/** What a change of properties does to the physical resource; `maybe` where the service decides. */
export type Replacement = 'yes' | 'maybe' | 'no';

type Paths = Pick<ResourceSchema, 'replaces' | 'mayReplace'>;

/**
 * Whether the change of one top-level property replaces the resource.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
 */
export function replacementBy(schema: Paths, name: string, previous: unknown, next: unknown): Replacement {
  const before = { [name]: previous };
  const after = { [name]: next };
  if ((schema.replaces ?? []).some((path) => differs(path, name, before, after))) return 'yes';
  return (schema.mayReplace ?? []).some((path) => differs(path, name, before, after)) ? 'maybe' : 'no';
}

/** Whether a change to a value that is not known yet can replace the resource. */
export function replacementByUnknown(schema: Paths, name: string): Replacement {
  if (schema.replaces?.includes(name)) return 'yes';
  const paths = [...(schema.replaces ?? []), ...(schema.mayReplace ?? [])];
  return paths.some((path) => path.split('/')[0] === name) ? 'maybe' : 'no';
}

function differs(path: string, name: string, before: Properties, after: Properties): boolean {
  const parts = path.split('/');
  return parts[0] === name && !isDeepStrictEqual(valuesAt(before, parts), valuesAt(after, parts));
}

/** The values at a path; `*` is every item of a list. */
function valuesAt(value: unknown, [part, ...rest]: readonly string[]): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) {
    const items = part === '*' ? rest : [part as string, ...rest];
    return value.flatMap((item: unknown): unknown[] => (part === undefined ? [item] : valuesAt(item, items)));
  }
  if (part === undefined) return [value];
  const at = (value as Readonly<Record<string, unknown>>)[part];
  return rest.length === 0 ? (at === undefined ? [] : [at]) : valuesAt(at, rest);
}
