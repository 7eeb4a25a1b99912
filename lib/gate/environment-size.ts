import { CfnResource, type Stack } from 'aws-cdk-lib';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const BYTES_MAX = 4096;

/** Made by AWS: the ARN of a listener has about 140 characters, that of a function 130. */
const ARN_BYTES = 140;
/** What AWS makes of a load balancer's name, which has 32 characters at most. */
const ATTRIBUTE_BYTES: Readonly<Record<string, number>> = { DNSName: 90, LoadBalancerFullName: 54 };
/** Account, region, partition: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const PSEUDO_BYTES = 14;
/** CloudFormation ends a name that it makes with a hyphen and 12 characters. */
const SUFFIX_BYTES = 13;
const NAME_BYTES_MAX = 255;

type Environment = Readonly<Record<string, string>>;

/**
 * @returns what is wrong when a function's environment is larger than Lambda takes, with the largest of its variables. What is
 *   only known at deploy time is estimated: an ARN with 140 bytes, a name as CloudFormation makes it
 */
export function environmentProblem(stack: Stack, environment: Environment): string | undefined {
  const resolved = stack.resolve(environment) as Readonly<Record<string, unknown>>;
  const sizesBy = (measure: Measure) =>
    Object.entries(resolved).map(([name, value]) => ({
      name,
      bytes: Buffer.byteLength(name) + measure.bytesOf(value),
    }));
  const sumOf = (sizes: readonly { readonly bytes: number }[]) => sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  // To find the types of all resources takes its time: without them each name counts as an ARN at least.
  if (sumOf(sizesBy(new Measure(stack))) <= BYTES_MAX) return undefined;
  const sizes = sizesBy(new Measure(stack, typesOf(stack)));
  const total = sumOf(sizes);
  if (total <= BYTES_MAX) return undefined;
  const largest = [...sizes].sort((one, other) => other.bytes - one.bytes).slice(0, 3);
  return (
    `the gate's settings take about ${total} bytes, and a Lambda function has ${BYTES_MAX} for its environment (` +
    `${largest.map(({ name, bytes }) => `${name} ${bytes}`).join(', ')}): put several custom checks into one function, ` +
    'pass a composite alarm in the place of many, or shorten the variables of the suite'
  );
}

interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  readonly 'Fn::GetAtt'?: readonly [string, string];
}

/** Bytes of a resolved value once CloudFormation has filled it in. */
class Measure {
  constructor(
    private readonly stack: Stack,
    private readonly types?: ReadonlyMap<string, string>,
  ) {}

  bytesOf(value: unknown): number {
    if (typeof value === 'string') return Buffer.byteLength(value);
    if (typeof value !== 'object' || value === null) return String(value).length;
    const { Ref: name, 'Fn::Join': join, 'Fn::GetAtt': attribute } = value as Intrinsic;
    if (join) return join[1].reduce((sum: number, each) => sum + this.bytesOf(each) + join[0].length, 0);
    if (attribute) return this.attributeBytes(attribute);
    if (name === undefined) return ARN_BYTES;
    return name.startsWith('AWS::') ? PSEUDO_BYTES : this.nameBytes(name);
  }

  private attributeBytes([logicalId, name]: readonly [string, string]): number {
    if (name.endsWith('Arn')) return ARN_BYTES;
    return ATTRIBUTE_BYTES[name] ?? this.nameBytes(logicalId);
  }

  /** Load balancers, listeners and target groups are known by ARN, and have short names. */
  private nameBytes(logicalId: string): number {
    if (this.types?.get(logicalId)?.startsWith('AWS::ElasticLoadBalancingV2::')) return ARN_BYTES;
    const stackName: unknown = this.stack.resolve(this.stack.stackName);
    const prefix = typeof stackName === 'string' ? stackName.length + 1 : 0;
    const bytes = Math.min(NAME_BYTES_MAX, prefix + logicalId.length + SUFFIX_BYTES);
    return this.types ? bytes : Math.max(ARN_BYTES, bytes);
  }
}

/** Types of the stack's resources by logical id. */
function typesOf(stack: Stack): ReadonlyMap<string, string> {
  const resources = stack.node.findAll().filter((each) => CfnResource.isCfnResource(each));
  return new Map(resources.map((each) => [String(stack.resolve(each.logicalId)), each.cfnResourceType]));
}
