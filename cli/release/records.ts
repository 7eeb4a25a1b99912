import { jsonCall } from '../../aws/signed-call';
import { describeError, nameOf } from '../../common/errors';
import type { EvidenceClients } from '../../verdict/evidence';
import type { AlarmTransition } from '../../verdict/sentence';
import type { Aws } from './aws';
import { type EcsService, resourcesOfStack } from './services';

/** Pages of one search in a log group: the search has the id of one deployment, which a few lines have. */
const PAGES_MAX = 20;

/** The calls with which the release function finds the same evidence, made as the person. */
export function evidenceClients(aws: Aws): EvidenceClients {
  return {
    logMessages: (logGroup, pattern, sinceMs) => logMessages(aws, logGroup, pattern, sinceMs),
    alarmHistory: async (name, sinceMs) => {
      const { AlarmHistoryItems = [] } = await aws.cloudWatch('DescribeAlarmHistory', {
        AlarmName: name,
        HistoryItemType: 'StateUpdate',
        StartDate: new Date(sinceMs).toISOString(),
        ScanBy: 'TimestampDescending',
      });
      const items = AlarmHistoryItems as readonly { readonly Timestamp?: string; readonly HistoryData?: string }[];
      return items.map(({ Timestamp, HistoryData = '{}' }) => ({ atMs: msOf(Timestamp), data: HistoryData }));
    },
    alarmStates: async (names) => {
      const named = Object.fromEntries(names.map((name, at) => [`AlarmNames.member.${at + 1}`, name]));
      const { MetricAlarms = [] } = await aws.cloudWatch('DescribeAlarms', { ...named, StateValue: 'ALARM' });
      return (MetricAlarms as readonly Readonly<Record<string, string | undefined>>[]).map(transitionOf);
    },
  };
}

function transitionOf(alarm: Readonly<Record<string, string | undefined>>): AlarmTransition {
  const { AlarmName = '', StateReason = '', StateTransitionedTimestamp, StateUpdatedTimestamp } = alarm;
  return { name: AlarmName, atMs: msOf(StateTransitionedTimestamp ?? StateUpdatedTimestamp), reason: StateReason };
}

const msOf = (iso: string | undefined) => (iso === undefined ? undefined : Date.parse(iso));

/** A group that the stack still names may be gone. */
async function logMessages(aws: Aws, logGroupName: string, filterPattern: string, startTime: number) {
  const messages: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const input = { logGroupName, filterPattern, startTime: Math.floor(startTime), nextToken };
    const options = { ...aws.caller, signal: aws.signal };
    type Output = { readonly events?: readonly { readonly message?: string }[]; readonly nextToken?: string };
    const output = (await jsonCall('logs', 'Logs_20140328.FilterLogEvents', input, options).catch((error: unknown) => {
      if (nameOf(error) === 'ResourceNotFoundException') return {};
      throw error;
    })) as Output;
    messages.push(...(output.events ?? []).flatMap(({ message }) => message ?? []));
    nextToken = output.nextToken;
    if (!nextToken) break;
  }
  return messages;
}

/**
 * Every log group of the stack that has the service: the gate's are among them.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html (PhysicalResourceId)
 * @returns an empty list for a service that no stack has
 */
export async function gateLogGroups(aws: Aws, { serviceArn }: EcsService): Promise<string[]> {
  try {
    const { StackResources = [] } = await aws.cloudFormation('DescribeStackResources', {
      PhysicalResourceId: serviceArn,
    });
    const [first] = StackResources as readonly { readonly StackName?: string }[];
    return first?.StackName === undefined ? [] : resourcesOfStack(aws, first.StackName, 'AWS::Logs::LogGroup');
  } catch (error) {
    if (nameOf(error) === 'ValidationError' && /does not exist/.test(describeError(error))) return [];
    throw error;
  }
}
