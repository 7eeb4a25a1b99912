// The smallest stack: `npm install cdk-greenlight aws-cdk-lib constructs`, an image's folder, a port.
const { App, Stack } = require('aws-cdk-lib');
const { ContainerImage } = require('aws-cdk-lib/aws-ecs');
const { BlueGreenService } = require('cdk-greenlight');

const app = new App();
const stack = new Stack(app, 'Plain');
new BlueGreenService(stack, 'Web', {
  image: ContainerImage.fromAsset('service'),
  port: 3000,
  healthCheckPath: '/',
  environment: { RELEASE: app.node.tryGetContext('release') ?? '1' },
});
