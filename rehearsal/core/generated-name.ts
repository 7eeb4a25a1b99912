import type { ResourceRequest } from './service';

/**
 * As CloudFormation names a resource that the template leaves without a name: stack, logical id, and something unique. Where a
 * service has shorter names, stack and logical id are cut to equal parts of what there is room for.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 * @param lengthMax of names of that type
 */
export function generatedName(
  { stackName, logicalId }: Pick<ResourceRequest, 'stackName' | 'logicalId'>,
  suffix: string,
  lengthMax: number,
): string {
  const room = lengthMax - suffix.length - 2;
  const stack = stackName.slice(0, Math.max(Math.floor(room / 2), room - logicalId.length));
  return `${stack}-${logicalId.slice(0, room - stack.length)}-${suffix}`;
}
