import { join } from 'node:path';
import { App, CfnOutput, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { BlueGreenService, ServiceTask, SmokeSuite, TrafficShift } from '../../../lib';
import { FAULT_VARIABLES } from '../../support/scenarios/fault-matrix';

/** The sample service behind the gate as it is by default, with a careful suite; the faults are the stack's parameters. */
const stack = new Stack(new App(), 'Matrix');

const faults = FAULT_VARIABLES.map((name) => {
  const parameter = new CfnParameter(stack, name.replaceAll('_', ''), { default: '' });
  return [name, parameter.valueAsString] as const;
});

const web = new BlueGreenService(stack, 'Web', {
  task: ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:1'), {
    containerPort: 8080,
    environment: {
      VERSION: 'v2',
      WORK_MS: '8',
      FAULT_DOWN_WHILE_FILE: String(stack.node.tryGetContext('dependency') ?? ''),
      ...Object.fromEntries(faults),
    },
    rehearsalCommand: ['node', join(__dirname, '../../../examples/service/src/server.js')],
  }),
  vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }),
  desiredCount: 1,
  trafficShift: TrafficShift.allAtOnce(),
  bakeTime: Duration.minutes(15),
  suite: SmokeSuite.fromFile(join(__dirname, 'fault-matrix.yaml')),
  alarms: {
    // A starved machine is slow on both sides, which is what the comparison must bear; this alarm is not under test.
    latencyP99: Duration.seconds(30),
  },
});

new CfnOutput(stack, 'Application', { value: web.application.applicationName });
new CfnOutput(stack, 'Group', { value: web.deploymentGroup.deploymentGroupName });
new CfnOutput(stack, 'Listener', { value: web.twins.productionListener.listenerArn });
new CfnOutput(stack, 'TestListener', { value: web.twins.testListener.listenerArn });
