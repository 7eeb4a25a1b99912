import { z } from 'zod';
import { runPolicies } from '../images/step';
import { defaultParameters } from '../parameters';
import { expectation } from './expectation';

const contextValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.record(z.string(), z.unknown()),
  z.array(z.unknown()),
]);

const release = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'letters, digits, dot, dash and underscore, 40 at most'),
  description: z.string().optional(),
  context: z.record(z.string(), contextValue).default({}),
  expect: expectation,
  reason: z.string().min(1).optional(),
});

const rate = z.number().min(0).max(50);

const host = z
  .string()
  .regex(/^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'a host name such as shop.example.com');

const paths = z
  .array(
    z.union([
      z.string().startsWith('/'),
      z.strictObject({ path: z.string().startsWith('/'), weight: z.number().int().min(1).max(1000) }),
    ]),
  )
  .min(1);

const traffic = z.strictObject({
  rate: rate.default(5),
  host: host.optional(),
  paths: paths.optional(),
  services: z
    .record(
      z.string().min(1),
      z.strictObject({ rate: rate.optional(), host: host.optional(), paths: paths.optional() }),
    )
    .optional(),
});

/** IAM actions by name. */
const allowance = z.strictObject({
  denied: z
    .array(z.string().regex(/^[a-z0-9-]+:[A-Za-z]+$/, 'an IAM action by name, such as s3:GetObject'))
    .default([]),
});

const parameterNames = Object.keys(defaultParameters) as (keyof typeof defaultParameters)[];

/** The rehearsal file, `rehearsal.yaml`. docs/rehearsal.md explains each field. */
export const planSchema = z.strictObject({
  version: z.literal(1),
  app: z.string().min(1).optional(),
  stack: z
    .string()
    .regex(/^[^\s*?[\]{}()!]{1,255}$/, 'the name of one stack or the path of its construct, such as Shop or Prod/Shop')
    .optional(),
  synthesis: z.enum(['ahead', 'inline']).default('ahead'),
  speed: z.number().min(1).max(600).default(60),
  traffic: traffic.default({ rate: 5 }),
  allow: allowance.default({ denied: [] }),
  build: z.strictObject({ run: z.enum(runPolicies) }).optional(),
  containers: z.string().min(1).optional(),
  parameters: z.partialRecord(z.enum(parameterNames), z.number().min(0)).default({}),
  releases: z
    .array(release)
    .min(1)
    .superRefine((list, context) => {
      const seen = new Set<string>();
      list.forEach((item, index) => {
        if (seen.has(item.name)) {
          context.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: `release name "${item.name}" is used twice`,
          });
        }
        seen.add(item.name);
      });
    }),
});

export type Plan = z.infer<typeof planSchema>;
export type PlannedRelease = Plan['releases'][number];

/**
 * The plan with only the named releases, and always the first, because there is nothing to release onto without it.
 * @throws PlanError when a name is not in the plan
 */
export function select(plan: Plan, names: readonly string[]): Plan {
  if (names.length === 0) return plan;
  const known = plan.releases.map((item) => item.name);
  for (const name of names) {
    if (!known.includes(name))
      throw new PlanError([`release "${name}" is not in the plan; it has ${known.join(', ')}`]);
  }
  return { ...plan, releases: plan.releases.filter((item, index) => index === 0 || names.includes(item.name)) };
}

/** A plan that cannot be used: one message a mistake, each with its place. */
export class PlanError extends Error {
  constructor(readonly messages: readonly string[]) {
    super(messages.join('\n'));
    this.name = 'PlanError';
  }
}
