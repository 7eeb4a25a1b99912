import { join } from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { BlueGreenService, TrafficShift } from '../../../lib';

/** A stage whose service is in a region of another account, and knows a topic of a second region. */
const app = new App();
const stage = new Stage(app, 'Prod', { env: { account: '222222222222', region: 'eu-west-1' } });
const global = new Stack(stage, 'Global', { env: { region: 'us-east-1' }, crossRegionReferences: true });
const topic = new Topic(global, 'Topic');
const stack = new Stack(stage, 'Shop', { crossRegionReferences: true });
new BlueGreenService(stack, 'Web', {
  cluster: new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }) }),
  image: ContainerImage.fromRegistry('example/web:1'),
  port: 8080,
  desiredCount: 1,
  rehearsalCommand: ['node', join(__dirname, '../../../examples/service/src/server.js')],
  trafficShift: TrafficShift.allAtOnce(),
  environment: { VERSION: String(app.node.tryGetContext('version')), TOPIC: topic.topicArn },
});
