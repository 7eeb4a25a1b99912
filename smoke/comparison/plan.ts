import { withQuery } from '../runner/request';
import type { SmokeCheck, Suite } from '../suite/model';
import { type ComparedRequest, type ComparisonPlan, planOf, isIndependent } from './options';

/**
 * What a suite's comparison sends, and how it decides. A suite without `compare` is compared by its safe checks, and
 * too little data then does not stop a release. @returns undefined if nothing is compared
 */
export function comparisonPlan(suite: Suite): ComparisonPlan | undefined {
  const { compare } = suite;
  const safe = safeRequests(suite);
  if (compare === false || (compare === undefined && safe.length === 0)) return undefined;
  if (compare === undefined) return planOf({ notEnoughData: 'warn' }, safe);
  return planOf(compare === true ? {} : compare, safe);
}

/** The checks that can be sent many times without preparation, with the headers of the suite. */
export function safeRequests({ checks, defaults }: Suite): ComparedRequest[] {
  return checks.filter(isIndependent).map(({ name, method, path, query, headers }) => ({
    name,
    method,
    path: query ? pathWith(path, query) : path,
    headers: { ...defaults?.headers, ...headers },
  }));
}

function pathWith(path: string, query: NonNullable<SmokeCheck['query']>): string {
  const { pathname, search } = withQuery(new URL(`http://host${path}`), query);
  return pathname + search;
}
