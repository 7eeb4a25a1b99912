import type { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type {
  CapacityProviderStrategy,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  ICluster,
  Secret,
} from 'aws-cdk-lib/aws-ecs';
import type {
  IApplicationListener,
  IApplicationLoadBalancer,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { CustomCheck, VersionHeader } from '../gate/custom-check';
import type { ReleaseApproval } from '../release/release-approval';
import type { SmokeSuite } from '../suite/smoke-suite';
import type { TrafficShift } from '../release/traffic-shift';

/** Construction properties of `BlueGreenService`. */
export interface BlueGreenServiceProps {
  /** The port that the container listens on, plain HTTP, 1 to 65535. */
  readonly port: number;
  /** What to run; this or `taskDefinition`. @default - the image of `taskDefinition` */
  readonly image?: ContainerImage;
  /** A task definition of your own instead of `image`. @default - made from `image` */
  readonly taskDefinition?: FargateTaskDefinition;
  /** The container that serves. @default - `app`, or the default container of `taskDefinition` */
  readonly containerName?: string;
  /** Environment variables of the container made from `image`. @default - none */
  readonly environment?: { [name: string]: string };
  /** Secrets of the container made from `image`, as environment variables. @default - none */
  readonly secrets?: { [name: string]: Secret };
  /** What the application itself may do in AWS; for a task made from `image`. @default - a new role with no permission */
  readonly taskRole?: IRole;
  /** Pulls the image, reads secrets, writes logs; for a task made from `image`. @default - a new role */
  readonly executionRole?: IRole;
  /** Where the container made from `image` logs. @default - a new one, kept for three months */
  readonly logGroup?: ILogGroup;
  /** What the container made from `image` is built for. @default CpuArchitecture.X86_64 */
  readonly cpuArchitecture?: CpuArchitecture;
  /** CPU units of a task: 256 is a quarter of a vCPU. @default 256 */
  readonly cpu?: number;
  /** Memory of a task. @default 512 */
  readonly memoryLimitMiB?: number;
  /** Where everything lives. @default - the VPC of `cluster`, else a new one: 2 zones, 1 NAT gateway */
  readonly vpc?: IVpc;
  /** The cluster of the tasks. @default - a new one */
  readonly cluster?: ICluster;
  /** Subnets of the tasks. @default - the private subnets with egress */
  readonly taskSubnets?: SubnetSelection;
  /**
   * Whether tasks get a public address; it is needed in public subnets. Fixed once the service exists.
   * @default - false; `taskSubnets` that are public need an answer
   */
  readonly assignPublicIp?: boolean;
  /**
   * Subnets of the gate's functions, never public ones: isolated ones need VPC endpoints to AWS's APIs.
   * @default - the private subnets with egress
   */
  readonly gateSubnets?: SubnetSelection;
  /** Security groups of the tasks; the load balancer is let in. @default - a new one */
  readonly securityGroups?: ISecurityGroup[];
  /**
   * Fargate and Fargate Spot by base and weight, in the service and in each release. A cluster of your own must know the
   * providers: `enableFargateCapacityProviders`. @default - Fargate alone
   */
  readonly capacityProviderStrategies?: CapacityProviderStrategy[];
  /** Tasks that run at least. It changes without a release. @default 2 */
  readonly desiredCount?: number;
  /** Tasks that run at most, when you add a rule to `scaling`. @default - desiredCount */
  readonly maximumCount?: number;
  /** How long a starting task may fail health checks; fixed once the service exists. @default Duration.minutes(1) */
  readonly healthCheckGracePeriod?: Duration;
  /** The load balancer to listen on. @default - a new one */
  readonly loadBalancer?: IApplicationLoadBalancer;
  /** A listener of `loadBalancer` that exists: production becomes a rule on it. @default - a listener of its own */
  readonly productionListener?: IApplicationListener;
  /** Which requests of the existing listeners are for this service. @default - none: listeners of its own */
  readonly conditions?: ListenerCondition[];
  /** Of the rule on `productionListener`, 1 to 50000; lower is asked first. @default - no rule */
  readonly priority?: number;
  /** A listener that exists for the gate alone: test traffic becomes a rule on it. @default - a listener of its own */
  readonly testListener?: IApplicationListener;
  /** Of the rule on `testListener`. @default - that of `priority` */
  readonly testPriority?: number;
  /** Whether anyone may reach a production listener of its own. @default true */
  readonly open?: boolean;
  /** Whether port 80 redirects to HTTPS. @default - true with a certificate and a new load balancer */
  readonly redirectHttp?: boolean;
  /** Whether a new load balancer is reachable from the internet. @default true */
  readonly internetFacing?: boolean;
  /** Makes the listeners HTTPS. @default - plain HTTP, with a warning at synth */
  readonly certificate?: ICertificate;
  /** The name that clients use and the certificate covers. @default - the first host name of `conditions`, else the load balancer's own name */
  readonly domainName?: string;
  /** The port that clients use. @default - 443 with a certificate, else 80 */
  readonly productionPort?: number;
  /** The port of the test listener, for the gate alone. @default - 9443 with a certificate, else 9080 */
  readonly testPort?: number;
  /** Answers one of `healthCheckCodes` when a task can serve. @default /health */
  readonly healthCheckPath?: string;
  /** The status codes of a task that can serve, 200 to 499: `200`, `200,204` or `200-299`. @default 200 */
  readonly healthCheckCodes?: string;
  /** How production traffic moves. @default - TrafficShift.canary, 10 percent for 5 minutes */
  readonly trafficShift?: TrafficShift;
  /** Makes each release wait for a person before production traffic moves. @default - no approval */
  readonly approval?: ReleaseApproval;
  /** Green tasks that may fail before a release is stopped. @default - half of the tasks, 3 at least and 200 at most */
  readonly failedTasksMax?: number;
  /** How long green may take to become healthy. @default Duration.minutes(10) */
  readonly startTimeLimit?: Duration;
  /** How long blue is kept after the shift, so that alarms can still roll back; 0 to 2 days. @default Duration.minutes(10) */
  readonly bakeTime?: Duration;
  /** What green must pass. @default - the health check's path answers one of `healthCheckCodes` */
  readonly suite?: SmokeSuite;
  /** Of the gate's functions; the listeners let it in. @default - a new one, used for nothing else */
  readonly gateSecurityGroup?: ISecurityGroup;
  /** Limit of one run of the suite. @default Duration.minutes(5) */
  readonly smokeTimeLimit?: Duration;
  /** How long the gate goes on checking after all traffic moved, up to 50 min. @default - one run of the suite */
  readonly bakeCheckTime?: Duration;
  /** The header in which green says which version it is. @default - the target group alone proves who answers */
  readonly versionHeader?: VersionHeader;
  /** Functions of your own as further checks of the gate. @default - none */
  readonly customChecks?: CustomCheck[];
  /** Whether a release is refused before anything starts when the live side is not fit for it. @default true */
  readonly preflight?: boolean;
  /** Whether an alarm without data fails the gate. @default false */
  readonly failOnInsufficientData?: boolean;
  /** Alarms that the gate alone reads, composite ones too: they refuse or fail a release, and do not stop a shift. @default - none */
  readonly gateAlarms?: IAlarm[];
  /** Share of 5xx answers that stops a release, in percent. @default 5 */
  readonly errorRatePercent?: number;
  /**
   * Share of requests that fail in a single minute above which a release is stopped at once, in percent, 0 to 100.
   * @default - 40, or `errorRatePercent` where that is more
   */
  readonly severeErrorRatePercent?: number;
  /**
   * How long a task may fail its health check before an alarm stops a release, whole minutes up to a day.
   * @default - 3 minutes, or `healthCheckGracePeriod` or `startTimeLimit` where one of them is longer
   */
  readonly unhealthyAfter?: Duration;
  /** Requests in a minute below which neither rate nor latency is judged. @default 10 */
  readonly minimumRequests?: number;
  /** The p99 response time that stops a release. @default Duration.seconds(1) */
  readonly latencyP99?: Duration;
  /** Metric alarms of your own that stop a release too, up to 2, of the stack's account and region. @default - none */
  readonly additionalAlarms?: IAlarm[];
  /** The command that runs in place of the container in a rehearsal: `['node', 'server.js']`. @default - the image's own */
  readonly rehearsalCommand?: string[];
}
