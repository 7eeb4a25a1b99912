import { generatedName } from '../../core/ids';
import type { ResourceRequest, ResourceType, World } from '../../core/service';
import { createGroup, createStream, groupArn } from './operations';
import type { LogState } from './state';

interface LogGroupProperties {
  readonly LogGroupName?: string;
  readonly RetentionInDays?: number | string;
}

interface LogStreamProperties {
  readonly LogGroupName: string;
  readonly LogStreamName?: string;
}

export function logsResourceTypes(world: World, state: LogState): Readonly<Record<string, ResourceType>> {
  return {
    'AWS::Logs::LogGroup': logGroup(world, state),
    'AWS::Logs::LogStream': logStream(world, state),
    // Inert: nothing here turns log lines into metrics.
    'AWS::Logs::MetricFilter': {
      create: (request: ResourceRequest<{ FilterName?: string }>) => ({
        physicalId: request.properties.FilterName ?? nameFor(world, request),
        attributes: {},
      }),
      update: ({ current }) => current,
    },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
const NAME_LENGTH_MAX = 512;

function nameFor(world: World, request: ResourceRequest<unknown>): string {
  const suffix = world.ids.token(12, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');
  return generatedName(request, suffix, NAME_LENGTH_MAX);
}

function logGroup(world: World, state: LogState): ResourceType<LogGroupProperties> {
  const retain = (name: string, days: LogGroupProperties['RetentionInDays']) => {
    const group = state.groups.get(name);
    if (group) group.retentionInDays = days === undefined ? undefined : Number(days);
  };
  return {
    create: (request) => {
      const name = request.properties.LogGroupName ?? nameFor(world, request);
      createGroup(world, state, name);
      retain(name, request.properties.RetentionInDays);
      return { physicalId: name, attributes: { Arn: `${groupArn(world, name)}:*` } };
    },
    update: ({ current, properties }) => {
      retain(current.physicalId, properties.RetentionInDays);
      return current;
    },
    delete: ({ current }) => void state.groups.delete(current.physicalId),
  };
}

function logStream(world: World, state: LogState): ResourceType<LogStreamProperties> {
  return {
    create: (request) => {
      const name = request.properties.LogStreamName ?? nameFor(world, request);
      createStream(world, state, request.properties.LogGroupName, name);
      return { physicalId: name, attributes: {} };
    },
    delete: ({ current, properties }) =>
      void state.groups.get(properties.LogGroupName)?.streams.delete(current.physicalId),
  };
}
