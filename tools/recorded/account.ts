import type { Difference } from './compare';
import { type Listing, listingOf } from './listed';
import type { AllRecordings } from './recordings';
import type { Outcome } from './run';
import type { Sequence } from './sequences';

/** What became of every recorded response. */
export interface Account {
  readonly equal: number;
  readonly listed: ReadonlyMap<Listing, readonly string[]>;
  /** By the operation or feature that is missing. */
  readonly notModelled: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

export interface Ran {
  readonly sequence: Sequence;
  readonly outcome: Outcome;
}

export interface Known {
  readonly recordings: AllRecordings;
  readonly listings: readonly Listing[];
  /** `iam GetRole` for each operation of the local AWS. */
  readonly operations: ReadonlySet<string>;
}

/** Every recorded response is equal, listed, not modelled, or a problem. */
export function accountOf(ran: readonly Ran[], known: Known): Account {
  const counts = { equal: 0, notModelled: new Map<string, number>() };
  const listed = new Map<Listing, string[]>();
  const problems: string[] = [];
  const byId = new Map(ran.map((one) => [idOf(one.sequence), one]));
  for (const [id, recordings] of known.recordings) {
    const outcome = byId.get(id)?.outcome;
    problems.push(...problemsOf(id, outcome, known));
    for (const key of recordings.keys()) {
      const comparisons = outcome?.comparisons.filter((one) => one.key === key) ?? [];
      const differences = comparisons.flatMap((one) => one.differences);
      const { reasons, unlisted } = sorted(`${id} ${key}`, differences, known.listings);
      if (comparisons.length === 0) {
        const why = outcome?.notModelled;
        if (why === undefined) problems.push(`${id} ${key}: no sequence compares it`);
        else counts.notModelled.set(why, (counts.notModelled.get(why) ?? 0) + 1);
      } else if (unlisted.length > 0) problems.push(...unlisted.map((one) => `${id} ${key}: ${textOf(one)}`));
      else if (reasons.size === 0) counts.equal++;
      for (const reason of unlisted.length > 0 ? [] : [...reasons].slice(0, 1)) {
        listed.set(reason, [...(listed.get(reason) ?? []), `${id} ${key}`]);
      }
    }
  }
  const unused = known.listings
    .filter((one) => !listed.has(one))
    .map(({ reason }) => `no response differs so: ${reason}`);
  return { ...counts, listed, problems: [...problems, ...unused] };
}

export const idOf = ({ file, test }: Sequence) => `${file}::${test}`;

function sorted(response: string, differences: readonly Difference[], listings: readonly Listing[]) {
  const reasons = new Set<Listing>();
  const unlisted = differences.filter((difference) => {
    const listing = listingOf(listings, response, difference);
    if (listing) reasons.add(listing);
    return !listing;
  });
  return { reasons, unlisted };
}

function problemsOf(id: string, outcome: Outcome | undefined, { recordings, operations }: Known): string[] {
  if (!outcome) return [];
  const { notModelled, comparisons } = outcome;
  const unknown = comparisons.filter(({ key }) => !recordings.get(id)?.has(key));
  const isModelled = notModelled !== undefined && operations.has(notModelled);
  return [
    ...unknown.map(({ key }) => `${id} ${key}: no such recording`),
    ...(isModelled ? [`${id}: ${notModelled} is modelled, and the sequence ends before it`] : []),
  ];
}

export function textOf({ path, recorded, actual }: Difference): string {
  return `${path.join('.') || 'all'}: recorded ${shown(recorded)}, here ${shown(actual)}`;
}

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300));
