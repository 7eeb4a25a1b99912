import { describeError, nameOf } from '../common/errors';
import { whileIamSettles } from './calls';
import { query } from './query';

/** A reason is shown in CloudFormation's events and the CLI's last lines; they are read, not scrolled. */
export const REASON_LENGTH_MAX = 1_000;

/**
 * Whether CloudFormation undoes what it did to a stack: it does not say so in a custom resource's event.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html (the stack's status codes)
 * @throws what AWS said. Needs cloudformation:DescribeStacks on the stack; a denied call is repeated for a minute.
 */
export async function isRollingBack(stackId: string): Promise<boolean> {
  return (await statusOf(stackId)).includes('ROLLBACK');
}

/**
 * Whether CloudFormation works on a stack, and so waits for its resources.
 * @throws as `isRollingBack`
 */
export async function isInProgress(stackId: string): Promise<boolean> {
  return (await statusOf(stackId)).endsWith('_IN_PROGRESS');
}

/**
 * When CloudFormation began to create or to update a stack.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
 * @throws as `isRollingBack`
 */
export async function operationBegan(stackId: string): Promise<Date> {
  const { LastUpdatedTime, CreationTime } = await describe(stackId);
  return new Date(LastUpdatedTime ?? CreationTime ?? 0);
}

/** A resource as the stack has it now. */
export interface StackResource {
  /** `UPDATE_IN_PROGRESS`. */
  readonly status: string;
  readonly statusSinceMs: number;
  /** Absent until it is made. */
  readonly physicalId?: string;
}

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html
 * @returns undefined before CloudFormation has begun with the resource
 * @throws what AWS said. Needs cloudformation:DescribeStackResource on the stack; a denied call is repeated for a minute.
 */
export async function stackResource(stackId: string, logicalId: string): Promise<StackResource | undefined> {
  const input = { StackName: stackId, LogicalResourceId: logicalId };
  try {
    const { StackResourceDetail: detail = {} } = await call('DescribeStackResource', input);
    const { ResourceStatus = '', LastUpdatedTimestamp = '', PhysicalResourceId } = detail as Record<string, string>;
    return {
      status: ResourceStatus,
      statusSinceMs: Date.parse(LastUpdatedTimestamp),
      ...(PhysicalResourceId !== undefined && { physicalId: PhysicalResourceId }),
    };
  } catch (error) {
    if (nameOf(error) === 'ValidationError' && /does not exist/.test(describeError(error))) return undefined;
    throw error;
  }
}

async function statusOf(stackId: string): Promise<string> {
  return (await describe(stackId)).StackStatus ?? '';
}

interface Stack {
  readonly StackStatus?: string;
  readonly CreationTime?: string;
  readonly LastUpdatedTime?: string;
}

async function describe(stackId: string): Promise<Stack> {
  const { Stacks = [] } = await call('DescribeStacks', { StackName: stackId });
  return (Stacks as Stack[])[0] ?? {};
}

const call = (action: string, input: Readonly<Record<string, string>>) =>
  whileIamSettles(() => query({ service: 'cloudformation', version: '2010-05-15', action, input }));
