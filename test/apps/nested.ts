import { type App, NestedStack, Stack } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import type { Construct } from 'constructs';
import { image, PORT } from './service';

/** A large stack cut into nested stacks, for the limit of 500 resources: the network, and a service in each of the others. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Nested');
  const { vpc } = new Network(stack, 'Network');
  new Service(stack, 'Orders', vpc, version);
  new Service(stack, 'Stock', vpc, version);
}

class Network extends NestedStack {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
  }
}

class Service extends NestedStack {
  constructor(scope: Construct, id: string, vpc: IVpc, version: string) {
    super(scope, id);
    new ApplicationLoadBalancedFargateService(this, 'Web', {
      cluster: new Cluster(this, 'Cluster', { vpc }),
      taskImageOptions: { image: image(), containerPort: PORT, environment: { VERSION: version } },
      minHealthyPercent: 100,
      desiredCount: 1,
    });
  }
}
