import { whileIamSettles } from './calls';
import { query } from './query';

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

async function statusOf(stackId: string): Promise<string> {
  const call = { service: 'cloudformation', version: '2010-05-15', action: 'DescribeStacks' };
  const { Stacks = [] } = await whileIamSettles(() => query({ ...call, input: { StackName: stackId } }));
  return (Stacks as { StackStatus?: string }[])[0]?.StackStatus ?? '';
}
