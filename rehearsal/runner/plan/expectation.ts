import { z } from 'zod';

/** How a release ends: see docs/rehearsal.md. */
export const outcomes = ['created', 'succeeded', 'updated', 'unchanged', 'rolled-back', 'refused'] as const;
export type Outcome = (typeof outcomes)[number];

/** The lowest and the highest number that are allowed. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

const amount = z.number().min(0);

/** A number is the highest that is allowed. */
const limit = z.union([
  amount,
  z
    .strictObject({
      min: amount.optional().describe('The lowest number that is allowed'),
      max: amount.optional().describe('The highest number that is allowed'),
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'give min, max or both')
    .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'min must not be above max'),
]);

const reason = z.string().min(1);

const detailed = z.strictObject({
  outcome: z.enum(outcomes).describe('How the release must end'),
  reason: reason.optional().describe('Text that the reason of a failure must contain'),
  denied: z
    .array(z.string().regex(/^[a-z0-9-]+:[A-Za-z]+$/, 'an IAM action by name, such as s3:GetObject'))
    .optional()
    .describe('IAM actions that must be denied during the release, and may be'),
  lost: limit
    .optional()
    .describe('Requests that got no response from a target; by default 0 if the release should succeed'),
  failed: limit.optional().describe('Requests that got a 5xx response of the service'),
  exposed: limit.optional().describe('Requests that green responded to in production'),
  minutes: limit.optional().describe('Minutes of AWS time, from the start of `cdk deploy` to the end of the bake'),
});

/** `expect: succeeded`, or an object with more expectations. */
export const expectation = z.union([z.enum(outcomes), detailed]);

/** What a plan can limit by number. */
export const limited = ['lost', 'failed', 'exposed', 'minutes'] as const;
export type Limited = (typeof limited)[number];

export interface Expectation {
  readonly outcome: Outcome;
  readonly reason?: string;
  /** IAM actions, in lower case. */
  readonly denied: readonly string[];
  readonly limits: Readonly<Partial<Record<Limited, Bounds>>>;
}

/** The expectation of a release. A release that should succeed must lose no request, unless the file has another limit. */
export function expectationOf(planned: {
  readonly expect: z.infer<typeof expectation>;
  readonly reason?: string | undefined;
}): Expectation {
  const given: z.infer<typeof detailed> =
    typeof planned.expect === 'string' ? { outcome: planned.expect } : planned.expect;
  const bounds = limited.flatMap((name): [Limited, Bounds][] => {
    const value = given[name];
    if (value === undefined) return [];
    return [[name, typeof value === 'number' ? { max: value } : value]];
  });
  const isGood = !['rolled-back', 'refused'].includes(given.outcome);
  const text = given.reason ?? planned.reason;
  return {
    outcome: given.outcome,
    ...(text !== undefined && { reason: text }),
    denied: (given.denied ?? []).map((action) => action.toLowerCase()),
    limits: { ...(isGood && { lost: { max: 0 } }), ...Object.fromEntries(bounds) },
  };
}
