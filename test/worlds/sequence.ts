/** What happens in a world, one step after the other: a seed decides it. */
import fc from 'fast-check';
import type { Kind } from './tasks';

export type Event =
  /** A new version is deployed; `breaks`: another resource of the same update fails after the release. */
  | { readonly kind: 'release'; readonly version: Kind; readonly breaks: boolean }
  /** The version of an earlier release is deployed again. */
  | { readonly kind: 'release-again'; readonly back: number }
  /** A setting of the release changes, and nothing that ships. */
  | { readonly kind: 'settings' | 'routes' | 'cancel' }
  /** Somebody ends the wait of the deployment that runs. */
  | { readonly kind: 'end-bake' }
  | { readonly kind: 'stop'; readonly rollBack: boolean }
  | { readonly kind: 'alarm'; readonly index: number }
  | { readonly kind: 'lose-machines'; readonly count: number }
  | { readonly kind: 'throttled' | 'failed'; readonly seconds: number }
  | {
      readonly kind: 'lose-invocations' | 'lose-halfway' | 'repeat-events' | 'refuse-responses';
      readonly count: number;
    }
  /** Another tool deploys a task definition that is there. */
  | { readonly kind: 'foreign'; readonly back: number };

export interface Step {
  readonly afterSeconds: number;
  readonly event: Event;
}

const small = fc.integer({ min: 1, max: 3 });
const is = <K extends string>(kind: K) => fc.constant(kind);

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: is('release'),
      version: fc.constantFrom<Kind>('good', 'good', 'good', 'broken', 'sick', 'crashes'),
      breaks: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: is('release-again'), back: small }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('settings' as const, 'routes', 'cancel', 'cancel') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: is('end-bake') }) },
  { weight: 3, arbitrary: fc.record({ kind: is('stop'), rollBack: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: is('alarm'), index: fc.nat(7) }) },
  { weight: 2, arbitrary: fc.record({ kind: is('lose-machines'), count: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('throttled' as const, 'failed'),
      seconds: fc.constantFrom(5, 40, 150, 400, 2_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('lose-invocations' as const, 'lose-halfway', 'repeat-events', 'refuse-responses'),
      count: small,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: is('foreign'), back: fc.nat(3) }) },
);

/** At once, within a step of a release, or after a part of it. */
const anyWait = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 3) },
  { weight: 4, arbitrary: fc.integer({ min: 5, max: 120 }) },
  { weight: 2, arbitrary: fc.integer({ min: 120, max: 900 }) },
);

const anyStep: fc.Arbitrary<Step> = fc.record({ afterSeconds: anyWait, event: anyEvent });

const release = (breaks: boolean): Event => ({ kind: 'release', version: 'good', breaks });

/**
 * A release is rolled back after its success was reported, and then the stack rolls back to it. Steps by chance come in this
 * order too seldom.
 */
const lateAlarm: fc.Arbitrary<readonly Step[]> = fc
  .record({
    first: anyWait,
    baking: fc.integer({ min: 290, max: 520 }),
    next: fc.integer({ min: 30, max: 240 }),
    index: fc.nat(7),
  })
  .map(({ first, baking, next, index }) => [
    { afterSeconds: first, event: release(false) },
    { afterSeconds: baking, event: { kind: 'alarm', index } },
    { afterSeconds: next, event: release(true) },
  ]);

const anySequence = fc
  .array(fc.oneof({ weight: 14, arbitrary: anyStep.map((step) => [step]) }, { weight: 1, arbitrary: lateAlarm }), {
    minLength: 3,
    maxLength: 9,
    size: 'max',
  })
  .map((chapters) => chapters.flat());

export function sequenceOf(seed: number): readonly Step[] {
  return fc.sample(anySequence, { seed, numRuns: 1 })[0] ?? [];
}

/** What must have happened often enough for the worlds to mean anything. */
export const HAPPENS = [
  ...['release', 'release-again', 'settings', 'cancel', 'stop', 'alarm', 'lose-machines', 'throttled', 'failed'],
  ...[
    'lose-invocations',
    'lose-halfway',
    'repeat-events',
    'refuse-responses',
    'foreign',
    'rollback',
    'continue-rollback',
  ],
  ...['deployment Succeeded', 'deployment Failed', 'deployment Stopped'],
];
