import type { PropertyProblem } from './validate';

/**
 * Why a resource is not deployed. A type of the registry is validated before its handler is called, in the words of
 * https://github.com/aws-cloudformation/cloudformation-resource-schema (values are left out, they may be secrets).
 * Of types without a handler, CloudFormation names the first property only:
 * https://github.com/cloudtools/troposphere/pull/1212
 */
export function deploymentSentence(logicalId: string, problems: readonly PropertyProblem[], isLegacy: boolean): string {
  const [first] = problems;
  if (isLegacy && first) return legacySentence(first);
  const lines = problems.map(({ path, message }) => `#${path.map((part) => `/${part}`).join('')}: ${message}`);
  return `Properties validation failed for resource ${logicalId} with message:\n${lines.join('\n')}`;
}

function legacySentence({ keyword, key = '', path }: PropertyProblem): string {
  if (keyword === 'additionalProperties') return `Encountered unsupported property ${key}`;
  if (keyword === 'required') return `Property ${key} cannot be empty.`;
  return `Value of property ${path.at(-1) ?? ''} does not match its type`;
}

/**
 * What a change set says of a property, before anything is deployed. The first two are documented by AWS's own CLI, of the others
 * no example is known, so that they are in the words of the deployment.
 * https://github.com/aws/aws-cdk-cli/pull/1463
 */
export function validationSentence({ keyword, key = '', message }: PropertyProblem): string {
  if (keyword === 'required') return `Required property [${key}] not found`;
  if (keyword === 'additionalProperties') return `Unsupported property [${key}]`;
  return message;
}
