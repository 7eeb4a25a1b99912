import { type Bounds, type Expectation, limited, type Limited, type Outcome } from '../plan/expectation';
import type { DeniedCall, Violation } from '../report/document';

/** What a release came to. */
export interface Actual {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly amounts: Readonly<Record<Limited, number>>;
  readonly denied: readonly DeniedCall[];
}

/** Everything in which a release is not as expected; nothing when it is. */
export function violations({ outcome, reason, limits }: Expectation, actual: Actual): readonly Violation[] {
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
  const denied = actual.denied.filter(({ allowed }) => !allowed);
  for (const action of new Set(denied.map((call) => call.action))) {
    found.push({ assertion: 'denied', value: action, expected: 'no denied call that allow.denied does not name' });
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
