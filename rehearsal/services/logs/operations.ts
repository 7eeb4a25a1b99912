import { arn, AwsError, type Operation, type Operations, type World } from '../../core/service';
import { parseFilterPattern } from './filter-pattern';
import { putLogEvents } from './put-events';
import {
  type GroupInput,
  interleave,
  type LogGroup,
  type LogState,
  type LogStream,
  retained,
  type StreamInput,
} from './state';

export function logsOperations(world: World, state: LogState): Operations {
  return {
    ...groupOperations(world, state),
    ...streamOperations(world, state),
    PutLogEvents: putLogEvents(world, state, {
      resources: (input) => streamResource(world, input),
      streamOf: (input) => streamOf(groupOf(state, input), input.logStreamName),
    }),
    GetLogEvents: getLogEvents(world, state),
    FilterLogEvents: filterLogEvents(world, state),
  };
}

/** Creates a group. @throws AwsError ResourceAlreadyExistsException */
export function createGroup(world: World, state: LogState, name: string): LogGroup {
  if (state.groups.has(name)) {
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
  }
  const group: LogGroup = { name, creationTime: Math.floor(world.clock.now()), streams: new Map() };
  state.groups.set(name, group);
  return group;
}

/** Creates a stream. @throws AwsError ResourceAlreadyExistsException, ResourceNotFoundException */
export function createStream(world: World, state: LogState, groupName: string, name: string): LogStream {
  const group = groupOf(state, { logGroupName: groupName });
  if (group.streams.has(name)) {
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
  }
  const stream: LogStream = { name, creationTime: Math.floor(world.clock.now()), events: [] };
  group.streams.set(name, stream);
  return stream;
}

export function groupArn(world: World, name: string): string {
  return arn(world, 'logs', `log-group:${name}`);
}

/**
 * What IAM evaluates: AWS's own denials name `log-group:<name>:log-stream:<stream>` with an empty stream for calls on
 * a group, which is why policies must end in `:*`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
 */
function streamResource(world: World, input: GroupInput & { readonly logStreamName?: string }): readonly string[] {
  return [`${groupArn(world, nameOf(input))}:log-stream:${input.logStreamName ?? ''}`];
}

function nameOf({ logGroupName, logGroupIdentifier }: GroupInput): string {
  return logGroupName ?? logGroupIdentifier?.replace(/^arn:.*?:log-group:/, '').replace(/:\*$/, '') ?? '';
}

function groupOf(state: LogState, input: GroupInput): LogGroup {
  if (input.logGroupName !== undefined && input.logGroupIdentifier !== undefined) {
    throw new AwsError('ValidationException', 'LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  }
  const group = state.groups.get(nameOf(input));
  if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  return group;
}

function streamOf(group: LogGroup, name: string): LogStream {
  const stream = group.streams.get(name);
  if (!stream) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  return stream;
}

function groupOperations(world: World, state: LogState): Operations {
  const onGroup = { resources: (input: GroupInput) => streamResource(world, input) };
  return {
    CreateLogGroup: { ...onGroup, handle: (input: GroupInput) => void createGroup(world, state, nameOf(input)) },
    DeleteLogGroup: { ...onGroup, handle: (input: GroupInput) => void state.groups.delete(groupOf(state, input).name) },
    PutRetentionPolicy: {
      ...onGroup,
      handle: (input: GroupInput & { retentionInDays: number }) =>
        void (groupOf(state, input).retentionInDays = input.retentionInDays),
    },
    DeleteRetentionPolicy: {
      ...onGroup,
      handle: (input: GroupInput) => void (groupOf(state, input).retentionInDays = undefined),
    },
    DescribeLogGroups: {
      resources: () => [`${groupArn(world, '')}:log-stream:`],
      handle: (input: { logGroupNamePrefix?: string; logGroupNamePattern?: string }) => {
        if (input.logGroupNamePrefix !== undefined && input.logGroupNamePattern !== undefined) {
          throw new AwsError(
            'InvalidParameterException',
            'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
          );
        }
        const wanted = (name: string) =>
          name.startsWith(input.logGroupNamePrefix ?? '') && name.includes(input.logGroupNamePattern ?? '');
        const groups = [...state.groups.values()].filter((group) => wanted(group.name));
        return { logGroups: groups.map((group) => describeGroup(world, group)).sort(byName) };
      },
    },
  };
}

function describeGroup(world: World, group: LogGroup) {
  const bytes = [...group.streams.values()].flatMap((stream) => stream.events);
  return {
    logGroupName: group.name,
    creationTime: group.creationTime,
    ...(group.retentionInDays !== undefined && { retentionInDays: group.retentionInDays }),
    metricFilterCount: 0,
    arn: `${groupArn(world, group.name)}:*`,
    logGroupArn: groupArn(world, group.name),
    logGroupClass: 'STANDARD',
    deletionProtectionEnabled: false,
    storedBytes: bytes.reduce((sum, event) => sum + event.message.length, 0),
  };
}

function byName(a: { readonly logGroupName: string }, b: { readonly logGroupName: string }): number {
  return a.logGroupName < b.logGroupName ? -1 : 1;
}

function streamOperations(world: World, state: LogState): Operations {
  return {
    CreateLogStream: {
      resources: (input: StreamInput) => streamResource(world, input),
      handle: (input: StreamInput) => void createStream(world, state, nameOf(input), input.logStreamName),
    },
    DescribeLogStreams: {
      resources: (input: GroupInput) => streamResource(world, input),
      handle: (input: GroupInput & { logStreamNamePrefix?: string; orderBy?: string; descending?: boolean }) => {
        const streams = [...groupOf(state, input).streams.values()]
          .filter((stream) => stream.name.startsWith(input.logStreamNamePrefix ?? ''))
          .map((stream) => describeStream(world, nameOf(input), stream));
        const key = input.orderBy === 'LastEventTime' ? 'lastEventTimestamp' : 'logStreamName';
        streams.sort((a, b) => ((a[key] ?? 0) < (b[key] ?? 0) ? -1 : 1));
        return { logStreams: input.descending ? streams.reverse() : streams };
      },
    },
  };
}

function describeStream(world: World, group: string, stream: LogStream) {
  return {
    logStreamName: stream.name,
    creationTime: stream.creationTime,
    firstEventTimestamp: stream.events[0]?.timestamp,
    lastEventTimestamp: stream.events.at(-1)?.timestamp,
    lastIngestionTime: stream.events.at(-1)?.ingestionTime,
    arn: `${groupArn(world, group)}:log-stream:${stream.name}`,
    // AWS reports no sizes of streams any more: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html
    storedBytes: 0,
  };
}

interface GetInput extends StreamInput {
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit?: number;
  readonly startFromHead?: boolean;
  readonly nextToken?: string;
}

/** Tokens are `f/<index>` and `b/<index>`: forward from, or backward to, that event of the range. */
function getLogEvents(world: World, state: LogState): Operation<GetInput> {
  return {
    resources: (input) => streamResource(world, input),
    handle: (input) => {
      const group = groupOf(state, input);
      const { startTime = 0, endTime = Infinity, limit = 10_000 } = input;
      const events = retained(group, streamOf(group, input.logStreamName), world.clock.now()).filter(
        // "Events with a timestamp equal to this time or later than this time are not included."
        ({ timestamp }) => timestamp >= startTime && timestamp < endTime,
      );
      const [from, to] = page(input, events.length, limit);
      return {
        events: events
          .slice(from, to)
          .map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
        nextForwardToken: `f/${to}`,
        nextBackwardToken: `b/${from}`,
      };
    },
  };
}

function page(input: GetInput, total: number, limit: number): readonly [number, number] {
  if (input.nextToken !== undefined && !/^[fb]\/\d+$/.test(input.nextToken)) {
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  const [direction, index] = input.nextToken?.split('/') ?? [input.startFromHead ? 'f' : 'b', undefined];
  if (direction === 'f') {
    const from = Math.min(Number(index ?? 0), total);
    return [from, Math.min(from + limit, total)];
  }
  const to = Math.min(Number(index ?? total), total);
  return [Math.max(0, to - limit), to];
}

interface FilterInput extends GroupInput {
  readonly logStreamNames?: readonly string[];
  readonly logStreamNamePrefix?: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly filterPattern?: string;
}

function filterLogEvents(world: World, state: LogState): Operation<FilterInput> {
  return {
    resources: (input) => streamResource(world, input),
    handle: (input) => {
      const group = groupOf(state, input);
      const { startTime = 0, endTime = Infinity } = input;
      const matches = compile(input.filterPattern);
      const found = interleave(group, chosenStreams(group, input), world.clock.now()).filter(
        ({ timestamp, message }) => timestamp >= startTime && timestamp <= endTime && matches(message),
      );
      return { events: found, searchedLogStreams: [] };
    },
  };
}

function chosenStreams(group: LogGroup, input: FilterInput): readonly LogStream[] {
  if (input.logStreamNames) return input.logStreamNames.map((name) => streamOf(group, name));
  return [...group.streams.values()].filter((stream) => stream.name.startsWith(input.logStreamNamePrefix ?? ''));
}

function compile(pattern: string | undefined) {
  try {
    return parseFilterPattern(pattern);
  } catch (error) {
    throw new AwsError('InvalidParameterException', (error as Error).message);
  }
}
