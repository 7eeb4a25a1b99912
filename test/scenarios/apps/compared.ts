import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { BlueGreenService, SmokeSuite, TrafficShift } from '../../../lib';

/** The sample service behind a gate that compares green with live blue: `version`, and `environment` for its faults. */
const app = new App();
const stack = new Stack(app, 'Compared');
const context = (name: string, fallback: string) => String(app.node.tryGetContext(name) ?? fallback);

new BlueGreenService(stack, 'Web', {
  vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }),
  image: ContainerImage.fromRegistry('example/web:1'),
  port: 8080,
  desiredCount: 1,
  rehearsalCommand: ['node', join(__dirname, '../../../examples/service/src/server.js')],
  environment: {
    WORK_MS: '100',
    VERSION: context('version', 'v1'),
    ...(JSON.parse(context('environment', '{}')) as Record<string, string>),
  },
  trafficShift: TrafficShift.allAtOnce(),
  bakeTime: Duration.minutes(1),
  suite: SmokeSuite.fromFile(join(__dirname, 'compared.yaml')),
  smokeTimeLimit: Duration.minutes(14),
  // A starved machine is slow on both sides, which is what the comparison must bear; the alarms are not under test.
  latencyP99: Duration.seconds(30),
});
