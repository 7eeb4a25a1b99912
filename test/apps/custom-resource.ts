import { type App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { image, PORT } from './service';

/** AwsCustomResource: the version is read from a parameter by an SDK call when the stack is deployed. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Configured');
  const parameter = new StringParameter(stack, 'Version', { stringValue: version });
  const read = new AwsCustomResource(stack, 'ReadVersion', {
    onUpdate: {
      service: 'SSM',
      action: 'getParameter',
      // The version `missing` is one that nobody has published.
      parameters: { Name: version === 'missing' ? `${parameter.parameterName}/missing` : parameter.parameterName },
      physicalResourceId: PhysicalResourceId.of(version),
    },
    policy: AwsCustomResourcePolicy.fromSdkCalls({
      resources: [parameter.parameterArn, `${parameter.parameterArn}/*`],
    }),
  });
  read.node.addDependency(parameter);
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  new ApplicationLoadBalancedFargateService(stack, 'Web', {
    cluster: new Cluster(stack, 'Cluster', { vpc }),
    taskImageOptions: {
      image: image(),
      containerPort: PORT,
      environment: { VERSION: read.getResponseField('Parameter.Value') },
    },
    minHealthyPercent: 100,
    desiredCount: 1,
  });
}
