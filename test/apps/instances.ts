import { type App, Stack } from 'aws-cdk-lib';
import { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { InstanceType, LaunchTemplate, SecurityGroup, UserData, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AsgCapacityProvider,
  Cluster,
  Ec2Service,
  Ec2TaskDefinition,
  EcsOptimizedImage,
  NetworkMode,
} from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { image, PORT } from './service';

/** Tasks on own instances: an Auto Scaling group as a capacity provider of the cluster. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Instances');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const role = new Role(stack, 'InstanceRole', {
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonEC2ContainerServiceforEC2Role')],
  });
  const launchTemplate = new LaunchTemplate(stack, 'Template', {
    machineImage: EcsOptimizedImage.amazonLinux2023(),
    instanceType: new InstanceType('t3.medium'),
    securityGroup: new SecurityGroup(stack, 'InstanceGroup', { vpc }),
    userData: UserData.forLinux(),
    role,
  });
  const autoScalingGroup = new AutoScalingGroup(stack, 'Group', { vpc, launchTemplate, maxCapacity: 4 });
  const provider = new AsgCapacityProvider(stack, 'Provider', { autoScalingGroup });
  cluster.addAsgCapacityProvider(provider);
  const taskDefinition = new Ec2TaskDefinition(stack, 'Task', { networkMode: NetworkMode.AWS_VPC });
  taskDefinition.addContainer('web', {
    image: image(),
    environment: { VERSION: version },
    memoryLimitMiB: 512,
    portMappings: [{ containerPort: PORT }],
  });
  const service = new Ec2Service(stack, 'Service', {
    cluster,
    taskDefinition,
    desiredCount: 1,
    minHealthyPercent: 100,
    capacityProviderStrategies: [{ capacityProvider: provider.capacityProviderName, weight: 1 }],
  });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true });
  loadBalancer.addListener('Http', { port: 80 }).addTargets('Web', { port: 80, targets: [service] });
}
