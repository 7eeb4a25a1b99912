import { arn, AwsError, type World } from '../../core/service';
import { isComparisonOperator } from './alarm-evaluation';
import { timestamp } from './alarm-reason';
import { childrenOf, evaluateRule, parseRule, type Rule } from './composite-rule';
import { validateQueries } from './metric-math';
import { requireStatistic } from './statistics';
import {
  type AlarmRecord,
  type AlarmState,
  type CloudWatchState,
  type CompositeAlarm,
  isCompositeAlarm,
  type MetricAlarm,
} from './state';

const HISTORY_MAX = 500;

export interface Verdict {
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData?: string;
}

/** Creates, changes and removes alarms, and carries each change of state to whatever depends on it. */
export class Alarms {
  constructor(
    private readonly world: World,
    private readonly state: CloudWatchState,
  ) {}

  /** A changed alarm keeps its state. @throws AwsError ValidationError */
  putMetricAlarm(alarm: MetricAlarm): AlarmRecord {
    validateMetricAlarm(alarm);
    return this.put('MetricAlarm', alarm);
  }

  /** @throws AwsError ValidationError */
  putCompositeAlarm(alarm: CompositeAlarm): AlarmRecord {
    this.rejectCycle(alarm.AlarmName, parseRule(alarm.AlarmRule), [alarm.AlarmName]);
    const record = this.put('CompositeAlarm', alarm);
    this.reevaluate(record as AlarmRecord<CompositeAlarm>);
    return record;
  }

  delete(names: readonly string[]): void {
    for (const name of names) this.state.alarms.delete(name);
  }

  /** @throws AwsError ResourceNotFound */
  find(name: string): AlarmRecord {
    const record = this.state.alarms.get(name);
    // Without a sentence: recorded on AWS.
    if (!record) throw new AwsError('ResourceNotFound', '', 404);
    return record;
  }

  /** Sets the state that an evaluation or SetAlarmState came to; does nothing when it is the present one. */
  transition(record: AlarmRecord, verdict: Verdict): void {
    if (record.state === verdict.state) return;
    const previous = { value: record.state, reason: record.reason, reasonData: record.reasonData };
    record.state = verdict.state;
    record.reason = verdict.reason;
    record.reasonData = verdict.reasonData;
    record.updatedAtMs = record.transitionedAtMs = this.world.clock.now();
    this.remember(record, 'StateUpdate', `Alarm updated from ${previous.value} to ${verdict.state}`, {
      version: '1.0',
      oldState: historyState(previous.value, previous.reason, previous.reasonData),
      newState: historyState(verdict.state, verdict.reason, verdict.reasonData),
    });
    this.announce(record, previous.value);
    this.act(record);
    this.reevaluateParentsOf(record);
  }

  private put(kind: AlarmRecord['kind'], configuration: MetricAlarm | CompositeAlarm): AlarmRecord {
    const known = this.state.alarms.get(configuration.AlarmName);
    const now = this.world.clock.now();
    const record: AlarmRecord =
      known?.kind === kind ? known : newRecord(kind, configuration, this.arnOf(configuration), now);
    record.configuration = configuration;
    record.actionsEnabled = configuration.ActionsEnabled ?? true;
    record.configuredAtMs = now;
    this.state.alarms.set(configuration.AlarmName, record);
    const change = known ? 'updated' : 'created';
    this.remember(record, 'ConfigurationUpdate', `Alarm "${configuration.AlarmName}" ${change}`, {
      version: '1.0',
      type: known ? 'Update' : 'Create',
    });
    return record;
  }

  private arnOf({ AlarmName }: MetricAlarm | CompositeAlarm): string {
    return arn(this.world, 'cloudwatch', `alarm:${AlarmName}`);
  }

  private remember(
    record: AlarmRecord,
    type: 'StateUpdate' | 'ConfigurationUpdate' | 'Action',
    summary: string,
    data: unknown,
  ): void {
    record.history.push({ atMs: this.world.clock.now(), type, summary, data: JSON.stringify(data) });
    if (record.history.length > HISTORY_MAX) record.history.shift();
  }

  private announce(record: AlarmRecord, previous: AlarmState): void {
    const { AlarmName } = record.configuration;
    this.world.events.record(
      'cloudwatch',
      'alarm-state',
      `${AlarmName} ${previous} -> ${record.state}: ${record.reason}`,
      {
        alarmName: AlarmName,
        alarmArn: record.arn,
        kind: record.kind,
        previous,
        value: record.state,
        reason: record.reason,
        ...(record.reasonData && { reasonData: JSON.parse(record.reasonData) as unknown }),
      },
    );
  }

  /** Actions are recorded, not carried out: who is notified is outside what a release touches. */
  private act(record: AlarmRecord): void {
    const { AlarmName, AlarmActions, OKActions, InsufficientDataActions } = record.configuration;
    const actions = { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[record.state];
    if (!record.actionsEnabled) return;
    for (const action of actions ?? []) {
      this.remember(record, 'Action', `Successfully executed action ${action}`, { actionState: 'Succeeded', action });
      this.world.events.record('cloudwatch', 'alarm-action', `${AlarmName} ${record.state}: ${action}`, {
        alarmName: AlarmName,
        value: record.state,
        action,
      });
    }
  }

  private rejectCycle(name: string, rule: Rule, path: readonly string[]): void {
    for (const child of childrenOf(rule)) {
      if (child === name)
        throw new AwsError('ValidationError', `AlarmRule refers to itself: ${[...path, child].join(' -> ')}`);
      const record = this.state.alarms.get(child);
      if (record && isCompositeAlarm(record) && !path.includes(child))
        this.rejectCycle(name, parseRule(record.configuration.AlarmRule), [...path, child]);
    }
  }

  /** "the composite alarm is re-evaluated when one of its children changes state" */
  private reevaluateParentsOf(child: AlarmRecord): void {
    for (const record of this.state.alarms.values()) {
      if (!isCompositeAlarm(record)) continue;
      const children = childrenOf(parseRule(record.configuration.AlarmRule));
      if (children.includes(child.configuration.AlarmName)) this.reevaluate(record, child);
    }
  }

  private reevaluate(record: AlarmRecord<CompositeAlarm>, trigger?: AlarmRecord): void {
    const rule = parseRule(record.configuration.AlarmRule);
    const alarming = evaluateRule(rule, (name) => this.state.alarms.get(name)?.state);
    const state = alarming ? 'ALARM' : 'OK';
    const reason = trigger
      ? `${trigger.arn} transitioned to ${trigger.state} at ${longDate(trigger.transitionedAtMs)}`
      : `${record.arn} was created and its alarm rule evaluates to ${state}`;
    this.transition(record, { state, reason, reasonData: this.triggersOf(rule, record) });
  }

  private triggersOf(rule: Rule, parent: AlarmRecord): string {
    const children = childrenOf(rule).map((name) => this.state.alarms.get(name));
    const alarming = children.filter((child) => child !== undefined && child !== parent && child.state === 'ALARM');
    const named = alarming.length > 0 ? alarming : children;
    const triggeringAlarms = named.flatMap((child) =>
      child ? [{ arn: child.arn, state: { value: child.state, timestamp: timestamp(child.transitionedAtMs) } }] : [],
    );
    return JSON.stringify({ triggeringAlarms });
  }
}

function newRecord(
  kind: AlarmRecord['kind'],
  configuration: MetricAlarm | CompositeAlarm,
  alarmArn: string,
  nowMs: number,
): AlarmRecord {
  return {
    kind,
    arn: alarmArn,
    configuration,
    actionsEnabled: true,
    state: 'INSUFFICIENT_DATA',
    reason: 'Unchecked: Initial alarm creation',
    reasonData: undefined,
    updatedAtMs: nowMs,
    transitionedAtMs: nowMs,
    configuredAtMs: nowMs,
    history: [],
  };
}

/** @throws AwsError ValidationError with the value and what is allowed */
function validateMetricAlarm(alarm: MetricAlarm): void {
  const { AlarmName, EvaluationPeriods, DatapointsToAlarm, ComparisonOperator, Metrics } = alarm;
  const fail = (problem: string) => new AwsError('ValidationError', `Alarm ${AlarmName}: ${problem}`);
  if (!isComparisonOperator(ComparisonOperator))
    throw fail(`ComparisonOperator ${String(ComparisonOperator)} is not supported`);
  if (!(EvaluationPeriods >= 1)) throw fail(`EvaluationPeriods ${EvaluationPeriods}: at least 1`);
  if (DatapointsToAlarm !== undefined && !(DatapointsToAlarm >= 1 && DatapointsToAlarm <= EvaluationPeriods))
    throw fail(`DatapointsToAlarm ${DatapointsToAlarm}: from 1 to EvaluationPeriods ${EvaluationPeriods}`);
  if (!Number.isFinite(alarm.Threshold)) throw fail(`Threshold ${alarm.Threshold}: a number is required`);
  if (!Metrics) return validateSingleMetric(alarm, fail);
  if (Metrics.filter(returnsData).length !== 1)
    throw fail('Exactly one element of the metrics list should return data');
  validateQueries(Metrics);
}

function validateSingleMetric(alarm: MetricAlarm, fail: (problem: string) => AwsError): void {
  const statistic = alarm.ExtendedStatistic ?? alarm.Statistic;
  if (!alarm.Namespace || !alarm.MetricName || !statistic)
    throw fail('Namespace, MetricName and a statistic are required');
  if (!(alarm.Period && alarm.Period % 60 === 0))
    throw fail(`Period ${alarm.Period}: a multiple of 60 is supported here`);
  requireStatistic(statistic);
}

export function returnsData(query: { readonly ReturnData?: boolean }): boolean {
  return query.ReturnData !== false;
}

function historyState(stateValue: AlarmState, stateReason: string, stateReasonData: string | undefined): unknown {
  const data = stateReasonData === undefined ? {} : { stateReasonData: JSON.parse(stateReasonData) as unknown };
  return { stateValue, stateReason, ...data };
}

/** `Friday 22 July, 2022 15:57:45 UTC`. */
function longDate(atMs: number): string {
  const date = new Date(atMs);
  const part = (options: Intl.DateTimeFormatOptions) => date.toLocaleString('en-GB', { ...options, timeZone: 'UTC' });
  const day = `${part({ weekday: 'long' })} ${date.getUTCDate().toString().padStart(2, '0')} ${part({ month: 'long' })}`;
  return `${day}, ${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} UTC`;
}
