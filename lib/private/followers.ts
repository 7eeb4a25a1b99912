import { type CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Names the listener or rule itself, or is the answer: of no use in its fingerprint, and a circle. */
const LEFT_OUT: readonly string[] = ['ListenerArn'];

/**
 * Everything that the template says of a listener or rule, with the references that CloudFormation resolves: a
 * certificate that is replaced changes its ARN and no text. What refers to `answerId` is left out.
 */
export function fingerprintOf(follower: CfnResource, answerId: string): unknown {
  const { Resources = {} } = Stack.of(follower).resolve(follower._toCloudFormation()) as {
    Resources?: Record<string, { Properties?: Record<string, unknown> }>;
  };
  const [resource] = Object.values(Resources);
  const kept = Object.entries(resource?.Properties ?? {}).filter(([name]) => !LEFT_OUT.includes(name));
  return without(Object.fromEntries(kept), answerId);
}

/** Tags of the stack reach every resource in it, and CloudFormation then updates listeners too. */
export function stackTagsOf(scope: IConstruct): Record<string, string> {
  return Stack.of(scope).tags.tagValues();
}

function without(value: unknown, answerId: string): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, answerId));
  if (typeof value !== 'object' || value === null) return value;
  const [attribute] = (value as { 'Fn::GetAtt'?: readonly string[] })['Fn::GetAtt'] ?? [];
  if (attribute === answerId) return 'live';
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, without(field, answerId)]));
}
