import { inBackground } from '../../../core/faults';
import type { Timer } from '../../../core/clock';
import { INTERNAL, type World } from '../../../core/service';
import { type Datum, RequestMinute, elbData, requestData, sampled } from './minute';
import type { Model } from '../state';
import type { GroupRuntime } from './targets';

const MINUTE_MS = 60_000;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const DATA_A_CALL = 1000;

/** Healthy and unhealthy hosts as seen through a minute: value and how often. */
interface HostSamples {
  readonly healthy: Map<number, number>;
  readonly unhealthy: Map<number, number>;
}

/** Reports each minute of AWS time to CloudWatch, in namespace AWS/ApplicationELB. */
export class MetricsPublisher {
  private readonly minutes = new Map<string, RequestMinute>();
  private readonly hosts = new Map<string, HostSamples>();
  private timer?: Timer;
  private stopped = false;

  constructor(
    private readonly world: World,
    private readonly model: Model,
    private readonly groups: ReadonlyMap<string, GroupRuntime>,
  ) {}

  start(): void {
    if (this.timer || this.stopped) return;
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  /** The minute that runs now, of a load balancer. */
  minuteOf(loadBalancerArn: string): RequestMinute {
    let minute = this.minutes.get(loadBalancerArn);
    if (!minute) this.minutes.set(loadBalancerArn, (minute = new RequestMinute()));
    return minute;
  }

  /** Takes a sample of a group's healthy and unhealthy hosts; call after each change. */
  sample(group: GroupRuntime): void {
    const { healthy, unhealthy, total } = group.counts();
    if (total === 0 || !this.model.loadBalancerOf(group.arn)) return;
    let samples = this.hosts.get(group.arn);
    if (!samples) this.hosts.set(group.arn, (samples = { healthy: new Map(), unhealthy: new Map() }));
    samples.healthy.set(healthy, (samples.healthy.get(healthy) ?? 0) + 1);
    samples.unhealthy.set(unhealthy, (samples.unhealthy.get(unhealthy) ?? 0) + 1);
  }

  private schedule(): void {
    const nowMs = this.world.clock.now();
    const endMs = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
    this.timer = this.world.clock.after(endMs - nowMs, () => {
      this.schedule();
      inBackground(this.world, this.publish((endMs - MINUTE_MS) / 1000));
    });
  }

  private async publish(timestamp: number): Promise<void> {
    for (const group of this.groups.values()) this.sample(group);
    const data = [...this.loadBalancerData(timestamp), ...this.groupData(timestamp)];
    this.hosts.clear();
    try {
      for (let from = 0; from < data.length; from += DATA_A_CALL) {
        const MetricData = data.slice(from, from + DATA_A_CALL);
        await this.world.call(INTERNAL, 'cloudwatch', 'PutMetricData', { Namespace: 'AWS/ApplicationELB', MetricData });
      }
    } catch (error) {
      if (this.stopped) return;
      const detail = `metrics of a minute were not delivered: ${(error as Error).message}`;
      this.world.events.record('elb', 'metrics-lost', detail, { timestamp });
    }
  }

  private loadBalancerData(timestamp: number): Datum[] {
    const minutes = [...this.minutes];
    this.minutes.clear();
    return minutes.flatMap(([arn, minute]) => {
      const loadBalancer = this.model.loadBalancers.get(arn);
      if (loadBalancer?.type !== 'application') return [];
      const where = { Timestamp: timestamp, Dimensions: [{ Name: 'LoadBalancer', Value: loadBalancer.fullName }] };
      return [...requestData(minute, where), ...elbData(minute, where)];
    });
  }

  private groupData(timestamp: number): Datum[] {
    return [...this.groups.values()].flatMap((group) => {
      const minute = group.minute;
      group.minute = new RequestMinute();
      const loadBalancer = this.model.loadBalancerOf(group.arn);
      if (loadBalancer?.type !== 'application') return [];
      const Dimensions = [
        { Name: 'TargetGroup', Value: group.fullName },
        { Name: 'LoadBalancer', Value: loadBalancer.fullName },
      ];
      const where = { Timestamp: timestamp, Dimensions };
      const samples = this.hosts.get(group.arn);
      return [
        ...requestData(minute, where),
        ...(samples ? sampled('HealthyHostCount', samples.healthy, where) : []),
        ...(samples ? sampled('UnHealthyHostCount', samples.unhealthy, where) : []),
      ];
    });
  }
}
