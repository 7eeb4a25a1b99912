import type { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IBaseService, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { IReleaseAlarms } from '../alarms/release-alarms-props';
import type { SmokeSuite } from '../suite/smoke-suite';
import type { ITwinEnvironments } from '../twins/imported-twin-environments';
import type { CustomCheck, VersionHeader } from './custom-check';
import type { LifecycleEvent } from './lifecycle-event';

/** The hook functions that let a release pass or fail. */
export interface IReleaseGate extends IConstruct {
  /** The lifecycle events at which this gate runs, in their order. */
  readonly lifecycleEvents: LifecycleEvent[];
  /** The function that runs at a lifecycle event. */
  functionOf(event: LifecycleEvent): IFunction;
  /** The log group that holds the verdicts of a lifecycle event. */
  logGroupOf(event: LifecycleEvent): ILogGroup;
  /** How long the gate may take at a lifecycle event. The value is unresolved when it is not known at synth. */
  timeoutOf(event: LifecycleEvent): Duration;
}

/** The options of a gate, also of the one that `BlueGreenService` creates. */
export interface ReleaseGateOptions {
  /** The timeout of one run of the suite, 10 s to 14 min. @default Duration.minutes(5) */
  readonly timeout?: Duration;
  /**
   * How long the suite must pass and the alarms must be quiet on the production listener after all traffic has moved, up to
   * 50 min. It is part of the hour that a release has. @default - one run of the suite
   */
  readonly bakeCheckTime?: Duration;
  /** Whether a release is refused before anything starts when the live side is not fit for it. @default true */
  readonly preflight?: boolean;
  /**
   * Whether green is tested again before each step of production traffic, also the first: alarms, identity, suite, and custom
   * checks with `BEFORE_ALLOW_TRAFFIC`, on the test listener. Only ECS calls a gate there. @default false
   */
  readonly stepCheck?: boolean;
  /** The header in which green says which version it is. @default - only the target group identifies green */
  readonly versionHeader?: VersionHeader;
  /** Your own functions as further checks. @default - none */
  readonly customChecks?: CustomCheck[];
  /**
   * Further alarms that must be quiet, also composite ones. Only the gate reads them: they refuse or fail a release, and do not
   * stop a shift. @default - none
   */
  readonly additionalAlarms?: IAlarm[];
  /** Whether an alarm without data fails the gate. @default - false, because green had no traffic yet */
  readonly failOnInsufficientData?: boolean;
  /**
   * The security group of the functions. The listeners let it in. Egress to them and to AWS's APIs is added to the group unless
   * it lets everything out. @default - a new one, used for nothing else
   */
  readonly securityGroup?: ISecurityGroup;
  /**
   * The subnets of the functions, never public ones. Isolated subnets need VPC endpoints to AWS's APIs.
   * @default - the private subnets with egress
   */
  readonly vpcSubnets?: SubnetSelection;
  /** How long the gate's logs are kept. @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
}

/** Construction properties of `ReleaseGate`. */
export interface ReleaseGateProps extends ReleaseGateOptions {
  /** The VPC of the functions. It needs private subnets with egress, or `vpcSubnets`. */
  readonly vpc: IVpc;
  /** The twin environments whose listeners are tested. */
  readonly twins: ITwinEnvironments;
  /** The deployment group whose deployments call the gate. @default - none: deployments by ECS itself in `cluster` call it */
  readonly deploymentGroup?: IEcsDeploymentGroup;
  /** The service that CodeDeploy ships, to tell green from the live side. @default - none, if ECS itself deploys */
  readonly service?: IBaseService;
  /** The cluster of a service that ECS itself deploys, whose hooks call the gate. @default - none, if CodeDeploy deploys */
  readonly cluster?: ICluster;
  /** What green must pass, on the test listener and again on the production listener. */
  readonly suite: SmokeSuite;
  /** The alarms of the release, which must be quiet. @default - none */
  readonly alarms?: IReleaseAlarms;
  /** The name of the service in verdicts. @default - the id of the enclosing construct */
  readonly serviceName?: string;
}

/** Every alarm that the gate reads. */
export function alarmsOf({ alarms, additionalAlarms }: ReleaseGateProps): readonly IAlarm[] {
  return [...(alarms?.alarms ?? []), ...(additionalAlarms ?? [])];
}
