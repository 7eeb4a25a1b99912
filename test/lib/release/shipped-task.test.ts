import type { Stack } from 'aws-cdk-lib';
import { EcsApplication, EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  type CfnService,
  Cluster,
  ContainerImage,
  DeploymentControllerType,
  FargatePlatformVersion,
  FargateService,
  FargateTaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import { EcsRelease, type EcsReleaseProps } from '../../../lib';
import { flat, newStack, ofType } from '../support';

/** What a release takes from the service and its task definition, when it is given only these. */

function parts(stack: Stack) {
  const vpc = new Vpc(stack, 'Vpc', { natGateways: 0 });
  const cluster = new Cluster(stack, 'Cluster', { vpc, enableFargateCapacityProviders: true });
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('shop', {
    image: ContainerImage.fromRegistry('example/web:1'),
    portMappings: [{ containerPort: 3000 }],
  });
  const service = new FargateService(stack, 'Service', {
    cluster,
    taskDefinition,
    deploymentController: { type: DeploymentControllerType.CODE_DEPLOY },
    minHealthyPercent: 100,
    vpcSubnets: { subnetType: SubnetType.PUBLIC },
    assignPublicIp: true,
    platformVersion: FargatePlatformVersion.VERSION1_4,
    capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 2 }],
    securityGroups: [new SecurityGroup(stack, 'First', { vpc })],
  });
  const deploymentGroup = EcsDeploymentGroup.fromEcsDeploymentGroupAttributes(stack, 'Group', {
    application: EcsApplication.fromEcsApplicationName(stack, 'Application', 'shop'),
    deploymentGroupName: 'shop',
  });
  return { vpc, taskDefinition, service, deploymentGroup };
}

function propertiesOf(stack: Stack): Record<string, unknown> {
  const [, resource] = ofType(stack, 'Custom::GreenlightEcsRelease')[0] ?? [];
  const spec = JSON.parse(flat(resource?.Properties.AppSpec)) as {
    readonly Resources: readonly { readonly TargetService: { readonly Properties: Record<string, unknown> } }[];
  };
  return spec.Resources[0]?.TargetService.Properties ?? {};
}

test('container, network, platform and capacity providers of a release are those of the service at the end of synthesis', () => {
  const stack = newStack();
  const { vpc, ...given } = parts(stack);
  new EcsRelease(stack, 'Release', given);
  const later = new SecurityGroup(stack, 'Later', { vpc });
  const resource = given.service.node.defaultChild as CfnService;
  resource.addPropertyOverride('NetworkConfiguration.AwsvpcConfiguration.SecurityGroups', [later.securityGroupId]);
  expect(propertiesOf(stack)).toMatchObject({
    LoadBalancerInfo: { ContainerName: 'shop', ContainerPort: 3000 },
    PlatformVersion: '1.4.0',
    CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 2 }],
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        Subnets: [expect.stringContaining('PublicSubnet1'), expect.stringContaining('PublicSubnet2')],
        SecurityGroups: [expect.stringMatching(/^<Later/)],
        AssignPublicIp: 'ENABLED',
      },
    },
  });
});

test('what a release is given replaces what the service has', () => {
  const stack = newStack();
  const { vpc, ...given } = parts(stack);
  const other: Partial<EcsReleaseProps> = {
    containerPort: 3001,
    subnets: vpc.privateSubnets.concat(vpc.isolatedSubnets),
    assignPublicIp: false,
    platformVersion: FargatePlatformVersion.LATEST,
  };
  new EcsRelease(stack, 'Release', { ...given, ...other });
  expect(propertiesOf(stack)).toMatchObject({
    LoadBalancerInfo: { ContainerName: 'shop', ContainerPort: 3001 },
    PlatformVersion: 'LATEST',
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        Subnets: [expect.stringContaining('IsolatedSubnet1'), expect.stringContaining('IsolatedSubnet2')],
        AssignPublicIp: 'DISABLED',
      },
    },
  });
});

test('an imported service needs subnets and security groups, and a container without a port needs one', () => {
  const stack = newStack();
  const { vpc, taskDefinition, deploymentGroup } = parts(stack);
  const cluster = Cluster.fromClusterAttributes(stack, 'Imported', { clusterName: 'shop', vpc });
  const service = FargateService.fromFargateServiceAttributes(stack, 'Shop', { cluster, serviceName: 'shop' });
  const release = { deploymentGroup, service: service, taskDefinition };
  expect(() => new EcsRelease(stack, 'One', release)).toThrow(
    /Test\/One: subnets and securityGroups: the stack does not know where the tasks of Test\/Shop run: set subnets and securityGroups/,
  );
  const bare = new FargateTaskDefinition(stack, 'Bare');
  const own = parts(newStack()).service;
  expect(() => new EcsRelease(stack, 'Two', { ...release, service: own, taskDefinition: bare })).toThrow(
    /containerName: the task definition has no container that is known: set containerName/,
  );
  bare.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1') });
  expect(() => new EcsRelease(stack, 'Three', { ...release, service: own, taskDefinition: bare })).toThrow(
    /containerPort: the container web maps no port that is known: set containerPort/,
  );
});
