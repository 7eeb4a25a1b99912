import { join } from 'node:path';
import { App, CrossStackReferences, ReferenceStrength, Stack, Stage } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { BlueGreenService, ServiceTask, SmokeSuite, TrafficShift } from '../../../lib';

/**
 * A stage within a stage, whose service is in a region of another account, and refers to topics of a second region in each way that the
 * CDK has: weak (Fn::GetStackOutput), strong (custom resources that write and read SSM parameters) and both.
 */
const app = new App();
const stage = new Stage(new Stage(app, 'Prod'), 'Eu', { env: { account: '222222222222', region: 'eu-west-1' } });
const global = new Stack(stage, 'Global', { env: { region: 'us-east-1' }, crossRegionReferences: true });
const topics = Object.values(ReferenceStrength).map((strength) => {
  const topic = new Topic(global, `Topic${strength}`);
  CrossStackReferences.of(topic).produce(strength);
  return topic.topicArn;
});
const stack = new Stack(stage, 'Shop', { crossRegionReferences: true });
const check = (strength: string) => ({
  name: `topic of a ${strength} reference`,
  path: '/',
  expect: { bodyContains: `arn:aws:sns:us-east-1:222222222222:Prod-Eu-Global-Topic${strength}` },
});
new BlueGreenService(stack, 'Web', {
  task: ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:1'), {
    containerPort: 8080,
    environment: { VERSION: [app.node.tryGetContext('version') as string, ...topics].join(' ') },
    rehearsalCommand: ['node', join(__dirname, '../../../examples/service/src/server.js')],
  }),
  cluster: new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }) }),
  desiredCount: 1,
  trafficShift: TrafficShift.allAtOnce(),
  suite: SmokeSuite.of(...Object.values(ReferenceStrength).map(check)),
});
