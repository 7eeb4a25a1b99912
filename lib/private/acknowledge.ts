import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says next to a resource why a rule of a policy pack (cdk-nag's AwsSolutions) does not hold for it. CDK's own
 * mechanism, so that neither the package nor the template depends on cdk-nag.
 */
export function acknowledge(construct: IConstruct, reason: string, ...ids: readonly string[]): void {
  for (const id of ids) Validations.of(construct).acknowledge({ id, reason });
}

/** The same for policy resources with a `*` in them: each is a finding of its own, named by the resource. */
export function acknowledgeWildcards(construct: IConstruct, reason: string, resources: readonly string[]): void {
  const found = resources.map((resource) => flatten(Stack.of(construct).resolve(resource)));
  acknowledge(
    construct,
    reason,
    ...found.filter((text) => text.includes('*')).map((text) => `AwsSolutions-IAM5[Resource::${text}]`),
  );
}

interface Intrinsic {
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  readonly 'Fn::GetAtt'?: readonly [string, string];
  readonly Ref?: string;
}

/** How cdk-nag writes a resource: references as `<Name>`, other intrinsics as JSON. */
function flatten(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref: reference } = resource as Intrinsic;
  if (join) return join[1].map(flatten).join(join[0]);
  if (attribute) return `<${attribute.join('.')}>`;
  return reference === undefined ? JSON.stringify(resource) : `<${reference}>`;
}
