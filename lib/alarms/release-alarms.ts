import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type Dashboard,
  type IAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { errorRate, latency } from './alarm-metrics';
import { alarmPlaceProblems } from './alarm-place';
import { dashboardOf, releaseWidgets } from './dashboard';
import type { IReleaseAlarms, ReleaseAlarmsProps } from './release-alarms-props';
import { type Side, SIDES, twinMetric } from '../twins/metrics';
import { durationProblem, numberProblem, refuseAll } from '../internal/validate';

/**
 * What stops a release: 5xx rate over some minutes and over a single one, p99 latency and unhealthy hosts of both target groups, since blue and green swap
 * roles at each release. `alarms` is for CodeDeploy, which supports only single alarms; `composite` is the one state for
 * people and notifications.
 */
export class ReleaseAlarms extends Construct implements IReleaseAlarms {
  /** Metric alarms that exist already, for a release and its gate. */
  public static fromAlarms(scope: Construct, id: string, alarms: IAlarm[]): IReleaseAlarms {
    return new ImportedReleaseAlarms(scope, id, alarms);
  }

  /** Every alarm that stops a release: eight of the twins and the additional ones. */
  public readonly alarms: IAlarm[];
  /** In ALARM when any of them is. */
  public readonly composite: CompositeAlarm;
  /** The alarms, and both sides under each other's light; one dashboard for the services of a stack. */
  public readonly dashboard: Dashboard;

  public constructor(scope: Construct, id: string, props: ReleaseAlarmsProps) {
    super(scope, id);
    validate(this, props);
    const service = props.serviceName ?? this.node.scope?.node.id ?? id;
    const own = SIDES.flatMap((side) => [
      this.createErrorRate(side, service, props),
      this.createSevereErrorRate(side, service, props),
      this.createLatency(side, service, props),
      this.createUnhealthyHosts(side, service, props),
    ]);
    this.alarms = [...own, ...(props.additionalAlarms ?? [])];
    this.composite = new CompositeAlarm(this, 'Composite', {
      alarmDescription:
        `A release of ${service} would be stopped now, or was. One of its alarms fires: open the dashboard, ` +
        'read the description of that alarm, and ship again when it is quiet.',
      alarmRule: AlarmRule.anyOf(...this.alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
    });
    this.dashboard = dashboardOf(this);
    const { alarms, composite } = this;
    for (const row of releaseWidgets({ service, twins: props.twins, alarms, composite }))
      this.dashboard.addWidgets(...row);
  }

  private createErrorRate(side: Side, service: string, props: ReleaseAlarmsProps): Alarm {
    const threshold = props.errorRatePercent ?? 5;
    return this.createAlarm(`${side}5xxRate`, {
      metric: errorRate(props.twins, side, props.minRequests ?? 10),
      threshold,
      periods: props.evaluationPeriods ?? 2,
      description:
        `More than ${threshold} % of the requests to the ${side.toLowerCase()} tasks of ${service} ended in a 5xx or got no response of a task. ` +
        'During a release it rolls back. Check the service log and fix the errors before the next release.',
    });
  }

  /** One minute: what nearly everybody meets must not wait for a second one. */
  private createSevereErrorRate(side: Side, service: string, props: ReleaseAlarmsProps): Alarm {
    const threshold = props.severeErrorRatePercent ?? Math.max(SEVERE_PERCENT, props.errorRatePercent ?? 0);
    return this.createAlarm(`${side}5xxSevere`, {
      metric: errorRate(props.twins, side, props.minRequests ?? 10),
      threshold,
      periods: 1,
      description:
        `More than ${threshold} % of the requests to the ${side.toLowerCase()} tasks of ${service} failed in one minute: with a 5xx, or without a response of a task. ` +
        'During a release it rolls back. Check the stopped tasks and the service log, and fix the errors before the next release.',
    });
  }

  private createLatency(side: Side, service: string, props: ReleaseAlarmsProps): Alarm {
    const limit = props.latencyP99 ?? Duration.seconds(1);
    return this.createAlarm(`${side}LatencyP99`, {
      metric: latency(props.twins, side, props.minRequests ?? 10),
      // A token keeps its unit.
      threshold: limit.isUnresolved() ? limit.toSeconds() : limit.toMilliseconds() / 1000,
      periods: props.evaluationPeriods ?? 2,
      description:
        `One of a hundred requests to the ${side.toLowerCase()} tasks of ${service} took longer than ${limit.isUnresolved() ? `${limit.toSeconds()} s` : `${limit.toMilliseconds()} ms`}. ` +
        'During a release it rolls back. Compare both sides on the dashboard: both slow means a dependency or too few tasks, one slow means that version.',
    });
  }

  /** Longer than a task takes to start: until then it may fail health checks. */
  private createUnhealthyHosts(side: Side, service: string, { twins, unhealthyAfter }: ReleaseAlarmsProps): Alarm {
    const after = unhealthyAfter ?? UNHEALTHY_AFTER;
    const periods = after.isUnresolved() ? UNHEALTHY_AFTER.toMinutes() : after.toMinutes();
    return this.createAlarm(`${side}UnhealthyHosts`, {
      metric: twinMetric(twins, side, 'UnHealthyHostCount', 'Maximum'),
      threshold: 0,
      periods,
      description:
        `A ${side.toLowerCase()} task of ${service} has failed its health check for ${periods} ${periods === 1 ? 'minute' : 'minutes'}. ` +
        'During a release it rolls back. Check the stopped reason of the tasks and the response of the health check.',
    });
  }

  /**
   * Missing data means that a side has no requests or no tasks, as the idle twin has between releases: it
   * must not fire. A metric that is missing because nothing works is what the gate's smoke suite finds.
   */
  private createAlarm(
    id: string,
    options: { metric: IMetric; threshold: number; periods: number; description: string },
  ): Alarm {
    return new Alarm(this, id, {
      metric: options.metric,
      threshold: options.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: options.periods,
      datapointsToAlarm: options.periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: options.description,
    });
  }
}

class ImportedReleaseAlarms extends Construct implements IReleaseAlarms {
  public constructor(
    scope: Construct,
    id: string,
    public readonly alarms: IAlarm[],
  ) {
    super(scope, id);
  }
}

const SEVERE_PERCENT = 40;
const UNHEALTHY_AFTER = Duration.minutes(3);
const DAY_SECONDS = 24 * 60 * 60;

function validate(scope: ReleaseAlarms, props: ReleaseAlarmsProps): void {
  const own = 8;
  const room = 10 - own;
  const additional = props.additionalAlarms?.length ?? 0;
  refuseAll(scope, [
    numberProblem('errorRatePercent', props.errorRatePercent ?? 5, { min: 0, max: 100 }),
    numberProblem('severeErrorRatePercent', props.severeErrorRatePercent ?? SEVERE_PERCENT, { min: 0, max: 100 }),
    durationProblem('unhealthyAfter', props.unhealthyAfter ?? UNHEALTHY_AFTER, {
      minSeconds: 60,
      maxSeconds: DAY_SECONDS,
      stepSeconds: 60,
    }),
    numberProblem('minRequests', props.minRequests ?? 10, { min: 1, max: 1_000_000, whole: true }),
    numberProblem('evaluationPeriods', props.evaluationPeriods ?? 2, { min: 1, max: 10, whole: true }),
    durationProblem('latencyP99', props.latencyP99 ?? Duration.seconds(1), {
      minSeconds: 0.001,
      maxSeconds: 4000,
      stepSeconds: 0,
    }),
    additional > room
      ? `${additional} additionalAlarms: CodeDeploy takes 10 alarms and ${own} are the release's own, so ${room} at most: combine yours in metric math`
      : undefined,
    (props.additionalAlarms ?? []).some((alarm) => alarm instanceof CompositeAlarm)
      ? 'additionalAlarms has a composite alarm: CodeDeploy supports only metric alarms: pass the alarms behind it'
      : undefined,
    ...alarmPlaceProblems(scope, 'additionalAlarms', props.additionalAlarms),
  ]);
}
