import { recordFault } from '../../core/faults';
import type { Timer } from '../../core/clock';
import type { World } from '../../core/service';
import { assess, evaluationRange } from './alarm-evaluation';
import { periodOf, reasonDataOf, reasonOf } from './alarm-reason';
import { type Alarms, returnsData } from './alarms';
import { evaluateQuery, type MetricDataQuery } from './metric-math';
import type { Grid, Points } from './metric-store';
import { type AlarmRecord, type CloudWatchState, isMetricAlarm, type MetricAlarm } from './state';

/** Evaluates every metric alarm each `alarmEvaluationMs`, on the datapoints that are visible by then. */
export class Evaluator {
  private timer: Timer | undefined;
  private stopped = false;

  constructor(
    private readonly world: World,
    private readonly state: CloudWatchState,
    private readonly alarms: Alarms,
  ) {}

  /** Begins with the first alarm, so that a world without alarms has no timer. */
  start(): void {
    if (this.timer || this.stopped) return;
    this.timer = this.world.clock.after(this.world.parameters.alarmEvaluationMs, () => {
      this.timer = undefined;
      this.evaluateAll();
      this.start();
    });
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  /** End of the newest period that is wholly visible: a datapoint shows `metricDelayMs` after its period ended. */
  windowEndMs(alarm: MetricAlarm): number {
    const periodMs = periodOf(alarm) * 1000;
    return Math.floor((this.world.clock.now() - this.world.parameters.metricDelayMs) / periodMs) * periodMs;
  }

  private evaluateAll(): void {
    for (const record of [...this.state.alarms.values()].filter(isMetricAlarm)) {
      try {
        this.evaluate(record);
      } catch (error) {
        // One alarm that cannot be evaluated does not keep the others from firing.
        recordFault(this.world.events, error);
      }
    }
  }

  private evaluate(record: AlarmRecord<MetricAlarm>): void {
    const alarm = record.configuration;
    const endMs = this.windowEndMs(alarm);
    if (record.heldForWindowEndMs === endMs) return;
    delete record.heldForWindowEndMs;
    const range = this.datapoints(alarm, endMs);
    const assessment = assess(alarm, range, record.state);
    this.alarms.transition(record, {
      state: assessment.state,
      reason: reasonOf(alarm, assessment),
      reasonData: reasonDataOf(alarm, assessment, this.world.clock.now()),
    });
  }

  private datapoints(alarm: MetricAlarm, endMs: number) {
    const periodMs = periodOf(alarm) * 1000;
    const length = evaluationRange(alarm.EvaluationPeriods);
    const grid: Grid = { startMs: endMs - length * periodMs, periodMs, length };
    const values = this.points(alarm, grid);
    return values.map((value, index) => ({ atMs: grid.startMs + index * periodMs, value }));
  }

  private points(alarm: MetricAlarm, grid: Grid): Points {
    const queries = queriesOf(alarm);
    const returned = queries.find(returnsData) as MetricDataQuery;
    return evaluateQuery(returned.Id, queries, grid, (stat, on) => this.state.metrics.read(stat, on));
  }
}

/** A single-metric alarm as the one query that it is. */
function queriesOf(alarm: MetricAlarm): readonly MetricDataQuery[] {
  if (alarm.Metrics) return alarm.Metrics;
  const { Namespace = '', MetricName = '', Dimensions } = alarm;
  const Stat = alarm.ExtendedStatistic ?? alarm.Statistic ?? 'Average';
  const Metric = { Namespace, MetricName, ...(Dimensions && { Dimensions }) };
  return [{ Id: 'm1', MetricStat: { Metric, Period: periodOf(alarm), Stat } }];
}
