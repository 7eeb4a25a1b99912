import { isDeepStrictEqual } from 'node:util';
import type { Engine } from './engine';
import { CustomResources } from './custom-resource';
import { resolve, type Scope } from './template/intrinsics';
import { NESTED_STACK } from './nested-stack';
import { isRetained, planApply, type PlannedResource } from './plan';
import { type ValidationError, validationErrors } from './schema/early-validation';
import { type Replacement, replacementBy, replacementByUnknown } from './schema/replacement';
import { createScope } from './template/scope';
import type { ResourceRecord, Source, Stack, StackOptions } from './state';

/** A value that only the deployment will know. */
class UnknownYet extends Error {
  constructor(
    readonly logicalId: string,
    readonly attribute?: string,
  ) {
    super(`${logicalId} is not deployed yet`);
  }
}

interface PropertyChange {
  readonly name: string;
  readonly unknown?: UnknownYet;
  readonly replacement: Replacement;
}

export interface Prediction {
  /** `Changes` of DescribeChangeSet. */
  readonly changes: readonly unknown[];
  /** Also true for changes that no resource shows: outputs and tags. */
  readonly hasChanges: boolean;
  /** What pre-deployment validation finds; none in a template that can be deployed. */
  readonly errors: readonly ValidationError[];
}

/**
 * What a change set says before it is executed: which resources it adds, modifies, replaces and removes.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
 */
export function predict(engine: Engine, stack: Stack, source: Source, options: StackOptions): Prediction {
  const unknown = new Set<string>();
  const scope = predictionScope(engine, stack, source, options, unknown);
  const planned = planApply(source.template, scope);
  const remaining = new Set(planned.map((resource) => resource.id));
  const changes = planned.flatMap((resource) => {
    const existing = stack.records.get(resource.id);
    const change = existing ? modification(engine, existing, resource, scope) : addition(resource);
    if (change && isUnknownAfter(change)) unknown.add(resource.id);
    return change ? [change] : [];
  });
  const removals = [...stack.records.values()].filter((record) => !remaining.has(record.logicalId)).map(removal);
  const all = [...changes, ...removals];
  const hasChanges = all.length > 0 || stack.source === undefined || differsOutside(stack.source, source);
  const errors = validationErrors(planned, scope, (type) => engine.schemaOf(type));
  return { changes: all.map((ResourceChange) => ({ Type: 'Resource', ResourceChange })), hasChanges, errors };
}

function predictionScope(
  engine: Engine,
  stack: Stack,
  source: Source,
  options: StackOptions,
  unknown: ReadonlySet<string>,
): Scope {
  const known = (logicalId: string, attribute?: string): ResourceRecord => {
    const record = stack.records.get(logicalId);
    if (!record || unknown.has(logicalId)) throw new UnknownYet(logicalId, attribute);
    return record;
  };
  return createScope(engine.world, {
    stackId: stack.id,
    stackName: stack.name,
    template: source.template,
    parameters: source.parameters,
    options,
    refResource: (logicalId) => known(logicalId).state.physicalId,
    attribute: (logicalId, attribute) => engine.attributeOf(stack, known(logicalId, attribute), attribute),
    exported: (name) => engine.exported(name),
    output: (stackName, outputName, region) => engine.output(stackName, outputName, region),
  });
}

interface ResourceChange {
  readonly Action: 'Add' | 'Modify' | 'Remove';
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly PhysicalResourceId?: string;
  readonly Replacement?: 'True' | 'False' | 'Conditional';
  readonly PolicyAction?: string;
  readonly Scope: readonly string[];
  readonly Details: readonly unknown[];
}

function addition(resource: PlannedResource): ResourceChange {
  return {
    Action: 'Add',
    LogicalResourceId: resource.id,
    ResourceType: resource.definition.Type,
    Scope: [],
    Details: [],
  };
}

function removal(record: ResourceRecord): ResourceChange {
  return {
    Action: 'Remove',
    PolicyAction: isRetained(record, 'delete') ? 'Retain' : 'Delete',
    LogicalResourceId: record.logicalId,
    PhysicalResourceId: record.state.physicalId,
    ResourceType: record.definition.Type,
    Scope: [],
    Details: [],
  };
}

function modification(
  engine: Engine,
  existing: ResourceRecord,
  planned: PlannedResource,
  scope: Scope,
): ResourceChange | undefined {
  const properties = propertyChanges(engine, existing, planned, scope);
  const attributes = (['Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'] as const).filter(
    (name) => !isDeepStrictEqual(existing.definition[name], planned.definition[name]),
  );
  if (properties.length === 0 && attributes.length === 0) return undefined;
  const isPossible = properties.some(({ replacement }) => replacement !== 'no');
  const isCertain = properties.some(({ replacement, unknown }) => replacement === 'yes' && !unknown);
  const Replacement = isCertain ? 'True' : isPossible ? 'Conditional' : 'False';
  const policy = isRetained(existing, 'replace') ? 'ReplaceAndRetain' : 'ReplaceAndDelete';
  return {
    Action: 'Modify',
    LogicalResourceId: planned.id,
    PhysicalResourceId: existing.state.physicalId,
    ResourceType: planned.definition.Type,
    Replacement,
    ...(Replacement === 'True' ? { PolicyAction: policy } : {}),
    Scope: [...(properties.length > 0 ? ['Properties'] : []), ...attributes],
    Details: [
      ...properties.map(propertyDetail),
      ...attributes.map((Attribute) => ({ Target: { Attribute, RequiresRecreation: 'Never' }, ...direct })),
    ],
  };
}

const direct = { Evaluation: 'Static', ChangeSource: 'DirectModification' };

const RECREATION = { yes: 'Always', maybe: 'Conditionally', no: 'Never' } as const;

function propertyDetail({ name, unknown, replacement }: PropertyChange): unknown {
  const Target = { Attribute: 'Properties', Name: name, RequiresRecreation: RECREATION[replacement] };
  if (!unknown) return { Target, ...direct };
  const { logicalId, attribute } = unknown;
  return {
    Target,
    Evaluation: 'Dynamic',
    ChangeSource: attribute === undefined ? 'ResourceReference' : 'ResourceAttribute',
    CausingEntity: attribute === undefined ? logicalId : `${logicalId}.${attribute}`,
  };
}

function propertyChanges(
  engine: Engine,
  existing: ResourceRecord,
  planned: PlannedResource,
  scope: Scope,
): PropertyChange[] {
  const { schema, canUpdate } = engine.changeability(planned.definition.Type);
  const next = planned.definition.Properties ?? {};
  const names = [...new Set([...Object.keys(existing.properties), ...Object.keys(next)])].sort();
  return names.flatMap((name): PropertyChange[] => {
    try {
      const before = existing.properties[name];
      const after = resolve(next[name], scope);
      if (isDeepStrictEqual(before, after)) return [];
      return [{ name, replacement: canUpdate ? replacementBy(schema, name, before, after) : 'yes' }];
    } catch (error) {
      const replacement = canUpdate ? replacementByUnknown(schema, name) : 'yes';
      if (error instanceof UnknownYet) return [{ name, unknown: error, replacement }];
      throw error;
    }
  });
}

/** Whether what refers to the resource cannot be compared before the deployment. */
function isUnknownAfter(change: ResourceChange): boolean {
  if (change.Action === 'Add') return true;
  if (change.Replacement !== 'False') return true;
  const returnsNewValues = CustomResources.isCustom(change.ResourceType) || change.ResourceType === NESTED_STACK;
  return returnsNewValues && change.Scope.includes('Properties');
}

function differsOutside(old: Source, next: Source): boolean {
  return !isDeepStrictEqual(old.template.Outputs, next.template.Outputs) || !isDeepStrictEqual(old.tags, next.tags);
}
