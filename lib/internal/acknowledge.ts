import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says next to a resource why a rule of a policy pack (cdk-nag's AwsSolutions) does not hold for it. CDK's own
 * mechanism, so that neither the package nor the template depends on cdk-nag. What `Validations.acknowledge` writes is
 * written here, without the stack trace that it takes for each rule: a twentieth of the time of a synthesis.
 */
export function acknowledge(construct: IConstruct, reason: string, ...ids: readonly string[]): void {
  // Older releases of aws-cdk-lib have no such mechanism, and no pack that would read it.
  const key = (Validations as typeof Validations | undefined)?.ACKNOWLEDGED_RULES_METADATA_KEY;
  if (ids.length === 0 || key === undefined) return;
  const rules = Object.fromEntries(ids.map((id) => [`Annotation::${id.replaceAll(' ', '-')}`, reason]));
  construct.node.addMetadata(key, rules);
}

/** The same for policy resources with a `*` in their text: each is a finding of its own, named by the resource. */
export function acknowledgeWildcards(construct: IConstruct, reason: string, resources: readonly string[]): void {
  const found = new Set(resources.filter((resource) => resource.includes('*')));
  const stack = Stack.of(construct);
  acknowledge(
    construct,
    reason,
    ...[...found].map((resource) => `AwsSolutions-IAM5[Resource::${flatten(stack.resolve(resource))}]`),
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
