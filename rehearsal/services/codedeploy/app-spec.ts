import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import { AwsError } from '../../core/service';
import { HOOKABLE_EVENTS, type HookableEvent } from './lifecycle';

const Network = z.object({
  AwsvpcConfiguration: z.object({
    Subnets: z.array(z.string()).min(1),
    SecurityGroups: z.array(z.string()).optional(),
    AssignPublicIp: z.enum(['ENABLED', 'DISABLED']).optional(),
  }),
});

const Properties = z.object({
  TaskDefinition: z.string().min(1),
  LoadBalancerInfo: z.object({
    ContainerName: z.string().min(1),
    ContainerPort: z.coerce.number().int().min(1).max(65535),
  }),
  PlatformVersion: z.string().optional(),
  NetworkConfiguration: Network.optional(),
  CapacityProviderStrategy: z
    .array(
      z.object({
        CapacityProvider: z.string(),
        Weight: z.coerce.number().optional(),
        Base: z.coerce.number().optional(),
      }),
    )
    .optional(),
});

const Spec = z.object({
  Resources: z.array(z.record(z.string(), z.object({ Type: z.literal('AWS::ECS::Service'), Properties }))).length(1),
  Hooks: z
    .array(z.partialRecord(z.enum(HOOKABLE_EVENTS as [HookableEvent, ...HookableEvent[]]), z.string().min(1)))
    .nullish(),
});

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-example.html#appspec-file-example-ecs */
export interface AppSpec {
  readonly service: z.infer<typeof Properties>;
  /** Function name or ARN by lifecycle event. */
  readonly hooks: Readonly<Partial<Record<HookableEvent, string>>>;
}

/** RevisionLocation of the API, as far as ECS supports it. */
export interface Revision {
  readonly revisionType?: string;
  readonly appSpecContent?: { readonly content?: string | null; readonly sha256?: string };
  readonly string?: { readonly content?: string | null; readonly sha256?: string };
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** @throws AwsError RevisionRequiredException, InvalidRevisionException */
/** Of a revision that a client names: by its hash, or by what it says. */
export function sha256Of(revision: Revision | undefined): string {
  const { content, sha256: named } = revision?.appSpecContent ?? revision?.string ?? {};
  return named ?? sha256(content ?? '');
}

export function contentOf(revision: Revision | undefined): string {
  if (!revision) throw new AwsError('RevisionRequiredException', 'The revision is required');
  const { content, sha256: expected } = revision.appSpecContent ?? revision.string ?? {};
  if (!content)
    throw invalid('the AppSpec content is missing; ECS deployments take revisionType AppSpecContent or String');
  if (expected && expected !== sha256(content)) throw invalid('the sha256 does not match the AppSpec content');
  return content;
}

/** @throws AwsError InvalidRevisionException that names the field */
export function parseAppSpec(content: string): AppSpec {
  const result = Spec.safeParse(capitalized(readYaml(content)));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw invalid(`${issue?.path.join('.') || 'the document'}: ${issue?.message}`);
  }
  const [resource] = result.data.Resources;
  const service = Object.values(resource ?? {})[0]?.Properties;
  if (!service) throw invalid('Resources names no target service');
  return { service, hooks: Object.assign({}, ...(result.data.Hooks ?? [])) as AppSpec['hooks'] };
}

/** JSON is YAML. */
function readYaml(content: string): unknown {
  try {
    return parse(content) as unknown;
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

/** `resources` and `hooks` are accepted as well as `Resources` and `Hooks`. */
function capitalized(document: unknown): unknown {
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(
    Object.entries(document).map(([key, value]) => [key.charAt(0).toUpperCase() + key.slice(1), value as unknown]),
  );
}

function invalid(problem: string): AwsError {
  return new AwsError('InvalidRevisionException', `The AppSpec file is not valid: ${problem}`);
}
