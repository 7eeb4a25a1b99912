import { Duration } from 'aws-cdk-lib';
import { type EcsApplication, EcsDeploymentGroup, type IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { type ISecurityGroup, type ISubnet, type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  ContainerInsights,
  DeploymentControllerType,
  FargatePlatformVersion,
  FargateService,
  type FargateTaskDefinition,
  type ICluster,
  type ScalableTaskCount,
} from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { codesOf } from '../../lambda/live-route/types';
import type { BlueGreenServiceProps } from './blue-green-service-props';
import { EcsRelease } from '../release/ecs-release';
import { acknowledge } from '../internal/acknowledge';
import { unhealthyAfter } from './unhealthy-after';
import { applicationOf, deploymentGroupByName } from './application';
import { tellApprovers } from '../release/approval';
import { createCodeDeployRole } from '../release/code-deploy-role';
import { gateWidgets } from './gate-widgets';
import { InlineSecurityGroup, securityGroupsOf } from '../internal/inline-security-group';
import { createTaskDefinition, servingContainer } from './task-definition';
import { validateService } from './validation';
import { gateSubnetsProblem, publicAddressProblem } from '../twins/subnets';
import { refuse, refuseAll } from '../internal/validate';
import { ReleaseAlarms } from '../alarms/release-alarms';
import { ReleaseGate } from '../gate/release-gate';
import { SmokeSuite } from '../suite/smoke-suite';
import { TrafficShift } from '../release/traffic-shift';
import { TwinEnvironments } from '../twins/twin-environments';

/**
 * A Fargate service that ships safely: twins behind a load balancer, a gate with smoke tests, alarms that roll back,
 * and a release that runs inside `cdk deploy`.
 */
export class BlueGreenService extends Construct {
  /** Where everything lives: `vpc`, else that of `cluster`, else a new one. */
  public readonly vpc: IVpc;
  /** Where the tasks run. */
  public readonly cluster: ICluster;
  /** Load balancer, listeners and target groups. */
  public readonly twins: TwinEnvironments;
  /** What is shipped; add sidecars, volumes and permissions to it. */
  public readonly taskDefinition: FargateTaskDefinition;
  /** The ECS service, under CodeDeploy. */
  public readonly service: FargateService;
  /** Keeps `desiredCount` tasks; add rules to it to scale. */
  public readonly scaling: ScalableTaskCount;
  /** What stops a release. */
  public readonly alarms: ReleaseAlarms;
  /** The CodeDeploy application, one for all services of the stack. */
  public readonly application: EcsApplication;
  /** Ships the service, and rolls it back. */
  public readonly deploymentGroup: EcsDeploymentGroup;
  /** The smoke tests; grant its role what a check needs. */
  public readonly gate: ReleaseGate;
  /** Makes `cdk deploy` ship. */
  public readonly release: EcsRelease;
  private readonly securityGroups: ISecurityGroup[];
  private readonly taskSubnets: ISubnet[];

  public constructor(scope: Construct, id: string, props: BlueGreenServiceProps) {
    super(scope, id);
    validateService(this, props);
    this.vpc = props.vpc ?? props.cluster?.vpc ?? this.createVpc();
    this.taskSubnets = this.selectTaskSubnets(props);
    this.cluster = props.cluster ?? this.createCluster(props);
    this.application = applicationOf(this);
    const groupByName = deploymentGroupByName(this);
    this.twins = this.createTwins(id, groupByName, props);
    this.taskDefinition = props.taskDefinition ?? createTaskDefinition(this, props);
    this.securityGroups = props.securityGroups ?? [this.createSecurityGroup()];
    this.service = this.createService(props);
    this.scaling = this.createScaling(props);
    this.alarms = new ReleaseAlarms(this, 'Alarms', {
      ...props,
      twins: this.twins,
      serviceName: id,
      unhealthyAfter: unhealthyAfter(props),
    });
    this.gate = this.createGate(id, groupByName, props);
    const role = createCodeDeployRole(this, this);
    this.deploymentGroup = this.createDeploymentGroup(groupByName.deploymentGroupName, role, props);
    this.alarms.dashboard.addWidgets(...gateWidgets(this.gate));
    if (props.approval?.topic) tellApprovers(this, this.deploymentGroup, id, props.approval.topic);
    this.release = this.createRelease(id, role, props);
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

  private createTwins(serviceName: string, group: IEcsDeploymentGroup, props: BlueGreenServiceProps): TwinEnvironments {
    const { application, vpc } = this;
    const { deploymentGroupName } = group;
    return new TwinEnvironments(this, 'Twins', { ...props, vpc, application, deploymentGroupName, serviceName });
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
      gateSubnetsProblem(this.vpc, props.gateSubnets),
      publicAddressProblem(this.vpc, subnets, props.assignPublicIp),
    ]);
    return subnets;
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
      assignPublicIp: props.assignPublicIp,
      securityGroups: this.securityGroups,
      capacityProviderStrategies: props.capacityProviderStrategies,
      healthCheckGracePeriod: props.healthCheckGracePeriod ?? Duration.minutes(1),
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
    });
    const target = { containerName: servingContainer(this, this.taskDefinition, props), containerPort: props.port };
    this.twins.blue.addTarget(service.loadBalancerTarget(target));
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
    return this.service.autoScaleTaskCount({ minCapacity, maxCapacity: props.maximumCount ?? minCapacity });
  }

  private createDeploymentGroup(
    deploymentGroupName: string,
    role: Role,
    props: BlueGreenServiceProps,
  ): EcsDeploymentGroup {
    return new EcsDeploymentGroup(this, 'DeploymentGroup', {
      application: this.application,
      deploymentGroupName,
      // Immutable, or the deployment group would add the managed policy, which may touch every service.
      role: role.withoutPolicyUpdates(),
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
        deploymentApprovalWaitTime: props.approval?.timeLimit,
      },
    });
  }

  private createGate(
    serviceName: string,
    deploymentGroup: IEcsDeploymentGroup,
    props: BlueGreenServiceProps,
  ): ReleaseGate {
    return new ReleaseGate(this, 'Gate', {
      ...props,
      vpc: this.vpc,
      vpcSubnets: props.gateSubnets,
      twins: this.twins,
      service: this.service,
      deploymentGroup,
      suite: suiteFor(props),
      alarms: [...this.alarms.alarms, ...(props.gateAlarms ?? [])],
      serviceName,
      timeLimit: props.smokeTimeLimit,
      securityGroup: props.gateSecurityGroup,
    });
  }

  private createRelease(serviceName: string, role: Role, props: BlueGreenServiceProps): EcsRelease {
    return new EcsRelease(this, 'Release', {
      deploymentGroup: this.deploymentGroup,
      service: this.service,
      taskDefinition: this.taskDefinition,
      containerName: servingContainer(this, this.taskDefinition, props),
      containerPort: props.port,
      subnets: this.taskSubnets,
      assignPublicIp: props.assignPublicIp,
      securityGroups: this.securityGroups,
      capacityProviderStrategies: props.capacityProviderStrategies,
      platformVersion: FargatePlatformVersion.LATEST,
      gate: this.gate,
      alarms: this.alarms.alarms,
      trafficShift: props.trafficShift ?? DEFAULT_SHIFT,
      failedTasksMax: props.failedTasksMax,
      startTimeLimit: props.startTimeLimit,
      approvalTimeLimit: props.approval?.timeLimit,
      serviceName,
      dependencies: [this.twins, this.alarms, this.scaling, role],
    });
  }
}

/** What green must pass, at least: the health check. */
function suiteFor({ suite, healthCheckPath = '/health', healthCheckCodes = '200' }: BlueGreenServiceProps): SmokeSuite {
  return suite ?? SmokeSuite.of({ name: 'health', path: healthCheckPath, expectedStatus: codesOf(healthCheckCodes) });
}

const DEFAULT_SHIFT = TrafficShift.canary({ percent: 10, interval: Duration.minutes(5) });
