import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { BlueGreenService, ReleaseEngine, ServiceTask, SmokeSuite, TrafficShift } from '../../../lib';

/**
 * A canary by ECS with a check before each step. `failAfter` requests a task serves only errors, which the alarms here do not
 * see: what decides is the check.
 */
const app = new App();
const context = (name: string, otherwise: string) => String(app.node.tryGetContext(name) ?? otherwise);
const stack = new Stack(app, 'Steps');
const failAfter = context('failAfter', '');
new BlueGreenService(stack, 'Web', {
  task: ServiceTask.fromImage(ContainerImage.fromAsset(join(__dirname, '../../../examples/service')), {
    containerPort: 8080,
    environment: {
      VERSION: context('version', 'v1'),
      ...(failAfter !== '' && { FAULT_ERROR_PERCENT: '100', FAULT_AFTER_REQUESTS: failAfter }),
    },
  }),
  engine: ReleaseEngine.ecs(),
  desiredCount: 1,
  trafficShift: TrafficShift.canary({ percent: 50, interval: Duration.minutes(10) }),
  bakeTime: Duration.minutes(0),
  alarms: { minRequests: 1_000_000 },
  gate: { stepCheck: true },
  suite: SmokeSuite.of({ name: 'version', path: '/version' }).withoutComparison(),
});
