import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { ReleaseApproval } from './release-approval';
import { durationProblem } from '../internal/validate';

export function approvalProblem(approval: ReleaseApproval | undefined, name = 'approval.timeout'): string | undefined {
  if (!approval) return undefined;
  return durationProblem(name, approval.timeout, {
    minSeconds: 60,
    maxSeconds: 50 * 60,
    stepSeconds: 60,
    remedy: 'a release inside cdk deploy has an hour, with the start of green and the gates',
  });
}

/**
 * CodeDeploy's own triggers send bare JSON that does not say what to do, so the message is made from its event.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
 */
export function notifyApprovers(
  scope: Construct,
  group: IEcsDeploymentGroup,
  serviceName: string,
  topic: ITopic,
): void {
  const id = EventField.fromPath('$.detail.deploymentId');
  const text =
    `${serviceName}: deployment ${id} passed its smoke gate and waits for approval. ` +
    `To ship it: aws deploy continue-deployment --deployment-id ${id} --deployment-wait-type READY_WAIT . ` +
    `To stop it: aws deploy stop-deployment --deployment-id ${id} --auto-rollback-enabled . ` +
    'Without a decision it is rolled back when its time is over.';
  new Rule(scope, 'ApprovalRule', {
    description: 'Greenlight: a release waits for approval',
    eventPattern: {
      source: ['aws.codedeploy'],
      detailType: ['CodeDeploy Deployment State-change Notification'],
      detail: { state: ['READY'], deploymentGroup: [group.deploymentGroupName] },
    },
    targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(text) })],
  });
}
