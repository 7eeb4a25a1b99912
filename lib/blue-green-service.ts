import { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { EcsApplication, EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { type ISubnet, type IVpc, SecurityGroup, type SubnetSelection, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  type ContainerImage,
  ContainerInsights,
  DeploymentControllerType,
  FargatePlatformVersion,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
  type ScalableTaskCount,
  type Secret,
} from 'aws-cdk-lib/aws-ecs';
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { CustomCheck, VersionHeader } from './custom-check';
import { EcsRelease } from './ecs-release';
import { acknowledge } from './private/acknowledge';
import { type CodeDeployRole, createCodeDeployRole } from './private/code-deploy-role';
import { gateWidgets } from './private/gate-widgets';
import { createTaskDefinition, servingContainer } from './private/task-definition';
import { durationProblem, numberProblem, refuse, refuseAll } from './private/validate';
import { ReleaseAlarms } from './release-alarms';
import { ReleaseGate } from './release-gate';
import { SmokeSuite } from './smoke-suite';
import { TrafficShift } from './traffic-shift';
import { TwinEnvironments } from './twin-environments';

/** Construction properties of `BlueGreenService`. */
export interface BlueGreenServiceProps {
  /** The port that the container listens on, plain HTTP, 1 to 65535. */
  readonly port: number;
  /** What to run; this or `taskDefinition`. @default - the image of `taskDefinition` */
  readonly image?: ContainerImage;
  /** A task definition of your own instead of `image`. @default - made from `image` */
  readonly taskDefinition?: FargateTaskDefinition;
  /** The container that serves. @default app, or the default container of `taskDefinition` */
  readonly containerName?: string;
  /** Environment variables of the container made from `image`. @default - none */
  readonly environment?: { [name: string]: string };
  /** Secrets of the container made from `image`, as environment variables. @default - none */
  readonly secrets?: { [name: string]: Secret };
  /** CPU units of a task: 256 is a quarter of a vCPU. @default 256 */
  readonly cpu?: number;
  /** Memory of a task. @default 512 */
  readonly memoryLimitMiB?: number;
  /** Where everything lives. @default - the VPC of `cluster`, else a new one: 2 zones, 1 NAT gateway */
  readonly vpc?: IVpc;
  /** @default - a new one */
  readonly cluster?: ICluster;
  /** Subnets of the tasks. @default - the private subnets with egress */
  readonly taskSubnets?: SubnetSelection;
  /** Tasks that run at least. It changes without a release. @default 2 */
  readonly desiredCount?: number;
  /** Tasks that run at most, when you add a rule to `scaling`. @default - desiredCount */
  readonly maximumCount?: number;
  /** How long a starting task may fail health checks; fixed once the service exists. @default Duration.minutes(1) */
  readonly healthCheckGracePeriod?: Duration;
  /** @default - a new one */
  readonly loadBalancer?: IApplicationLoadBalancer;
  /** Whether a new load balancer is reachable from the internet. @default true */
  readonly internetFacing?: boolean;
  /** Makes the listeners HTTPS. @default - plain HTTP, with a warning at synth */
  readonly certificate?: ICertificate;
  /** The name that clients use and the certificate covers. @default - the load balancer's own name */
  readonly domainName?: string;
  /** @default 443 with a certificate, else 80 */
  readonly productionPort?: number;
  /** @default 9443 with a certificate, else 9080 */
  readonly testPort?: number;
  /** Answers 200 when a task can serve. @default /health */
  readonly healthCheckPath?: string;
  /** How production traffic moves. @default - TrafficShift.canary, 10 percent for 5 minutes */
  readonly trafficShift?: TrafficShift;
  /** How long blue is kept after the shift, so that alarms can still roll back; 0 to 2 days. @default Duration.minutes(10) */
  readonly bakeTime?: Duration;
  /** What green must pass. @default - the health check's path answers 200 */
  readonly suite?: SmokeSuite;
  /** Limit of one run of the suite. @default Duration.minutes(2) */
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
  /** Requests in a minute below which neither rate nor latency is judged. @default 10 */
  readonly minimumRequests?: number;
  /** The p99 response time that stops a release. @default Duration.seconds(1) */
  readonly latencyP99?: Duration;
  /** Metric alarms of your own that stop a release too, up to 4. @default - none */
  readonly additionalAlarms?: IAlarm[];
  /** The command that stands for the container in a rehearsal: `['node', 'server.js']`. @default - the image's own */
  readonly rehearsalCommand?: string[];
}

/**
 * A Fargate service that ships safely: twins behind a load balancer, a gate with smoke tests, alarms that roll back,
 * and a release that runs inside `cdk deploy`.
 */
export class BlueGreenService extends Construct {
  public readonly vpc: IVpc;
  public readonly cluster: ICluster;
  public readonly twins: TwinEnvironments;
  public readonly taskDefinition: FargateTaskDefinition;
  public readonly service: FargateService;
  /** Keeps `desiredCount` tasks; add rules to it to scale. */
  public readonly scaling: ScalableTaskCount;
  public readonly alarms: ReleaseAlarms;
  public readonly application: EcsApplication;
  public readonly deploymentGroup: EcsDeploymentGroup;
  public readonly gate: ReleaseGate;
  public readonly release: EcsRelease;
  private readonly taskSecurityGroup: SecurityGroup;
  private readonly taskSubnets: ISubnet[];

  public constructor(scope: Construct, id: string, props: BlueGreenServiceProps) {
    super(scope, id);
    validate(this, props);
    this.vpc = props.vpc ?? props.cluster?.vpc ?? this.createVpc();
    this.taskSubnets = this.selectTaskSubnets(props);
    this.cluster = props.cluster ?? this.createCluster();
    this.twins = new TwinEnvironments(this, 'Twins', { ...props, vpc: this.vpc });
    this.taskDefinition = props.taskDefinition ?? createTaskDefinition(this, props);
    this.taskSecurityGroup = new SecurityGroup(this, 'TaskSecurityGroup', {
      vpc: this.vpc,
      description: 'Tasks of a blue/green service',
    });
    this.service = this.createService(props);
    this.scaling = this.createScaling(props);
    this.alarms = new ReleaseAlarms(this, 'Alarms', { ...props, twins: this.twins, serviceName: id });
    const codeDeploy = createCodeDeployRole(this, this.service, this.taskDefinition, this.twins);
    this.application = new EcsApplication(this, 'Application');
    this.deploymentGroup = this.createDeploymentGroup(codeDeploy, props);
    this.gate = this.createGate(id, props);
    this.gate.grantInvoke(codeDeploy.role);
    this.alarms.dashboard.addWidgets(...gateWidgets(this.gate));
    this.release = this.createRelease(id, codeDeploy, props);
  }

  private createVpc(): Vpc {
    const vpc = new Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    acknowledge(
      vpc,
      'Flow logs cost by volume, so they are a choice: pass a vpc of your own, or call addFlowLog() on vpc',
      'AwsSolutions-VPC7',
    );
    return vpc;
  }

  private createCluster(): Cluster {
    return new Cluster(this, 'Cluster', { vpc: this.vpc, containerInsightsV2: ContainerInsights.ENABLED });
  }

  private selectTaskSubnets(props: BlueGreenServiceProps): ISubnet[] {
    if (!props.taskSubnets && this.vpc.privateSubnets.length === 0) {
      refuse(
        this,
        'the VPC has no private subnet with egress for tasks and gate: add subnets of type PRIVATE_WITH_EGRESS ' +
          'with a NAT gateway, or leave vpc out to get such a one',
      );
    }
    return this.vpc.selectSubnets(props.taskSubnets ?? { subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnets;
  }

  /**
   * Starts once listeners, security groups and the way out are there, so that the first tasks neither fail to pull nor
   * look unhealthy. Nothing here may differ between two releases: CloudFormation cannot update a
   * service under CodeDeploy.
   */
  private createService(props: BlueGreenServiceProps): FargateService {
    const service = new FargateService(this, 'Service', {
      cluster: this.cluster,
      taskDefinition: this.taskDefinition,
      deploymentController: { type: DeploymentControllerType.CODE_DEPLOY },
      platformVersion: FargatePlatformVersion.LATEST,
      vpcSubnets: { subnets: this.taskSubnets },
      securityGroups: [this.taskSecurityGroup],
      healthCheckGracePeriod: props.healthCheckGracePeriod ?? Duration.minutes(1),
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
    });
    const target = { containerName: servingContainer(this, this.taskDefinition, props), containerPort: props.port };
    this.twins.blue.addTarget(service.loadBalancerTarget(target));
    service.node.addDependency(
      this.twins,
      this.taskSecurityGroup,
      ...this.taskSubnets.map((subnet) => subnet.internetConnectivityEstablished),
    );
    return service;
  }

  /**
   * Registering a scalable target moves the count into its range at once.
   * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
   */
  private createScaling(props: BlueGreenServiceProps): ScalableTaskCount {
    const minCapacity = props.desiredCount ?? 2;
    return this.service.autoScaleTaskCount({ minCapacity, maxCapacity: props.maximumCount ?? minCapacity });
  }

  private createDeploymentGroup(codeDeploy: CodeDeployRole, props: BlueGreenServiceProps): EcsDeploymentGroup {
    const group = new EcsDeploymentGroup(this, 'DeploymentGroup', {
      application: this.application,
      // Immutable, or the deployment group would add the managed policy, which may touch every service.
      role: codeDeploy.role.withoutPolicyUpdates(),
      service: this.service,
      deploymentConfig: (props.trafficShift ?? DEFAULT_SHIFT).bind(this),
      alarms: this.alarms.alarms,
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      blueGreenDeploymentConfig: {
        blueTargetGroup: this.twins.blue,
        greenTargetGroup: this.twins.green,
        listener: this.twins.productionListener,
        testListener: this.twins.testListener,
        terminationWaitTime: props.bakeTime ?? Duration.minutes(10),
      },
    });
    group.node.addDependency(codeDeploy.policy);
    return group;
  }

  private createGate(serviceName: string, props: BlueGreenServiceProps): ReleaseGate {
    return new ReleaseGate(this, 'Gate', {
      ...props,
      vpc: this.vpc,
      twins: this.twins,
      service: this.service,
      deploymentGroup: this.deploymentGroup,
      suite: props.suite ?? SmokeSuite.of({ name: 'health', path: props.healthCheckPath ?? '/health' }),
      alarms: [...this.alarms.alarms, ...(props.gateAlarms ?? [])],
      serviceName,
      timeLimit: props.smokeTimeLimit,
    });
  }

  private createRelease(serviceName: string, codeDeploy: CodeDeployRole, props: BlueGreenServiceProps): EcsRelease {
    return new EcsRelease(this, 'Release', {
      deploymentGroup: this.deploymentGroup,
      service: this.service,
      taskDefinition: this.taskDefinition,
      containerName: servingContainer(this, this.taskDefinition, props),
      containerPort: props.port,
      subnets: this.taskSubnets,
      securityGroups: [this.taskSecurityGroup],
      platformVersion: FargatePlatformVersion.LATEST,
      gate: this.gate,
      alarms: this.alarms.alarms,
      trafficShift: props.trafficShift ?? DEFAULT_SHIFT,
      serviceName,
      dependencies: [this.twins, this.alarms, this.scaling, codeDeploy.role, codeDeploy.policy],
    });
  }
}

const DEFAULT_SHIFT = TrafficShift.canary({ percent: 10, interval: Duration.minutes(5) });

function validate(scope: BlueGreenService, props: BlueGreenServiceProps): void {
  const desired = props.desiredCount ?? 2;
  refuseAll(scope, [
    Boolean(props.image) === Boolean(props.taskDefinition)
      ? 'image and taskDefinition: exactly one of them says what to run: set image, or taskDefinition for full control'
      : undefined,
    props.taskDefinition && (props.environment ?? props.secrets ?? props.rehearsalCommand)
      ? 'taskDefinition with environment, secrets or rehearsalCommand: these belong to the container made from image: set them on your container'
      : undefined,
    props.vpc && props.cluster && props.vpc !== props.cluster.vpc
      ? 'vpc and cluster: the cluster lives in another VPC: leave vpc out, it is taken from the cluster'
      : undefined,
    numberProblem('desiredCount', desired, { min: 1, max: 5000, whole: true }),
    props.maximumCount === undefined
      ? undefined
      : numberProblem('maximumCount', props.maximumCount, { min: desired, max: 5000, whole: true }),
    durationProblem('bakeTime', props.bakeTime ?? Duration.minutes(10), {
      minSeconds: 0,
      maxSeconds: 2880 * 60,
      stepSeconds: 60,
    }),
  ]);
}
