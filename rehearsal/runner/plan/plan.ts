import { z } from 'zod';
import { didYouMean } from '../../../common/document';
import { freeMap } from '../../../common/schema/fields';
import { type JsonSchema, jsonSchemaOf } from '../../../common/schema/json-schema';
import { faultSchema } from '../../core/injection/fault';
import { runPolicies } from '../../images/step';
import { defaultParameters } from '../../core/parameters';
import { expectation } from './expectation';
import { seedSchema } from './seed';

const contextValue = z.union(
  [z.string(), z.number(), z.boolean(), z.record(z.string(), z.unknown()), z.array(z.unknown())],
  'text, a number, true or false, a list or a map',
);

const context = freeMap(contextValue);

const release = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'letters, digits, dot, dash and underscore, 40 at most')
    .describe('The name of the release, unique in the file'),
  description: z.string().optional().describe('A description of the release, for readers'),
  context: context.default({}).describe('CDK context of the release, as with `cdk deploy --context key=value`'),
  expect: expectation.describe('How the release must end: an outcome, or an object with its limits'),
  reason: z.string().min(1).optional().describe('Text that the reason of a failure must contain'),
  whileAlarmsFire: z
    .boolean()
    .optional()
    .describe(
      'Whether the release begins while an alarm fires; by default it waits until all are quiet, 15 minutes at most',
    ),
  fault: faultSchema
    .optional()
    .describe('A fault that the rehearsal adds to the responses of this release; it is not in the template'),
});

const rate = z.number().min(0).max(50);

const host = z
  .string()
  .regex(/^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'a host name such as shop.example.com');

const paths = z
  .array(
    z.union(
      [
        z.string().startsWith('/'),
        z.strictObject({
          path: z.string().startsWith('/').describe('The path that is requested'),
          weight: z.number().int().min(1).max(1000).describe('How often, relative to the other paths'),
        }),
      ],
      'a path such as /orders, or { path: /orders, weight: 3 }',
    ),
  )
  .min(1);

const traffic = z.strictObject({
  rate: rate.default(5).describe('Requests per second of AWS time'),
  host: host.optional().describe('Host header and TLS server name'),
  paths: paths.optional().describe('What is requested, each with its weight'),
  services: freeMap(
    z.strictObject({
      rate: rate.optional().describe('Requests per second of AWS time'),
      host: host.optional().describe('Host header and TLS server name'),
      paths: paths.optional().describe('What is requested, each with its weight'),
    }),
  )
    .optional()
    .describe('Traffic of single services, by name'),
  listener: z
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      'The port of the only listener that gets load; by default every listener that leads to a service, but no test listener',
    ),
});

/** What does not make a rehearsal fail, each by its name. */
const allowance = z.strictObject({
  denied: z
    .array(z.string().regex(/^[a-z0-9-]+:[A-Za-z]+$/, 'an IAM action by name, such as s3:GetObject'))
    .default([])
    .describe('IAM actions that may be denied, by name'),
  unserved: z
    .array(z.string().min(1))
    .default([])
    .describe('Services that a release may change while no request reaches them, by name'),
  notModelled: z
    .array(z.string().regex(/^AWS::\w+::\w+\.[\w.]+$/, 'such as AWS::ECS::Service.DeploymentConfiguration.Alarms'))
    .default([])
    .describe('Properties that decide a release and have no behaviour in a rehearsal, by type and name'),
});

const parameterNames = Object.keys(defaultParameters) as (keyof typeof defaultParameters)[];

/** The rehearsal file, `rehearsal.yaml`. docs/rehearsal.md explains each field. */
export const planSchema = z.strictObject({
  $schema: z.string().optional().describe('Where the JSON Schema of this format is, for editors'),
  version: z.literal(1).describe('The version of this format'),
  app: z.string().min(1).optional().describe('The command of the CDK app; by default the one in cdk.json'),
  stack: z
    .string()
    .regex(/^[^\s*?[\]{}()!]{1,255}$/, 'the name of one stack or the path of its construct, such as Shop or Prod/Shop')
    .optional()
    .describe('The stack to deploy; needed where the app has several'),
  context: context.optional().describe('CDK context of all releases'),
  synthesis: z
    .enum(['ahead', 'inline'])
    .default('ahead')
    .describe('Whether the next releases are synthesized while one runs'),
  validation: z
    .enum(['first', 'every'])
    .default('first')
    .describe("Which releases' templates the CDK validates with its built-in rules"),
  speed: z.number().min(1).max(600).default(60).describe('AWS seconds in a second of real time'),
  traffic: traffic.default({ rate: 5 }).describe('The load during each release'),
  allow: allowance
    .default({ denied: [], unserved: [], notModelled: [] })
    .describe('What does not make a rehearsal fail'),
  build: z
    .strictObject({
      run: z.enum(runPolicies).describe('Steps that are confined to the folder of the image, all steps, or none'),
    })
    .optional()
    .describe('Which RUN steps of a Dockerfile run on this machine'),
  containers: z.string().min(1).optional().describe('The container engine that builds and runs images'),
  seed: z
    .array(seedSchema)
    .default([])
    .describe('What accounts have before the first release, for stacks that look it up'),
  parameters: z
    .partialRecord(z.enum(parameterNames), z.number().min(0))
    .default({})
    .describe('What AWS does not document: docs/fidelity.md lists it'),
  releases: z
    .array(release)
    .min(1)
    .describe('The releases in order; the first creates the stack')
    .superRefine((list, context) => {
      const names = new Set<string>();
      list.forEach((item, index) => {
        if (names.has(item.name)) {
          context.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: `release name "${item.name}" is used twice`,
          });
        }
        names.add(item.name);
      });
    }),
});

/** docs/rehearsal.schema.json */
export function rehearsalJsonSchema(): JsonSchema {
  return { ...jsonSchemaOf(planSchema), title: 'Rehearsal file of Greenlight, version 1' };
}

export type Plan = z.infer<typeof planSchema>;
export type PlannedRelease = Plan['releases'][number];

/**
 * The plan with only the named releases, and always the first, which creates the stack.
 * @throws PlanError if a name is not in the plan
 */
export function select(plan: Plan, names: readonly string[]): Plan {
  if (names.length === 0) return plan;
  const known = plan.releases.map((item) => item.name);
  for (const name of names) {
    if (!known.includes(name))
      throw new PlanError([
        `release "${name}" is not in the plan${didYouMean(name, known)}; it has ${known.join(', ')}`,
      ]);
  }
  return { ...plan, releases: plan.releases.filter((item, index) => index === 0 || names.includes(item.name)) };
}

/** A plan that is invalid: one message per problem, with its place. */
export class PlanError extends Error {
  constructor(readonly messages: readonly string[]) {
    super(messages.join('\n'));
    this.name = 'PlanError';
  }
}
