import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { BlueGreenService, ServiceTask, SmokeSuite, TrafficShift } from '../../../lib';

/** The sample service behind a gate that compares green with live blue: `version`, and `environment` for its faults. */
const app = new App();
const stack = new Stack(app, 'Compared');
const context = (name: string, fallback: string) => String(app.node.tryGetContext(name) ?? fallback);

new BlueGreenService(stack, 'Web', {
  task: ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:1'), {
    containerPort: 8080,
    environment: {
      WORK_MS: '100',
      VERSION: context('version', 'v1'),
      ...(JSON.parse(context('environment', '{}')) as Record<string, string>),
    },
    rehearsalCommand: ['node', join(__dirname, '../../../examples/service/src/server.js')],
  }),
  vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }),
  desiredCount: 1,
  trafficShift: TrafficShift.allAtOnce(),
  bakeTime: Duration.minutes(1),
  suite: SmokeSuite.fromFile(join(__dirname, 'compared.yaml')),
  gate: { timeout: Duration.minutes(14) },
  alarms: {
    // A starved machine is slow on both sides, which is what the comparison must bear; the alarms are not under test.
    latencyP99: Duration.seconds(30),
  },
});
