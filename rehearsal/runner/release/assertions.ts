import { type Bounds, type Expectation, limited, type Limited, type Outcome } from '../plan/expectation';
import type { DeniedCall, NotModelledProperty, Violation } from '../report/document';

/** What a release came to. */
export interface Actual {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly amounts: Readonly<Record<Limited, number>>;
  readonly denied: readonly DeniedCall[];
  readonly notModelled: readonly NotModelledProperty[];
  /** Services that the release changed while no request reached them, and that the file does not allow. */
  readonly unserved: readonly string[];
}

/** Everything in which a release is not as expected, or proves nothing; nothing when it is. */
export function violations(expectation: Expectation, actual: Actual): readonly Violation[] {
  return [...unexpected(expectation, actual), ...unproven(expectation, actual)];
}

/** What a release does without, so that its outcome says nothing. */
function unproven({ denied: expected }: Expectation, { denied, notModelled, unserved }: Actual): Violation[] {
  const actions = new Set(denied.filter(({ allowed }) => !allowed).map(({ action }) => action));
  const actual = denied.map(({ action }) => action.toLowerCase());
  const decisive = notModelled.filter(({ decides, allowed }) => decides && !allowed);
  const names = new Set(decisive.map(({ logicalId, type, property }) => `${logicalId} ${type}.${property}`));
  return [
    ...[...actions].map((action): Violation => ({
      assertion: 'denied',
      value: action,
      expected: 'no denied call that neither allow.denied nor expect.denied names',
    })),
    ...expected
      .filter((action) => !actual.includes(action))
      .map((action): Violation => ({ assertion: 'denied', value: 'no call', expected: `a denied call of ${action}` })),
    ...unserved.map((name): Violation => ({
      assertion: 'traffic',
      value: `no request to ${name}`,
      expected: 'requests to each service that the release changes, or its name in allow.unserved',
    })),
    ...[...names].map((value): Violation => ({
      assertion: 'notModelled',
      value,
      expected: 'no property that decides a release and is not modelled, or its type and name in allow.notModelled',
    })),
  ];
}

function unexpected({ outcome, reason, limits }: Expectation, actual: Actual): Violation[] {
  const found: Violation[] = [];
  // What needed no deployment is as good as one that succeeded.
  const accepted = outcome === 'succeeded' ? ['succeeded', 'updated'] : [outcome];
  if (!accepted.includes(actual.outcome)) {
    found.push({ assertion: 'outcome', value: actual.outcome, expected: outcome });
  } else if (reason !== undefined && !actual.reason.includes(reason)) {
    found.push({ assertion: 'reason', value: actual.reason, expected: `a text with "${reason}"` });
  }
  for (const name of limited) {
    const bounds = limits[name];
    const value = actual.amounts[name];
    if (bounds && !isWithin(value, bounds)) {
      found.push({ assertion: name, value: Math.round(value * 100) / 100, expected: boundsText(bounds) });
    }
  }
  return found;
}

function isWithin(value: number, { min = 0, max = Infinity }: Bounds): boolean {
  return value >= min && value <= max;
}

function boundsText({ min, max }: Bounds): string {
  const parts = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])];
  return parts.join(' and ');
}
