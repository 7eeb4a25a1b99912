import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { DeleteLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { runCdk } from '../../rehearsal/runner/synthesis/cdk';
import type { Target } from './target';

export interface Deployed {
  /** What `cdk deploy` calls it. */
  readonly stackId: string;
  readonly stackName: string;
  /** The cloud assembly of the last release. */
  readonly assembly: string;
  /** The app's own folder. */
  readonly directory: string;
  readonly resources: readonly StackResourceSummary[];
}

/**
 * Removes the stack and the log groups that outlive it by their deletion policy, and checks that they are gone. The images
 * and files in the buckets of `cdk bootstrap` stay: `cdk gc` removes those that nothing uses.
 * @returns what is left, one sentence each
 */
export async function cleanUp(target: Target, deployed: Deployed, onLine: (line: string) => void): Promise<string[]> {
  const { stackId, stackName, assembly, directory: cwd } = deployed;
  const args = ['destroy', stackId, '--force', '--app', assembly];
  const { exitCode } = await runCdk(args, target.environment(), { cwd, onLine });
  const left: string[] = [];
  if (exitCode !== 0 || (await stackExists(target, stackName))) left.push(`the stack ${stackName}, by cdk destroy`);
  for (const name of logGroupsOf(deployed)) {
    await deleteLogGroup(target, name);
    if (await logGroupExists(target, name)) left.push(`the log group ${name}`);
  }
  return left;
}

/** Those of the stack, and those that Lambda made for functions without one of the stack's. */
function logGroupsOf({ resources }: Deployed): string[] {
  const ofType = (type: string) =>
    resources.filter(({ ResourceType }) => ResourceType === type).flatMap((each) => each.PhysicalResourceId ?? []);
  const ofFunctions = ofType('AWS::Lambda::Function').map((name) => `/aws/lambda/${name}`);
  return [...ofType('AWS::Logs::LogGroup'), ...ofFunctions];
}

/** CloudFormation does not know a stack by its name once it is deleted. */
async function stackExists({ clients }: Target, StackName: string): Promise<boolean> {
  try {
    await clients.cloudFormation.send(new DescribeStacksCommand({ StackName }));
    return true;
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return false;
    throw error;
  }
}

async function deleteLogGroup({ clients }: Target, logGroupName: string): Promise<void> {
  try {
    await clients.logs.send(new DeleteLogGroupCommand({ logGroupName }));
  } catch (error) {
    // The stack has deleted it.
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
  }
}

async function logGroupExists({ clients }: Target, name: string): Promise<boolean> {
  const { logGroups = [] } = await clients.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  return logGroups.some(({ logGroupName }) => logGroupName === name);
}
