import { arn, AwsError, type Operations, type World } from '../../core/service';
import type { Alarms } from './alarms';
import { childrenOf, parseRule } from './composite-rule';
import type { Evaluator } from './evaluator';
import { metricOperations } from './metric-operations';
import {
  type AlarmRecord,
  type AlarmState,
  type CloudWatchState,
  type CompositeAlarm,
  isCompositeAlarm,
  isMetricAlarm,
  type MetricAlarm,
} from './state';
import { millisOf, wireTime, type WireTime } from './times';

interface DescribeAlarmsInput {
  readonly AlarmNames?: readonly string[];
  readonly AlarmNamePrefix?: string;
  readonly AlarmTypes?: readonly AlarmRecord['kind'][];
  readonly ChildrenOfAlarmName?: string;
  readonly StateValue?: AlarmState;
}

interface DescribeAlarmHistoryInput {
  readonly AlarmName?: string;
  readonly AlarmTypes?: readonly AlarmRecord['kind'][];
  readonly HistoryItemType?: string;
  readonly StartDate?: WireTime;
  readonly EndDate?: WireTime;
  readonly MaxRecords?: number;
  readonly ScanBy?: 'TimestampDescending' | 'TimestampAscending';
}

interface SetAlarmStateInput {
  readonly AlarmName: string;
  readonly StateValue: AlarmState;
  readonly StateReason: string;
  readonly StateReasonData?: string;
}

interface Named {
  readonly AlarmNames: readonly string[];
}

export interface CloudWatchParts {
  readonly world: World;
  readonly state: CloudWatchState;
  readonly alarms: Alarms;
  readonly evaluator: Evaluator;
}

/** Resource levels: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export function operations(parts: CloudWatchParts): Operations {
  const { world, state } = parts;
  return { ...metricOperations(world, state), ...readOperations(parts), ...writeOperations(parts) };
}

function readOperations({ world, state }: CloudWatchParts): Operations {
  return {
    DescribeAlarms: {
      resources: (input: DescribeAlarmsInput) => describedArns(world, input),
      handle: (input: DescribeAlarmsInput) => describeAlarms(state, input),
    },
    DescribeAlarmHistory: {
      resources: (input: DescribeAlarmHistoryInput) => [alarmArn(world, input.AlarmName ?? '*')],
      handle: (input: DescribeAlarmHistoryInput) => describeHistory(state, input),
    },
    ListDashboards: {
      handle: ({ DashboardNamePrefix = '' }: { readonly DashboardNamePrefix?: string }) => ({
        DashboardEntries: [...state.dashboards.keys()]
          .filter((name) => name.startsWith(DashboardNamePrefix))
          .map((DashboardName) => ({ DashboardName })),
      }),
    },
    GetDashboard: {
      handle: ({ DashboardName }: { readonly DashboardName: string }) => {
        const body = state.dashboards.get(DashboardName);
        if (body === undefined)
          throw new AwsError('ResourceNotFound', `Dashboard ${DashboardName} does not exist`, 404);
        return { DashboardName, DashboardBody: body };
      },
    },
  };
}

function writeOperations({ world, state, alarms, evaluator }: CloudWatchParts): Operations {
  const byName = (input: { readonly AlarmName: string }) => [alarmArn(world, input.AlarmName)];
  const byNames = (input: Named) => input.AlarmNames.map((name) => alarmArn(world, name));
  const enable = (input: Named, enabled: boolean) => {
    for (const name of input.AlarmNames) {
      const record = state.alarms.get(name);
      if (record) record.actionsEnabled = enabled;
    }
    return {};
  };
  return {
    PutMetricAlarm: {
      resources: byName,
      handle: (input: MetricAlarm) => (alarms.putMetricAlarm(input), evaluator.start(), {}),
    },
    PutCompositeAlarm: { resources: byName, handle: (input: CompositeAlarm) => (alarms.putCompositeAlarm(input), {}) },
    DeleteAlarms: { resources: byNames, handle: (input: Named) => (alarms.delete(input.AlarmNames), {}) },
    EnableAlarmActions: { resources: byNames, handle: (input: Named) => enable(input, true) },
    DisableAlarmActions: { resources: byNames, handle: (input: Named) => enable(input, false) },
    SetAlarmState: { resources: byName, handle: (input: SetAlarmStateInput) => setState(alarms, evaluator, input) },
  };
}

function alarmArn(world: World, name: string): string {
  return arn(world, 'cloudwatch', `alarm:${name}`);
}

/** "to return information about composite alarms ... permission that is scoped to *" */
function describedArns(world: World, input: DescribeAlarmsInput): readonly string[] {
  if (input.AlarmTypes?.includes('CompositeAlarm') || !input.AlarmNames?.length) return ['*'];
  return input.AlarmNames.map((name) => alarmArn(world, name));
}

/** "If you omit AlarmTypes, only metric alarms are returned, even if composite alarms exist in the account." */
function describeAlarms(state: CloudWatchState, input: DescribeAlarmsInput) {
  const types = input.AlarmTypes?.length ? input.AlarmTypes : ['MetricAlarm'];
  const found = [...state.alarms.values()].filter(
    (record) => types.includes(record.kind) && isWanted(record, input, childrenFilter(state, input)),
  );
  return {
    MetricAlarms: found.filter(isMetricAlarm).map(describe),
    CompositeAlarms: found.filter(isCompositeAlarm).map(describe),
  };
}

function childrenFilter(state: CloudWatchState, input: DescribeAlarmsInput): readonly string[] | undefined {
  const parent = input.ChildrenOfAlarmName === undefined ? undefined : state.alarms.get(input.ChildrenOfAlarmName);
  if (input.ChildrenOfAlarmName === undefined) return undefined;
  return parent && isCompositeAlarm(parent) ? childrenOf(parseRule(parent.configuration.AlarmRule)) : [];
}

function isWanted(record: AlarmRecord, input: DescribeAlarmsInput, children: readonly string[] | undefined): boolean {
  const { AlarmName } = record.configuration;
  return (
    (!input.AlarmNames?.length || input.AlarmNames.includes(AlarmName)) &&
    (input.AlarmNamePrefix === undefined || AlarmName.startsWith(input.AlarmNamePrefix)) &&
    (input.StateValue === undefined || record.state === input.StateValue) &&
    (children === undefined || children.includes(AlarmName))
  );
}

function describe(record: AlarmRecord) {
  return {
    AlarmActions: [],
    OKActions: [],
    InsufficientDataActions: [],
    ...(isMetricAlarm(record) && !record.configuration.Metrics && { Dimensions: [] }),
    ...record.configuration,
    // Of ListTagsForResource only.
    Tags: undefined,
    AlarmArn: record.arn,
    ActionsEnabled: record.actionsEnabled,
    AlarmConfigurationUpdatedTimestamp: wireTime(record.configuredAtMs),
    StateValue: record.state,
    StateReason: record.reason,
    ...(record.reasonData !== undefined && { StateReasonData: record.reasonData }),
    StateUpdatedTimestamp: wireTime(record.updatedAtMs),
    StateTransitionedTimestamp: wireTime(record.transitionedAtMs),
  };
}

function describeHistory(state: CloudWatchState, input: DescribeAlarmHistoryInput) {
  const types = input.AlarmTypes?.length ? input.AlarmTypes : ['MetricAlarm'];
  const records = [...state.alarms.values()].filter((record) =>
    input.AlarmName === undefined ? types.includes(record.kind) : record.configuration.AlarmName === input.AlarmName,
  );
  const fromMs = input.StartDate === undefined ? -Infinity : millisOf(input.StartDate, 'StartDate');
  const toMs = input.EndDate === undefined ? Infinity : millisOf(input.EndDate, 'EndDate');
  const items = records
    .flatMap((record) => record.history.map((item) => ({ record, item })))
    .filter(({ item }) => item.atMs >= fromMs && item.atMs <= toMs)
    .filter(({ item }) => input.HistoryItemType === undefined || item.type === input.HistoryItemType)
    .sort((a, b) => a.item.atMs - b.item.atMs);
  if (input.ScanBy !== 'TimestampAscending') items.reverse();
  return {
    AlarmHistoryItems: items.slice(0, input.MaxRecords ?? 100).map(({ record, item }) => ({
      AlarmName: record.configuration.AlarmName,
      AlarmType: record.kind,
      Timestamp: wireTime(item.atMs),
      HistoryItemType: item.type,
      HistorySummary: item.summary,
      HistoryData: item.data,
    })),
  };
}

/** "This temporary state change lasts only until the next alarm comparison occurs." */
function setState(alarms: Alarms, evaluator: Evaluator, input: SetAlarmStateInput) {
  const record = alarms.find(input.AlarmName);
  if (!['OK', 'ALARM', 'INSUFFICIENT_DATA'].includes(input.StateValue))
    throw new AwsError('ValidationError', `StateValue ${String(input.StateValue)}: OK, ALARM or INSUFFICIENT_DATA`);
  requireJson(input.StateReasonData);
  if (isMetricAlarm(record)) record.heldForWindowEndMs = evaluator.windowEndMs(record.configuration);
  alarms.transition(record, {
    state: input.StateValue,
    reason: input.StateReason,
    ...(input.StateReasonData !== undefined && { reasonData: input.StateReasonData }),
  });
  return {};
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html: InvalidFormat */
function requireJson(text: string | undefined): void {
  if (text === undefined) return;
  try {
    JSON.parse(text);
  } catch {
    throw new AwsError('InvalidFormat', 'StateReasonData was not syntactically valid JSON.');
  }
}
