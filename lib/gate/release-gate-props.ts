import type { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CustomCheck, VersionHeader } from './custom-check';
import type { SmokeSuite } from '../suite/smoke-suite';
import type { ITwinEnvironments } from '../twins/imported-twin-environments';

/** Construction properties of `ReleaseGate`. */
export interface ReleaseGateProps {
  /** Where the gate's functions connect from; it needs private subnets with a way out. */
  readonly vpc: IVpc;
  /** The listeners to test. */
  readonly twins: ITwinEnvironments;
  /** The deployment group whose deployments the gate answers. */
  readonly deploymentGroup: IEcsDeploymentGroup;
  /** The service that it ships, to tell the candidate from the live side. */
  readonly service: IBaseService;
  /** What green must pass, on the test listener and again on the production listener. */
  readonly suite: SmokeSuite;
  /** Alarms that must be quiet. @default - none */
  readonly alarms?: IAlarm[];
  /** Whether an alarm without data fails the gate. @default - false, the candidate had no traffic yet */
  readonly failOnInsufficientData?: boolean;
  /** The header in which the candidate says which version it is. @default - the target group alone proves it */
  readonly versionHeader?: VersionHeader;
  /** Functions of your own as further checks. @default - none */
  readonly customChecks?: CustomCheck[];
  /** Whether a release is refused before anything starts when the live side is not fit for it. @default true */
  readonly preflight?: boolean;
  /**
   * How long the suite must pass and the alarms be quiet on the production listener after all traffic moved, up to
   * 50 min; it is part of the hour that a release has. @default - one run of the suite
   */
  readonly bakeCheckTime?: Duration;
  /** Names the service in verdicts. @default - the id of the enclosing construct */
  readonly serviceName?: string;
  /**
   * Of the functions, for rules of your own; the listeners let it in. Its way out to them and to AWS's APIs is added unless it lets
   * everything out. @default - a new one, used for nothing else
   */
  readonly securityGroup?: ISecurityGroup;
  /** Subnets of the functions. @default - the private subnets with egress */
  readonly vpcSubnets?: SubnetSelection;
  /** Limit of one run of the suite, 10 s to 14 min. @default Duration.minutes(5) */
  readonly timeLimit?: Duration;
  /** How long the gate's logs are kept. @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
}
