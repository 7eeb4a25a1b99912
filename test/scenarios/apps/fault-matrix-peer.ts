import { join } from 'node:path';
import { ApplicationLoadBalancedCodeDeployedFargateService } from '@cdklabs/cdk-ecs-codedeploy';
import { App, CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { FAULT_VARIABLES } from '../../support/scenarios/fault-matrix';

/** The same service in the pattern of `@cdklabs/cdk-ecs-codedeploy`, with that package's defaults. */
const stack = new Stack(new App(), 'Matrix', { env: { account: '111111111111', region: 'us-east-1' } });

const faults = FAULT_VARIABLES.map((name) => {
  const parameter = new CfnParameter(stack, name.replaceAll('_', ''), { default: '' });
  return [name, parameter.valueAsString] as const;
});

const web = new ApplicationLoadBalancedCodeDeployedFargateService(stack, 'Web', {
  taskImageOptions: {
    image: ContainerImage.fromAsset(join(__dirname, '../../../examples/service')),
    containerPort: 8080,
    environment: {
      VERSION: 'v2',
      WORK_MS: '8',
      FAULT_DOWN_WHILE_FILE: String(stack.node.tryGetContext('dependency') ?? ''),
      ...Object.fromEntries(faults),
    },
  },
  desiredCount: 1,
});

new CfnOutput(stack, 'Application', { value: web.application.applicationName });
new CfnOutput(stack, 'Group', { value: web.deploymentGroup.deploymentGroupName });
new CfnOutput(stack, 'Listener', { value: web.listener.listenerArn });
new CfnOutput(stack, 'TestListener', { value: web.testListener.listenerArn });
