import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Difference } from './compare';

/** A difference that stays, and why. */
export interface Listing {
  /** What the page of the docs says. */
  readonly reason: string;
  /** Which responses, by `file::test` and key, with `*` for any text: `logs/*::* error-*`. */
  readonly responses: readonly string[];
  /** Which members of them, with `*` for any name and `**` for any path. Default: all. */
  readonly members?: readonly string[];
}

export function readListings(): readonly Listing[] {
  return parse(readFileSync(join(__dirname, 'listed.yaml'), 'utf8')) as readonly Listing[];
}

/** The first listing that has the difference. */
export function listingOf(
  listings: readonly Listing[],
  response: string,
  { path }: Pick<Difference, 'path'>,
): Listing | undefined {
  const member = path.join('.');
  return listings.find(
    ({ responses, members }) =>
      responses.some((pattern) => matches(pattern, response, '.')) &&
      (members?.some((pattern) => matches(pattern, member, '[^.]')) ?? true),
  );
}

function matches(pattern: string, text: string, one: string): boolean {
  const parts = pattern.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? `${one}*` : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's').test(text);
}
