import { isDeepStrictEqual } from 'node:util';
import { replacementBy } from './schema/replacement';
import type { ResourceSchema } from './schema/types';
import { dependenciesOf, inOrder, type Node } from './template/graph';
import { truth, type Scope } from './template/intrinsics';
import type { Baseline, ResourceRecord } from './state';
import { invalid, type Properties, type ResourceDefinition, type Template } from './template/template';

/** A resource of the new template, in the place where it is deployed. */
export interface PlannedResource extends Node {
  readonly definition: ResourceDefinition;
}

/** The resources whose condition holds, in an order in which each comes after what it depends on. */
export function planApply(template: Template, scope: Pick<Scope, 'condition'>): PlannedResource[] {
  const included = Object.entries(template.Resources).filter(
    ([, resource]) => resource.Condition === undefined || scope.condition(resource.Condition),
  );
  const ids = new Set(included.map(([id]) => id));
  return inOrder(included.map(([id, definition]) => ({ id, definition, after: dependenciesOf(definition, ids) })));
}

/** @throws AwsError ValidationError for types that neither AWS nor this account has, unless a condition leaves them out */
export function refuseUnknownTypes(planned: readonly PlannedResource[], isKnown: (type: string) => boolean): void {
  const unknown = planned.map(({ definition }) => definition.Type).filter((type) => !isKnown(type));
  if (unknown.length === 0) return;
  throw invalid(`Template format error: Unrecognized resource types: [${[...new Set(unknown)].join(', ')}]`);
}

/** @throws AwsError ValidationError when an update would change a resource's type, as CloudFormation does */
export function refuseTypeChanges(records: ReadonlyMap<string, ResourceRecord>, template: Template): void {
  const changed = [...records.values()].filter((record) => {
    const next = template.Resources[record.logicalId];
    return next !== undefined && next.Type !== record.definition.Type;
  });
  if (changed.length === 0) return;
  throw invalid(
    'Update of resource type is not permitted. The new template modifies resource type of the following resources: ' +
      `[${changed.map((record) => record.logicalId).join(', ')}]`,
  );
}

/** Names of the top-level properties that differ. */
function changedProperties(previous: Properties, next: Properties): string[] {
  const names = new Set([...Object.keys(previous), ...Object.keys(next)]);
  return [...names].filter((name) => !isDeepStrictEqual(previous[name], next[name])).sort();
}

export type Change = 'none' | 'update' | 'replace';

/** How resources of a type can change. */
export interface Changeability {
  readonly schema: Pick<ResourceSchema, 'replaces' | 'mayReplace'>;
  /** Whether the type can be updated at all. */
  readonly canUpdate: boolean;
}

/** What a change of properties means for a resource. Where the service decides, it decides to update in place. */
export function changeFor({ schema, canUpdate }: Changeability, previous: Properties, next: Properties): Change {
  const changed = changedProperties(previous, next);
  if (changed.length === 0) return 'none';
  const replaces = changed.some((name) => replacementBy(schema, name, previous[name], next[name]) === 'yes');
  return !canUpdate || replaces ? 'replace' : 'update';
}

export interface RollbackPlan {
  /** Resources that go back to their old properties or their old physical resource, dependencies first. */
  readonly restore: readonly Node[];
  /** Physical resources that the failed deployment created, to be deleted when everything is restored. */
  readonly discard: readonly ResourceRecord[];
}

/** The way back from what a deployment touched. */
export function planRollback(baseline: Pick<Baseline, 'records' | 'touched'>): RollbackPlan {
  const touches = [...baseline.touched];
  const restored = touches.filter(([, touch]) => touch.action !== 'create').map(([id]) => id);
  const ids = new Set(restored);
  const restore = restored.map((id) => ({
    id,
    after: (baseline.records.get(id)?.dependsOn ?? []).filter((other) => ids.has(other)),
  }));
  const discard = touches.flatMap(([, touch]) => (touch.action !== 'update' && touch.after ? [touch.after] : []));
  return { restore: inOrder(restore), discard };
}

/**
 * Whether CloudFormation keeps the physical resource when it removes its record.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export function isRetained(record: ResourceRecord, why: 'delete' | 'replace' | 'rollback'): boolean {
  const policy = why === 'replace' ? record.definition.UpdateReplacePolicy : record.definition.DeletionPolicy;
  return policy === 'Retain' || (policy === 'RetainExceptOnCreate' && why === 'delete');
}

/** @throws AwsError ValidationError with the description of the first assertion that does not hold */
export function checkRules(template: Template, scope: Scope): void {
  for (const rule of Object.values(template.Rules ?? {})) {
    if (rule.RuleCondition !== undefined && !truth(rule.RuleCondition, scope)) continue;
    const broken = rule.Assertions.find((assertion) => !truth(assertion.Assert, scope));
    if (broken) throw invalid(`Template validation error: ${broken.AssertDescription ?? 'a rule does not hold'}`);
  }
}
