import { INTERNAL, type World } from '../../core/service';

export interface StackView {
  /** Its ARN. */
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** When it was last created or updated, AWS time, milliseconds since the epoch. */
  readonly changedMs: number;
  /** Whether another stack made it. */
  readonly nested: boolean;
}

interface StackDescription {
  readonly StackId: string;
  readonly StackName: string;
  readonly StackStatus: string;
  readonly CreationTime: Date;
  readonly LastUpdatedTime?: Date;
  readonly ParentId?: string;
  readonly Outputs?: readonly { readonly OutputKey: string; readonly OutputValue: string }[];
}

export async function viewStacks(world: World): Promise<readonly StackView[]> {
  const { Stacks } = await call<{ Stacks: StackDescription[] }>(world, 'DescribeStacks', {});
  return Stacks.map((stack) => ({
    id: stack.StackId,
    name: stack.StackName,
    status: stack.StackStatus,
    outputs: Object.fromEntries((stack.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue])),
    changedMs: new Date(stack.LastUpdatedTime ?? stack.CreationTime).getTime(),
    nested: stack.ParentId !== undefined,
  }));
}

/** A stack of these statuses has nothing in it that a deployment could update. */
const empty = ['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'DELETE_COMPLETE'];

export function isDeployed(stack: StackView | undefined): boolean {
  return stack !== undefined && !empty.includes(stack.status);
}

interface ResourceDescription {
  readonly ResourceType: string;
  readonly PhysicalResourceId: string;
  readonly LogicalResourceId: string;
}

/** Where the resources of a type come from, by physical id: the path of their construct, or their logical id. */
export async function constructPaths(world: World, type: string): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  for (const { name: StackName } of await viewStacks(world)) {
    const { StackResources } = await call<{ StackResources: ResourceDescription[] }>(world, 'DescribeStackResources', {
      StackName,
    });
    const found = StackResources.filter(({ ResourceType }) => ResourceType === type);
    if (found.length === 0) continue;
    const { TemplateBody } = await call<{ TemplateBody: string }>(world, 'GetTemplate', { StackName });
    for (const { LogicalResourceId, PhysicalResourceId } of found) {
      paths.set(PhysicalResourceId, pathIn(TemplateBody, LogicalResourceId) ?? LogicalResourceId);
    }
  }
  return paths;
}

/** The CDK writes it into the template, unless `--no-path-metadata` says otherwise. */
function pathIn(templateBody: string, logicalId: string): string | undefined {
  try {
    const template = JSON.parse(templateBody) as {
      Resources?: Record<string, { Metadata?: Record<string, string> } | undefined>;
    };
    return template.Resources?.[logicalId]?.Metadata?.['aws:cdk:path'];
  } catch {
    // A template in YAML: not the CDK's.
    return undefined;
  }
}

export interface StackEvent {
  readonly Timestamp: Date;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
  readonly LogicalResourceId?: string;
}

/** All of one stack, oldest first: a stack that failed and was undone has more than a page. None when there is no such stack. */
export async function eventsSince(world: World, StackName: string, sinceMs: number): Promise<readonly StackEvent[]> {
  const events: StackEvent[] = [];
  let NextToken: string | undefined;
  do {
    const page: EventPage = await call<EventPage>(world, 'DescribeStackEvents', {
      StackName,
      ...(NextToken !== undefined && { NextToken }),
    }).catch(() => ({ StackEvents: [] }));
    events.push(...page.StackEvents.filter((event) => new Date(event.Timestamp).getTime() >= sinceMs));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return events.reverse();
}

interface EventPage {
  readonly StackEvents: readonly StackEvent[];
  readonly NextToken?: string;
}

function call<Output>(world: World, operation: string, input: object): Promise<Output> {
  return world.call<Output>(INTERNAL, 'cloudformation', operation, input);
}
