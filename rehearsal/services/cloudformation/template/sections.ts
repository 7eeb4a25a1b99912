import { invalid, isRecord } from './template';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html */
const SECTIONS = new Set([
  ...[
    'AWSTemplateFormatVersion',
    'Conditions',
    'Description',
    'Hooks',
    'Mappings',
    'Metadata',
    'Outputs',
    'Parameters',
  ],
  ...['Resources', 'Rules', 'Transform'],
]);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-product-attribute-reference.html */
const ATTRIBUTES = new Set([
  ...['Type', 'Properties', 'DependsOn', 'Condition', 'Metadata', 'CreationPolicy', 'DeletionPolicy', 'UpdatePolicy'],
  ...['UpdateReplacePolicy', 'Description', 'Version'],
]);

const POLICIES = {
  DeletionPolicy: ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'],
  UpdateReplacePolicy: ['Delete', 'Retain', 'Snapshot'],
} as const;

/**
 * Refuses sections and resource attributes that CloudFormation does not have.
 * @throws AwsError ValidationError
 */
export function checkSections(template: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(template).filter((name) => !SECTIONS.has(name));
  if (unknown.length > 0) throw invalid(`Invalid template property or properties [${unknown.join(', ')}]`);
  for (const [logicalId, resource] of Object.entries(template.Resources as Readonly<Record<string, unknown>>)) {
    if (!/^[A-Za-z0-9]+$/.test(logicalId)) {
      throw invalid(`Template format error: Resource name ${logicalId} is non alphanumeric.`);
    }
    if (isRecord(resource)) checkAttributes(logicalId, resource);
  }
}

function checkAttributes(logicalId: string, resource: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(resource).find((name) => !ATTRIBUTES.has(name));
  if (unknown !== undefined) throw invalid(`Invalid template resource property '${unknown}'`);
  for (const [name, allowed] of Object.entries(POLICIES)) {
    const value = resource[name];
    if (typeof value !== 'string' || (allowed as readonly string[]).includes(value)) continue;
    throw invalid(`Template format error: Unrecognized ${name} ${value} for resource ${logicalId}`);
  }
}
