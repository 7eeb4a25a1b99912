import { type App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Port, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { image, PORT } from './service';

/** Files that outlive a task: an EFS volume with an access point. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Files');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const files = new FileSystem(stack, 'Files', { vpc, encrypted: true, removalPolicy: RemovalPolicy.DESTROY });
  const accessPoint = files.addAccessPoint('Uploads', {
    path: '/uploads',
    createAcl: { ownerGid: '1000', ownerUid: '1000', permissions: '750' },
    posixUser: { gid: '1000', uid: '1000' },
  });
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  taskDefinition.addVolume({
    name: 'uploads',
    efsVolumeConfiguration: {
      fileSystemId: files.fileSystemId,
      transitEncryption: 'ENABLED',
      authorizationConfig: { accessPointId: accessPoint.accessPointId, iam: 'ENABLED' },
    },
  });
  const container = taskDefinition.addContainer('web', {
    image: image(),
    environment: { VERSION: version },
    portMappings: [{ containerPort: PORT }],
  });
  container.addMountPoints({ containerPath: '/uploads', sourceVolume: 'uploads', readOnly: false });
  files.grantReadWrite(taskDefinition.taskRole);
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const service = new FargateService(stack, 'Service', {
    cluster,
    taskDefinition,
    desiredCount: 1,
    minHealthyPercent: 100,
  });
  files.connections.allowFrom(service, Port.tcp(2049));
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true });
  loadBalancer.addListener('Http', { port: 80 }).addTargets('Web', { port: 80, targets: [service] });
}
