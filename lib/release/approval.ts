import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { EventField, type EventPattern, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
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

/** A release that waits, as its event describes it. */
export interface Waiting {
  readonly eventPattern: EventPattern;
  /** What waits, and for what: `Web: deployment d-1 passed its smoke gate and waits for approval`. */
  readonly what: string;
  /** The command that continues it. */
  readonly ship: string;
  /** The command that rolls it back. */
  readonly stop: string;
  /** What becomes of it without a decision. */
  readonly otherwise: string;
}

/** Sends the topic the two commands for each release that waits. */
export function notifyApprovers(scope: Construct, topic: ITopic, waiting: Waiting): Rule {
  const { eventPattern, what, ship, stop, otherwise } = waiting;
  const text = `${what}. To ship it: ${ship} . To stop it: ${stop} . ${otherwise}.`;
  return new Rule(scope, 'ApprovalRule', {
    description: 'Greenlight: a release waits for approval',
    eventPattern,
    targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(text) })],
  });
}

/**
 * CodeDeploy's own triggers send bare JSON that does not say what to do, so the message is made from its event.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
 */
export function waitingForCodeDeploy(group: IEcsDeploymentGroup, serviceName: string): Waiting {
  const id = EventField.fromPath('$.detail.deploymentId');
  return {
    eventPattern: {
      source: ['aws.codedeploy'],
      detailType: ['CodeDeploy Deployment State-change Notification'],
      detail: { state: ['READY'], deploymentGroup: [group.deploymentGroupName] },
    },
    what: `${serviceName}: deployment ${id} passed its smoke gate and waits for approval`,
    ship: `aws deploy continue-deployment --deployment-id ${id} --deployment-wait-type READY_WAIT`,
    stop: `aws deploy stop-deployment --deployment-id ${id} --auto-rollback-enabled`,
    otherwise: 'Without a decision it is rolled back when its time is over',
  };
}
