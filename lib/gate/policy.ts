import type { Stack } from 'aws-cdk-lib';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { CustomCheck } from './custom-check';
import { everyAlarm } from '../internal/arns';

/** What the gate's functions may do, whatever the suite. */
export function gateStatements(
  stack: Stack,
  deploymentGroup: IEcsDeploymentGroup,
  logGroup: LogGroup,
): PolicyStatement[] {
  return [
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
      resources: [stack.formatArn({ service: 'ec2', resource: '*', resourceName: '*' })],
    }),
    // These know no resource level:
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
    new PolicyStatement({
      actions: [
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:DescribeTargetHealth',
      ],
      resources: ['*'],
    }),
    new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [everyAlarm(stack)] }),
    new PolicyStatement({
      actions: [
        'codedeploy:PutLifecycleEventHookExecutionStatus',
        'codedeploy:GetDeployment',
        'codedeploy:BatchGetDeploymentTargets',
      ],
      resources: [deploymentGroup.deploymentGroupArn],
    }),
    new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
  ];
}

export function customCheckStatement(customChecks: readonly CustomCheck[]): PolicyStatement {
  const resources = [...new Set(customChecks.map((check) => check.handler.functionArn))];
  return new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources });
}
