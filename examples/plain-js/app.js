// The smallest stack: `npm install cdk-greenlight aws-cdk-lib constructs`, an image's folder, a port.
const { App, Stack } = require('aws-cdk-lib');
const { ContainerImage } = require('aws-cdk-lib/aws-ecs');
const { BlueGreenService, ServiceTask } = require('cdk-greenlight');

const app = new App();
const stack = new Stack(app, 'Plain');
new BlueGreenService(stack, 'Web', {
  task: ServiceTask.fromImage(ContainerImage.fromAsset('service'), {
    containerPort: 3000,
    environment: { RELEASE: app.node.tryGetContext('release') ?? '1' },
  }),
  healthCheck: { path: '/' },
});
