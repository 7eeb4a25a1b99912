import { parse, type ScalarTag, type CollectionTag, isMap, isScalar, isSeq, type Node } from 'yaml';
import { AwsError } from '../../../core/service';

export type Properties = Readonly<Record<string, unknown>>;

/** A resource as its template declares it; intrinsics not yet resolved. */
export interface ResourceDefinition {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly Metadata?: unknown;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface ParameterDefinition {
  readonly Type: string;
  readonly Default?: unknown;
  readonly Description?: string;
  readonly NoEcho?: boolean | string;
  readonly AllowedValues?: readonly unknown[];
  readonly AllowedPattern?: string;
}

export interface OutputDefinition {
  readonly Value: unknown;
  readonly Description?: string;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

export interface Rule {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription?: string }[];
}

export interface Template {
  readonly Description?: string;
  readonly Metadata?: unknown;
  readonly Parameters?: Readonly<Record<string, ParameterDefinition>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Properties>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Rules?: Readonly<Record<string, Rule>>;
  readonly Resources: Readonly<Record<string, ResourceDefinition>>;
  readonly Outputs?: Readonly<Record<string, OutputDefinition>>;
}

/** `!GetAtt a.b` and friends: the short forms of YAML templates. */
const shortForms = [
  ...['Ref', 'Condition'].map((name) => ({ tag: name, key: name })),
  ...[
    ...[
      'And',
      'Base64',
      'Cidr',
      'Contains',
      'Equals',
      'FindInMap',
      'GetAtt',
      'GetAZs',
      'GetStackOutput',
      'If',
      'ImportValue',
      'Join',
    ],
    ...['Length', 'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString'],
  ].map((name) => ({ tag: name, key: `Fn::${name}` })),
];

function plain(node: unknown): unknown {
  if (isMap(node)) return node.toJSON();
  if (isSeq(node)) return node.items.map(plain);
  return isScalar(node) ? node.value : (node as Node).toJSON();
}

const yamlTags: (ScalarTag | CollectionTag)[] = shortForms.flatMap(({ tag, key }) => [
  { tag: `!${tag}`, resolve: (text: string) => ({ [key]: key === 'Fn::GetAtt' ? splitAttribute(text) : text }) },
  { tag: `!${tag}`, collection: 'seq' as const, resolve: (node: unknown) => ({ [key]: plain(node) }) },
  { tag: `!${tag}`, collection: 'map' as const, resolve: (node: unknown) => ({ [key]: plain(node) }) },
]);

/** `Logical.Attribute.Nested` to its two parts. */
export function splitAttribute(text: string): [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}

/**
 * Reads a template from JSON or YAML text.
 * @throws AwsError ValidationError as CloudFormation's CreateChangeSet does for text that is no template
 */
export function parseTemplate(text: string): Template {
  let parsed: unknown;
  try {
    parsed = text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text, { customTags: yamlTags });
  } catch (error) {
    throw invalid(`Template format error: ${(error as Error).message}`);
  }
  if (!isRecord(parsed)) throw invalid('Template format error: unsupported structure.');
  if (!isRecord(parsed.Resources) || Object.keys(parsed.Resources).length === 0) {
    throw invalid('Template format error: At least one Resources member must be defined.');
  }
  for (const [logicalId, resource] of Object.entries(parsed.Resources)) {
    if (!isRecord(resource) || typeof resource.Type !== 'string') {
      throw invalid(
        `Template format error: [/Resources/${logicalId}] Every Resources object must contain a Type member.`,
      );
    }
  }
  return parsed as unknown as Template;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
