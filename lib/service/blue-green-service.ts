import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { EcsApplication, EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { type ISecurityGroup, type ISubnet, type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  ContainerInsights,
  FargatePlatformVersion,
  FargateService,
  type FargateTaskDefinition,
  type ICluster,
  type ScalableTaskCount,
} from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { METRICS } from '../../lambda/gate/types';
import { codesOf } from '../../lambda/live-route/types';
import { ReleaseAlarms } from '../alarms/release-alarms';
import { ReleaseGate } from '../gate/release-gate';
import { acknowledge } from '../internal/acknowledge';
import { InlineSecurityGroup, securityGroupsOf } from '../internal/inline-security-group';
import { refuse, refuseAll } from '../internal/validate';
import type { EcsRelease } from '../release/ecs-release';
import type { BoundEngine, CodeDeployRelease } from '../engine/bound-engine';
import { ReleaseEngine } from '../engine/release-engine';
import { TrafficShift } from '../release/traffic-shift';
import { SmokeSuite } from '../suite/smoke-suite';
import { StatusMatch } from '../suite/smoke-expectations';
import { gateSubnetsProblem, publicAddressProblem } from '../twins/subnets';
import { TwinEnvironments } from '../twins/twin-environments';
import type { BlueGreenServiceProps } from './blue-green-service-props';
import { validateService } from './validation';

/**
 * A Fargate service that ships safely: twins behind a load balancer, a gate with smoke tests, alarms that roll back,
 * and a release that runs inside `cdk deploy`.
 */
export class BlueGreenService extends Construct {
  /** The VPC of the service: `vpc`, else that of `cluster`, else a new one. */
  public readonly vpc: IVpc;
  /** The cluster of the tasks. */
  public readonly cluster: ICluster;
  /** The load balancer with its listeners and target groups. */
  public readonly twins: TwinEnvironments;
  /** The task definition that is shipped. Add sidecars, volumes and permissions to it. */
  public readonly taskDefinition: FargateTaskDefinition;
  /** The ECS service. */
  public readonly service: FargateService;
  /** The scalable target, which keeps `desiredCount` tasks. Add rules to it to scale. */
  public readonly scaling: ScalableTaskCount;
  /** The alarms that stop a release. */
  public readonly alarms: ReleaseAlarms;
  /** The gate with the smoke tests. Grant its role the permissions that a check needs. */
  public readonly gate: ReleaseGate;
  private readonly codeDeploy?: CodeDeployRelease;
  private readonly securityGroups: ISecurityGroup[];
  private readonly taskSubnets: ISubnet[];
  private readonly containerName: string;
  private readonly containerPort: number;

  public constructor(scope: Construct, id: string, props: BlueGreenServiceProps) {
    super(scope, id);
    validateService(this, props);
    this.containerPort = props.task._containerPort(this);
    this.vpc = props.vpc ?? props.cluster?.vpc ?? this.createVpc();
    this.taskSubnets = this.selectTaskSubnets(props);
    this.cluster = props.cluster ?? this.createCluster(props);
    const engine = (props.engine ?? ReleaseEngine.codeDeploy())._bind(this);
    this.twins = this.createTwins(engine, props);
    ({ taskDefinition: this.taskDefinition, containerName: this.containerName } = props.task._bind(this));
    this.securityGroups = props.securityGroups ?? [this.createSecurityGroup()];
    this.service = this.createService(engine, props);
    this.scaling = this.createScaling(props);
    this.alarms = this.createAlarms(engine, props);
    this.gate = this.createGate(engine, props);
    this.codeDeploy = this.ship(engine, props);
    this.alarms.dashboard.addWidgets(...gateWidgets(this.gate));
  }

  /** The CodeDeploy application, one for all services of the stack. @throws Error when ECS itself ships the service */
  public get application(): EcsApplication {
    return this.ofCodeDeploy('application').application;
  }

  /** The deployment group that ships the service and rolls it back. @throws Error when ECS itself ships the service */
  public get deploymentGroup(): EcsDeploymentGroup {
    return this.ofCodeDeploy('deploymentGroup').deploymentGroup;
  }

  /** The custom resource that makes `cdk deploy` ship. @throws Error when ECS itself ships the service */
  public get release(): EcsRelease {
    return this.ofCodeDeploy('release').release;
  }

  private ofCodeDeploy(name: string): CodeDeployRelease {
    return this.codeDeploy ?? refuse(this, `${name}: ECS ships this service, so there is none: use service`);
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

  private createCluster(props: BlueGreenServiceProps): Cluster {
    return new Cluster(this, 'Cluster', {
      vpc: this.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
      enableFargateCapacityProviders: props.capacityProviderStrategies !== undefined,
    });
  }

  private createSecurityGroup(): ISecurityGroup {
    return new InlineSecurityGroup(this, 'TaskSecurityGroup', {
      vpc: this.vpc,
      description: 'Tasks of a blue/green service',
      inlined: securityGroupsOf(this.twins),
    });
  }

  private createTwins(engine: BoundEngine, props: BlueGreenServiceProps): TwinEnvironments {
    return new TwinEnvironments(this, 'Twins', {
      vpc: this.vpc,
      containerPort: this.containerPort,
      listener: props.listener,
      healthCheck: props.healthCheck,
      forwardByRules: engine.forwardByRules,
      application: engine.codeDeploy?.application,
      deploymentGroupName: engine.codeDeploy?.deploymentGroup.deploymentGroupName,
      serviceName: this.node.id,
    });
  }

  private selectTaskSubnets(props: BlueGreenServiceProps): ISubnet[] {
    if (!props.taskSubnets && this.vpc.privateSubnets.length === 0) {
      refuse(
        this,
        'the VPC has no private subnet with egress for tasks and gate: add subnets of type PRIVATE_WITH_EGRESS ' +
          'with a NAT gateway, or leave vpc out to get such a one',
      );
    }
    const selection = props.taskSubnets ?? { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
    const { subnets } = this.vpc.selectSubnets(selection);
    refuseAll(this, [
      gateSubnetsProblem(this.vpc, props.gate?.vpcSubnets),
      publicAddressProblem(this.vpc, subnets, props.assignPublicIp),
    ]);
    return subnets;
  }

  /**
   * Starts once listeners, security groups and the way out are there, so that the first tasks neither fail to pull nor
   * are unhealthy. Nothing here may differ between two releases: CloudFormation cannot update a
   * service under CodeDeploy.
   */
  private createService(engine: BoundEngine, props: BlueGreenServiceProps): FargateService {
    const service = new FargateService(this, 'Service', {
      cluster: this.cluster,
      taskDefinition: this.taskDefinition,
      deploymentController: { type: engine.deploymentController },
      platformVersion: FargatePlatformVersion.LATEST,
      vpcSubnets: { subnets: this.taskSubnets },
      assignPublicIp: props.assignPublicIp,
      securityGroups: this.securityGroups,
      capacityProviderStrategies: props.capacityProviderStrategies,
      healthCheckGracePeriod: props.healthCheckGracePeriod ?? Duration.minutes(1),
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
    });
    const { containerName, containerPort } = this;
    this.twins.blue.addTarget(service.loadBalancerTarget({ containerName, containerPort }));
    service.node.addDependency(
      this.twins,
      ...this.securityGroups,
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
    return this.service.autoScaleTaskCount({ minCapacity, maxCapacity: props.maxCapacity ?? minCapacity });
  }

  private createAlarms({ startTimeout }: BoundEngine, props: BlueGreenServiceProps): ReleaseAlarms {
    const starts = [props.healthCheckGracePeriod, startTimeout];
    return new ReleaseAlarms(this, 'Alarms', {
      ...props.alarms,
      twins: this.twins,
      serviceName: this.node.id,
      unhealthyAfter: props.alarms?.unhealthyAfter ?? longestStart(starts),
    });
  }

  private createGate({ codeDeploy }: BoundEngine, props: BlueGreenServiceProps): ReleaseGate {
    const { vpc, twins, service, cluster, alarms } = this;
    return new ReleaseGate(this, 'Gate', {
      ...props.gate,
      vpc,
      twins,
      ...(codeDeploy ? { service, deploymentGroup: codeDeploy.deploymentGroup } : { cluster }),
      suite: suiteFor(props),
      alarms,
      serviceName: this.node.id,
    });
  }

  private ship(engine: BoundEngine, props: BlueGreenServiceProps) {
    const { service, taskDefinition, twins, gate, alarms, containerName, containerPort } = this;
    return engine.release({
      serviceName: this.node.id,
      service,
      taskDefinition,
      twins,
      gate,
      alarms,
      trafficShift: props.trafficShift ?? DEFAULT_SHIFT,
      bakeTime: props.bakeTime ?? Duration.minutes(10),
      approval: props.approval,
      dependencies: [twins, alarms, this.scaling],
      tasks: { containerName, containerPort, maxFailedTasks: props.maxFailedTasks },
    });
  }
}

/** What green must pass, at least: the health check. */
function suiteFor({ suite, healthCheck }: BlueGreenServiceProps): SmokeSuite {
  const { path = '/health', healthyHttpCodes = '200' } = healthCheck ?? {};
  return (
    suite ??
    SmokeSuite.of({
      name: 'health',
      path,
      expect: { status: codesOf(healthyHttpCodes).map((code) => StatusMatch.code(code)) },
    })
  );
}

const DEFAULT_SHIFT = TrafficShift.canary({ percent: 10, interval: Duration.minutes(5) });

const SHORTEST_MINUTES = 3;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: a day in all. */
const LONGEST_MINUTES = 24 * 60;

/** A task that starts may fail its health check for as long as the props allow: that must stop no release. */
function longestStart(starts: readonly (Duration | undefined)[]): Duration {
  const minutes = starts.flatMap((start) =>
    start === undefined || start.isUnresolved() ? [] : [Math.ceil(start.toSeconds() / 60)],
  );
  return Duration.minutes(Math.min(LONGEST_MINUTES, Math.max(SHORTEST_MINUTES, ...minutes)));
}

/** A gate runs a few times a release: its datapoints are rare, so they are shown over a longer time. */
const WIDGET_PERIOD = Duration.minutes(5);

/** What the gate let pass and what it stopped, for the release dashboard. */
function gateWidgets(gate: ReleaseGate): IWidget[] {
  const graph = (title: string, label: string, statistic: string, ...names: readonly string[]) =>
    new GraphWidget({
      title,
      width: 8,
      left: gate.lifecycleEvents.flatMap((event) =>
        names.map((name) =>
          gate.metric(name, event, {
            statistic,
            period: WIDGET_PERIOD,
            label: names.length > 1 ? `${event} ${name}` : event,
          }),
        ),
      ),
      leftYAxis: { label, min: 0, showUnits: false },
    });
  return [
    graph('Gates', 'runs', 'Sum', METRICS.gatePassed, METRICS.gateFailed),
    graph('Checks of the gates', 'checks', 'Sum', METRICS.checksPassed, METRICS.checksFailed),
    graph('Duration of the gates', 'milliseconds', 'Maximum', METRICS.duration),
  ];
}
