import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import type { CustomCheck } from './custom-check';
import type { ReleaseGateProps } from './release-gate-props';
import { everyAlarm } from '../internal/arns';

/** What the gate's functions may do, whatever the suite. */
export function gateStatements(
  stack: Stack,
  { deploymentGroup, cluster }: Pick<ReleaseGateProps, 'deploymentGroup' | 'cluster'>,
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
    ...(deploymentGroup
      ? [
          new PolicyStatement({
            actions: [
              'codedeploy:PutLifecycleEventHookExecutionStatus',
              'codedeploy:GetDeployment',
              'codedeploy:BatchGetDeploymentTargets',
            ],
            resources: [deploymentGroup.deploymentGroupArn],
          }),
        ]
      : []),
    ...(cluster ? ecsStatements(stack, cluster) : []),
    new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
  ];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
function ecsStatements(stack: Stack, { clusterName }: ICluster): PolicyStatement[] {
  // The service comes after its hooks, so they cannot name it.
  const of = (resource: string) => stack.formatArn({ service: 'ecs', resource, resourceName: `${clusterName}/*` });
  return [
    new PolicyStatement({ actions: ['ecs:DescribeServiceDeployments'], resources: [of('service-deployment')] }),
    new PolicyStatement({ actions: ['ecs:DescribeServiceRevisions'], resources: [of('service-revision')] }),
  ];
}

export function customCheckStatement(customChecks: readonly CustomCheck[]): PolicyStatement {
  const resources = [...new Set(customChecks.map((check) => check.handler.functionArn))];
  return new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources });
}
