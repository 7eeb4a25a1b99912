import type { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { CapacityProviderStrategy, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { HealthCheck } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ReleaseAlarmsOptions } from '../alarms/release-alarms-props';
import type { ReleaseGateOptions } from '../gate/release-gate-props';
import type { ReleaseApproval } from '../release/release-approval';
import type { ReleaseEngine } from '../engine/release-engine';
import type { TrafficShift } from '../release/traffic-shift';
import type { SmokeSuite } from '../suite/smoke-suite';
import type { ServiceListener } from '../twins/service-listener';
import type { ServiceTask } from './service-task';

/** Construction properties of `BlueGreenService`. */
export interface BlueGreenServiceProps {
  /** The task that the service runs: an image with a port, or your own task definition. */
  readonly task: ServiceTask;
  /** The VPC of the service. @default - the VPC of `cluster`, else a new one with 2 zones and 1 NAT gateway */
  readonly vpc?: IVpc;
  /** The cluster of the tasks. @default - a new one */
  readonly cluster?: ICluster;
  /** The subnets of the tasks. @default - the private subnets with egress */
  readonly taskSubnets?: SubnetSelection;
  /**
   * Whether tasks get a public address, which they need in public subnets. It cannot change once the service exists.
   * @default - false; it must be set for public `taskSubnets`
   */
  readonly assignPublicIp?: boolean;
  /** The security groups of the tasks. The load balancer may connect to them. @default - a new one */
  readonly securityGroups?: ISecurityGroup[];
  /**
   * Fargate and Fargate Spot by base and weight, in the service and in each release. Your own cluster needs
   * `enableFargateCapacityProviders`. @default - only Fargate
   */
  readonly capacityProviderStrategies?: CapacityProviderStrategy[];
  /** The smallest number of tasks. It changes without a release. @default 2 */
  readonly desiredCount?: number;
  /** The largest number of tasks, if you add a rule to `scaling`. @default - desiredCount */
  readonly maxCapacity?: number;
  /** How long a task that starts may fail health checks. It cannot change once the service exists. @default Duration.minutes(1) */
  readonly healthCheckGracePeriod?: Duration;
  /** The listener where clients connect. @default - ServiceListener.create() */
  readonly listener?: ServiceListener;
  /**
   * The health check of both target groups. Protocol and port are always those of the traffic: the container's port, plain HTTP.
   * @default - path `/health` and status 200, every 10 s with a timeout of half the interval, and 2 results for each change of health
   */
  readonly healthCheck?: HealthCheck;
  /** What green must pass. @default - the path of the health check returns one of its status codes */
  readonly suite?: SmokeSuite;
  /** The options of the gate. @default - those of `ReleaseGate` */
  readonly gate?: ReleaseGateOptions;
  /** The thresholds of the alarms that stop a release. @default - those of `ReleaseAlarms` */
  readonly alarms?: ReleaseAlarmsOptions;
  /** How production traffic moves to green. @default - TrafficShift.canary, 10 percent for 5 minutes */
  readonly trafficShift?: TrafficShift;
  /** Makes each release wait for a person before production traffic moves. @default - no approval */
  readonly approval?: ReleaseApproval;
  /** How long blue is kept after the shift, so that an alarm can still roll back, 0 to 2 days. @default Duration.minutes(10) */
  readonly bakeTime?: Duration;
  /** The number of green tasks that may fail before a release is stopped. @default - half of the tasks, at least 3 and at most 200 */
  readonly maxFailedTasks?: number;
  /** What moves the traffic, with the options that only this engine has. @default - ReleaseEngine.codeDeploy() */
  readonly engine?: ReleaseEngine;
}
