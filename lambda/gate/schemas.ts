/** The shapes of what the construct writes into a gate function's environment as JSON. */
import * as z from 'zod/mini';

export const alarmNames = z.readonly(z.array(z.string()));

/** Both sides of a service, as the load balancer and the engine name them. */
export const liveSides = z.readonly(
  z.object({
    productionListenerArn: z.string(),
    testListenerArn: z.string(),
    /** ARNs of the pair, in any order: blue and green swap roles at each release. */
    targetGroupArns: z.readonly(z.array(z.string())),
    /** `<cluster>:<service>`, the one target of a CodeDeploy deployment. ECS names its own in its event. */
    deploymentTargetId: z.optional(z.string()),
  }),
);

export const versionHeader = z.readonly(z.object({ name: z.string(), value: z.string() }));

export const variables = z.readonly(z.record(z.string(), z.string()));

export const customCheckSettings = z.readonly(
  z.object({
    name: z.string(),
    /** ARN, with a qualifier if one was meant. */
    functionArn: z.string(),
    timeoutSeconds: z.number(),
  }),
);

export const insufficientData = z.enum(['pass', 'fail'], 'pass or fail');

export const tlsVerification = z.enum(['full', 'chain', 'none'], 'full, chain or none');

export type LiveSides = z.infer<typeof liveSides>;
export type VersionHeader = z.infer<typeof versionHeader>;
export type CustomCheckSettings = z.infer<typeof customCheckSettings>;
/** What an alarm without data means. */
export type InsufficientData = z.infer<typeof insufficientData>;
