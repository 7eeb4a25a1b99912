import { subExpression } from './intrinsics';
import { invalid, isRecord, type ResourceDefinition, splitAttribute } from './template';

/** Every name that `Ref`, `Fn::GetAtt` and `Fn::Sub` in a value refer to, resources and parameters alike. */
export function references(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) references(item, found);
  if (!isRecord(value)) return found;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref' && typeof item === 'string') found.add(item);
    else if (key === 'Fn::GetAtt') found.add(String(Array.isArray(item) ? item[0] : splitAttribute(String(item))[0]));
    else if (key === 'Fn::Sub') subReferences(item, found);
    else references(item, found);
  }
  return found;
}

function subReferences(argument: unknown, found: Set<string>): void {
  const [template, variables] = Array.isArray(argument) ? (argument as unknown[]) : [argument, {}];
  const own = isRecord(variables) ? variables : {};
  references(own, found);
  for (const match of String(template).matchAll(subExpression)) {
    const name = match[2]?.trim();
    if (name !== undefined && !(name in own)) found.add(splitAttribute(name)[0]);
  }
}

/** Logical ids that must be complete before this resource, explicit and implied, among `existing`. */
export function dependenciesOf(definition: ResourceDefinition, existing: ReadonlySet<string>): string[] {
  const explicit = definition.DependsOn ?? [];
  const all = new Set([
    ...(typeof explicit === 'string' ? [explicit] : explicit),
    ...references(definition.Properties),
  ]);
  return [...all].filter((name) => existing.has(name));
}

/** A node of a dependency graph: `id` starts when all of `after` are done. */
export interface Node {
  readonly id: string;
  readonly after: readonly string[];
}

/**
 * The nodes in an order in which each comes after what it depends on.
 * @throws AwsError ValidationError `Circular dependency between resources: [...]`
 */
export function inOrder<N extends Node>(nodes: readonly N[]): N[] {
  const done = new Set<string>();
  const ordered: N[] = [];
  let rest = nodes;
  while (rest.length > 0) {
    const ready = rest.filter((node) => node.after.every((id) => done.has(id)));
    if (ready.length === 0) {
      throw invalid(`Circular dependency between resources: [${rest.map((node) => node.id).join(', ')}]`);
    }
    for (const node of ready) done.add(node.id);
    ordered.push(...ready);
    rest = rest.filter((node) => !done.has(node.id));
  }
  return ordered;
}

/** The same nodes with every dependency turned round: dependents first, as resources are deleted. */
export function reversed(nodes: readonly Node[]): Node[] {
  return nodes.map(({ id }) => ({ id, after: nodes.filter((node) => node.after.includes(id)).map((node) => node.id) }));
}
