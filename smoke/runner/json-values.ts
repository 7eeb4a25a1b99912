import { describeError } from '../../common/errors';
import { compareNumeric, isNumeric, type Numeric } from '../../common/json/exact-number';
import { beginningOf, jsonKind, sameJson } from '../../common/json/values';
import type { JsonExpectation } from '../suite/model';
import { inTime, EVALUATION_MS_MAX } from '../suite/in-time';
import { valuesAt } from '../suite/json-path';
import { match } from '../suite/patterns';
import type { Mask } from './mask';

interface Operator {
  readonly expected: (wanted: never, shown: Shown) => string;
  readonly holds: (value: unknown, wanted: never) => boolean;
}

/** A value as a report shows it. */
type Shown = (value: unknown) => string;

const compare = (word: string, holds: (order: number) => boolean): Operator => ({
  expected: (wanted: Numeric) => `a number ${word} ${String(wanted)}`,
  holds: (value: unknown, wanted: Numeric) => isNumeric(value) && holds(compareNumeric(value, wanted)),
});

/** Characters of what is expected, a word and an excerpt. */
const EXPECTED_LENGTH_MAX = 250;
/** Characters of a value that are written down, to be masked and cut. */
const SHOWN_LENGTH_MAX = 2_000;

/** What an expectation can require of every value that a path finds. */
const OPERATORS: Readonly<Record<Exclude<keyof JsonExpectation, 'path' | 'exists' | 'count'>, Operator>> = {
  equalTo: {
    expected: (wanted: unknown, shown) => shown(wanted),
    holds: (value, wanted) => sameJson(value, wanted),
  },
  notEqualTo: {
    expected: (wanted: unknown, shown) => `not ${shown(wanted)}`,
    holds: (value, wanted) => !sameJson(value, wanted),
  },
  oneOf: {
    expected: (wanted: readonly unknown[], shown) => `one of ${shown(wanted)}`,
    holds: (value: unknown, wanted: readonly unknown[]) => wanted.some((each) => sameJson(value, each)),
  },
  greaterThan: compare('above', (order) => order > 0),
  atLeast: compare('at least', (order) => order >= 0),
  lessThan: compare('below', (order) => order < 0),
  atMost: compare('at most', (order) => order <= 0),
  contains: { expected: (wanted: unknown, shown) => `something containing ${shown(wanted)}`, holds: contains },
  pattern: {
    expected: (wanted: string) => `text matching /${wanted}/`,
    holds: (value: unknown, wanted: string) => typeof value === 'string' && Boolean(match(wanted, value)),
  },
  type: { expected: (wanted: string) => wanted, holds: (value, wanted) => jsonKind(value) === wanted },
};

/** The expectations of a JSONPath that do not hold, with expected and actual value. */
export function assessJson(
  expectation: JsonExpectation,
  body: unknown,
  mask: Mask,
): { expected: string; actual: string }[] {
  const shown: Shown = (value) => mask.excerpt(beginningOf(value, SHOWN_LENGTH_MAX));
  const { path, exists, count, ...operators } = expectation;
  const found = find(body, path, mask);
  if (typeof found === 'string') return [{ expected: 'a JSONPath', actual: found }];
  if (!found)
    return [{ expected: `values found within ${EVALUATION_MS_MAX} ms`, actual: 'more time needed: simplify the path' }];
  const misses: { expected: string; actual: string }[] = [];
  if (exists === true && found.length === 0) misses.push({ expected: 'a value', actual: 'nothing there' });
  if (exists === false && found.length > 0) misses.push({ expected: 'nothing there', actual: shown(found[0]) });
  if (count !== undefined && found.length !== count) {
    misses.push({ expected: `${count} values`, actual: `${found.length}` });
  }
  for (const [name, wanted] of Object.entries(operators)) {
    const { expected, holds } = OPERATORS[name as keyof typeof OPERATORS];
    const wrong = inTime(() => found.findIndex((value) => !holds(value, wanted as never)))?.value;
    if (wrong === undefined) {
      misses.push({
        expected: `decided within ${EVALUATION_MS_MAX} ms`,
        actual: 'more time needed: simplify the path',
      });
      continue;
    }
    if (found.length > 0 && wrong < 0) continue;
    const actual = found.length === 0 ? 'nothing there' : shown(found[wrong]);
    misses.push({ expected: mask.excerpt(expected(wanted as never, shown), EXPECTED_LENGTH_MAX), actual });
  }
  return misses;
}

/** @returns a message if the path, with its values filled in, is invalid; undefined if the time was over */
function find(body: unknown, path: string, mask: Mask): readonly unknown[] | string | undefined {
  try {
    return valuesAt(path, body);
  } catch (error) {
    return mask.excerpt(`${path} (${describeError(error)})`);
  }
}

function contains(value: unknown, wanted: unknown): boolean {
  if (typeof value === 'string') return typeof wanted === 'string' && value.includes(wanted);
  return Array.isArray(value) && value.some((each) => sameJson(each, wanted));
}
