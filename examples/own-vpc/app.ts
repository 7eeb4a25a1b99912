import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Cluster, ContainerImage, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
// In your own app: import { BlueGreenService, ServiceTask, SmokeSuite, TrafficShift } from 'cdk-greenlight';
import { BlueGreenService, ServiceTask, SmokeSuite, TrafficShift } from '../../lib';

/** A stack with a VPC and a cluster of its own, as teams have them, and a service that ships into them. */
export function createApp(app = new App()): App {
  const stack = new Stack(app, 'Shop', { description: 'A blue/green service in a VPC and cluster of its own' });
  const version = (app.node.tryGetContext('version') as string | undefined) ?? '1.0.0';

  const vpc = new Vpc(stack, 'Network', {
    maxAzs: 2,
    natGateways: 1,
    subnetConfiguration: [
      { name: 'edge', subnetType: SubnetType.PUBLIC, cidrMask: 24 },
      { name: 'apps', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 },
    ],
  });
  vpc.addFlowLog('FlowLog');
  const cluster = new Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED });

  const shop = new BlueGreenService(stack, 'Shop', {
    task: ServiceTask.fromImage(
      ContainerImage.fromAsset(join(__dirname, '..', 'service'), { platform: Platform.LINUX_AMD64 }),
      { containerPort: 8080, environment: { VERSION: version, ...environment(app) } },
    ),
    cluster,
    trafficShift: TrafficShift.linear({ percent: 25, interval: Duration.minutes(1) }),
    bakeTime: Duration.minutes(5),
    // The same file runs from a terminal: npx greenlight smoke examples/suites/orders.yaml --target URL --var version=1
    suite: SmokeSuite.fromFile(join(__dirname, '..', 'suites', 'orders.yaml'), { variables: { version } }),
  });
  new CfnOutput(stack, 'Url', { value: shop.twins.productionUrl });
  return app;
}

/** Settings for a rehearsal's faults: `-c environment='{"FAULT_ERROR_PERCENT":"50"}'`. */
function environment(app: App): { [name: string]: string } {
  const text = app.node.tryGetContext('environment') as string | undefined;
  return text ? (JSON.parse(text) as { [name: string]: string }) : {};
}

if (require.main === module) createApp();
