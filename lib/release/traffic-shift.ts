import { Duration, Stack, Token } from 'aws-cdk-lib';
import { EcsDeploymentConfig, type IEcsDeploymentConfig, TrafficRouting } from 'aws-cdk-lib/aws-codedeploy';
import type { Construct } from 'constructs';
import { type Schedule, shiftDurationMs, type TimeBased } from '../../aws/traffic-schedule';
import { durationProblem, numberProblem, refuseAll } from '../internal/validate';

/** How much, and how long, for `TrafficShift.canary` and `TrafficShift.linear`. */
export interface TrafficShiftOptions {
  /** Share of production traffic in percent, 1 to 99: of the canary, or of each linear step. */
  readonly percent: number;
  /** Whole minutes from 1 to 2880: until the rest follows a canary, or between two linear steps. */
  readonly interval: Duration;
}

/** How production traffic moves from blue to green. */
export class TrafficShift {
  /** All production traffic at once. */
  public static allAtOnce(): TrafficShift {
    return new TrafficShift({ type: 'AllAtOnce' });
  }

  /** `percent` of the traffic first, the rest after `interval`. */
  public static canary(options: TrafficShiftOptions): TrafficShift {
    return new TrafficShift(timeBased('TimeBasedCanary', options));
  }

  /** `percent` more of the traffic at the start of each `interval`. */
  public static linear(options: TrafficShiftOptions): TrafficShift {
    return new TrafficShift(timeBased('TimeBasedLinear', options));
  }

  private constructor(private readonly schedule: Schedule) {}

  /** For people: `shift of 10 % every 5 min`. */
  public get description(): string {
    const { schedule } = this;
    if (schedule.type === 'AllAtOnce') return 'shift all at once';
    const joint = schedule.type === 'TimeBasedCanary' ? 'then the rest after' : 'every';
    return `shift of ${schedule.percent} % ${joint} ${schedule.intervalMinutes} min`;
  }

  /** For how long production traffic is split; zero when the numbers are tokens, as nothing is known then. */
  public get duration(): Duration {
    const known = !Object.values(this.schedule).some((value) => Token.isUnresolved(value));
    return Duration.millis(known ? shiftDurationMs(this.schedule) : 0);
  }

  /**
   * The CodeDeploy configuration of this shift: a predefined one where it matches, else one that equal shifts of the
   * stack share.
   *
   * @throws Error when percent or interval are out of range: value, limit and remedy
   */
  public bind(scope: Construct): IEcsDeploymentConfig {
    const { schedule } = this;
    if (schedule.type === 'AllAtOnce') return EcsDeploymentConfig.ALL_AT_ONCE;
    refuseAll(scope, problems(schedule.percent, schedule.intervalMinutes));
    const predefined = PREDEFINED.get(`${schedule.type} ${schedule.percent} ${schedule.intervalMinutes}`);
    if (predefined) return predefined();
    return sharedConfig(scope, schedule);
  }
  /**
   * The strategy of a deployment by ECS itself.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-deploymentconfiguration.html
   * @internal
   */
  public _ecsStrategy(): { [property: string]: unknown } {
    const { schedule } = this;
    if (schedule.type === 'AllAtOnce') return { Strategy: 'BLUE_GREEN' };
    const { percent, intervalMinutes } = schedule;
    return schedule.type === 'TimeBasedCanary'
      ? {
          Strategy: 'CANARY',
          CanaryConfiguration: { CanaryPercent: percent, CanaryBakeTimeInMinutes: intervalMinutes },
        }
      : { Strategy: 'LINEAR', LinearConfiguration: { StepPercent: percent, StepBakeTimeInMinutes: intervalMinutes } };
  }

  /** @internal */
  public _ecsProblems(otherEngine: string): (string | undefined)[] {
    const { schedule } = this;
    if (schedule.type === 'AllAtOnce') return [];
    const linear = schedule.type === 'TimeBasedLinear';
    const what = linear ? 'linear step' : 'canary';
    return [
      numberProblem(`percent of the ${what}`, schedule.percent, {
        min: linear ? ECS_STEP_PERCENT_MIN : 1,
        max: 99,
        whole: true,
        remedy: `larger, or ${otherEngine}`,
      }),
      Token.isUnresolved(schedule.intervalMinutes)
        ? undefined
        : durationProblem(`interval of the ${what}`, Duration.minutes(schedule.intervalMinutes), {
            minSeconds: 60,
            maxSeconds: ECS_STEP_MINUTES_MAX * 60,
            stepSeconds: 60,
            remedy: `shorter, or ${otherEngine}`,
          }),
    ];
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html */
const ECS_STEP_PERCENT_MIN = 3;
const ECS_STEP_MINUTES_MAX = 1440;

function sharedConfig(scope: Construct, schedule: TimeBased): IEcsDeploymentConfig {
  const { type, percent: percentage, intervalMinutes } = schedule;
  const interval = Duration.minutes(intervalMinutes);
  // What is not known cannot be compared.
  const known = !Token.isUnresolved(percentage) && !Token.isUnresolved(intervalMinutes);
  const [owner, id] = known
    ? [Stack.of(scope), `Greenlight${type}${percentage}Percent${intervalMinutes}Minutes`]
    : [scope, 'TrafficShift'];
  const made = owner.node.tryFindChild(id) as EcsDeploymentConfig | undefined;
  return (
    made ??
    new EcsDeploymentConfig(owner, id, {
      trafficRouting:
        type === 'TimeBasedCanary'
          ? TrafficRouting.timeBasedCanary({ percentage, interval })
          : TrafficRouting.timeBasedLinear({ percentage, interval }),
    })
  );
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html */
const PREDEFINED = new Map<string, () => IEcsDeploymentConfig>([
  ['TimeBasedCanary 10 5', () => EcsDeploymentConfig.CANARY_10PERCENT_5MINUTES],
  ['TimeBasedCanary 10 15', () => EcsDeploymentConfig.CANARY_10PERCENT_15MINUTES],
  ['TimeBasedLinear 10 1', () => EcsDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTES],
  ['TimeBasedLinear 10 3', () => EcsDeploymentConfig.LINEAR_10PERCENT_EVERY_3MINUTES],
]);

function timeBased(type: 'TimeBasedCanary' | 'TimeBasedLinear', options: TrafficShiftOptions): Schedule {
  return { type, percent: options.percent, intervalMinutes: options.interval.toMinutes({ integral: false }) };
}

function problems(percent: number, intervalMinutes: number): (string | undefined)[] {
  const remedy = 'use TrafficShift.allAtOnce() to shift everything in one step';
  return [
    numberProblem('percent', percent, { min: 1, max: 99, whole: true, remedy }),
    Token.isUnresolved(intervalMinutes)
      ? undefined
      : durationProblem('interval', Duration.minutes(intervalMinutes), {
          minSeconds: 60,
          maxSeconds: 2880 * 60,
          stepSeconds: 60,
          remedy,
        }),
  ];
}
