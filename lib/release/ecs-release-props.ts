import type { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { ISecurityGroup, ISubnet } from 'aws-cdk-lib/aws-ec2';
import type {
  CapacityProviderStrategy,
  FargatePlatformVersion,
  IBaseService,
  TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import type { IDependable } from 'constructs';
import type { BreakGlass } from './break-glass';
import type { ReleaseGate } from '../gate/release-gate';
import type { TrafficShift } from './traffic-shift';

/** Construction properties of `EcsRelease`. */
export interface EcsReleaseProps {
  /** Ships the service. */
  readonly deploymentGroup: IEcsDeploymentGroup;
  /** The service; its deployment controller is CODE_DEPLOY. */
  readonly service: IBaseService;
  /** What is shipped: a new revision of it starts a release. Old revisions are kept, as blue runs on one. */
  readonly taskDefinition: TaskDefinition;
  /** The container that serves. */
  readonly containerName: string;
  /** The port that it listens on, 1 to 65535. */
  readonly containerPort: number;
  /** Subnets of the tasks. */
  readonly subnets: ISubnet[];
  /** Security groups of the tasks. */
  readonly securityGroups: ISecurityGroup[];
  /** Whether tasks get a public address. @default false */
  readonly assignPublicIp?: boolean;
  /** The platform that the tasks run on. @default FargatePlatformVersion.LATEST */
  readonly platformVersion?: FargatePlatformVersion;
  /** Repeated in each release, as CodeDeploy drops what it is not told. @default - none */
  readonly capacityProviderStrategies?: CapacityProviderStrategy[];
  /** What a release must pass. @default - no gate: CodeDeploy and the alarms alone decide */
  readonly gate?: ReleaseGate;
  /** Alarms to name when one of them stopped a release, metric alarms alone. @default - none */
  readonly alarms?: IAlarm[];
  /** Green tasks that may fail before the release is stopped. @default - half of the tasks, 3 at least and 200 at most */
  readonly failedTasksMax?: number;
  /** How long green may take to become healthy, whole seconds up to 60 min. @default Duration.minutes(10) */
  readonly startTimeLimit?: Duration;
  /** How long the deployment group waits for a person, to add it up. @default - no approval */
  readonly approvalTimeLimit?: Duration;
  /** Lets this one release pass although it should not. @default - taken from the app's context, else none */
  readonly breakGlass?: BreakGlass;
  /** How the deployment group shifts traffic, to add up the time a release takes. @default - not added up */
  readonly trafficShift?: TrafficShift;
  /** Names the service in messages. @default - the id of the enclosing construct */
  readonly serviceName?: string;
  /** What must be in place before a release starts, besides the props above. @default - nothing else */
  readonly dependencies?: IDependable[];
}
