import type { Duration } from 'aws-cdk-lib';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { ISecurityGroup, ISubnet } from 'aws-cdk-lib/aws-ec2';
import type {
  CapacityProviderStrategy,
  FargatePlatformVersion,
  IBaseService,
  TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import type { IDependable } from 'constructs';
import type { IReleaseAlarms } from '../alarms/release-alarms-props';
import type { IReleaseGate } from '../gate/release-gate-props';
import type { BreakGlass } from './break-glass';
import type { TrafficShift } from './traffic-shift';

/** Construction properties of `EcsRelease`. */
export interface EcsReleaseProps {
  /** The deployment group that ships the service. */
  readonly deploymentGroup: IEcsDeploymentGroup;
  /** The service. Its deployment controller is CODE_DEPLOY. */
  readonly service: IBaseService;
  /** The task definition that is shipped. A new revision of it starts a release. Old revisions are kept, because blue runs on one. */
  readonly taskDefinition: TaskDefinition;
  /** The container that receives the traffic. @default - the default container of `taskDefinition` */
  readonly containerName?: string;
  /** The port that the container listens on, 1 to 65535. @default - the first port that the container maps */
  readonly containerPort?: number;
  /** The subnets of the tasks. @default - those of `service`; an imported service needs them here */
  readonly subnets?: ISubnet[];
  /** The security groups of the tasks. @default - those of `service`; an imported service needs them here */
  readonly securityGroups?: ISecurityGroup[];
  /** Whether tasks get a public address. @default - as in `service`; false for an imported service */
  readonly assignPublicIp?: boolean;
  /** The platform version that the tasks run on. @default - that of `service`; the latest for an imported service */
  readonly platformVersion?: FargatePlatformVersion;
  /** The capacity providers, which CodeDeploy takes from each release. @default - those of `service` */
  readonly capacityProviderStrategies?: CapacityProviderStrategy[];
  /** The gate that a release must pass. @default - no gate: only CodeDeploy and the alarms decide */
  readonly gate?: IReleaseGate;
  /** The alarms to name when one of them stopped a release, only metric alarms. @default - none */
  readonly alarms?: IReleaseAlarms;
  /** The number of green tasks that may fail before the release is stopped. @default - half of the tasks, at least 3 and at most 200 */
  readonly maxFailedTasks?: number;
  /** How long green may take to become healthy, whole seconds up to 60 min. @default Duration.minutes(10) */
  readonly startTimeout?: Duration;
  /** How long the deployment group waits for a person. It is part of the hour that a release has. @default - no approval */
  readonly approvalTimeout?: Duration;
  /** Lets this one release pass although it should not. @default - from the context of the app, else none */
  readonly breakGlass?: BreakGlass;
  /** How the deployment group shifts traffic, to add up the time of a release. @default - the shift is not added up */
  readonly trafficShift?: TrafficShift;
  /** The name of the service in messages. @default - the id of the enclosing construct */
  readonly serviceName?: string;
  /** What must be in place before a release starts, in addition to the props above. @default - nothing else */
  readonly dependencies?: IDependable[];
}
