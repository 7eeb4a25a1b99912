import { Aws, Lazy, Stack } from 'aws-cdk-lib';
import { type CfnService, type FargateService } from 'aws-cdk-lib/aws-ecs';
import { EventField } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { STAGES } from '../../lambda/gate/types';
import type { ReleaseGate } from '../gate/release-gate';
import { acknowledgeWildcards } from '../internal/acknowledge';
import { notifyApprovers, type Waiting } from '../release/approval';
import { propertiesOf } from '../release/followers';
import type { ReleaseApproval } from '../release/release-approval';
import type { Shipped } from './bound-engine';

/**
 * Where a deployment waits: once, before any production traffic moves. At PRE_PRODUCTION_TRAFFIC_SHIFT it would wait before each
 * step. The gate's hook is at the same stage: "Both hooks must complete before the deployment proceeds to the next stage."
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
 */
export const APPROVAL_STAGE = STAGES.AfterAllowTestTraffic;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html */
export function pauseHook({ timeout }: ReleaseApproval): object {
  return {
    TargetType: 'PAUSE',
    LifecycleStages: [APPROVAL_STAGE],
    TimeoutConfiguration: { Action: 'ROLLBACK', TimeoutInMinutes: timeout.toMinutes() },
  };
}

/** Notifies the approvers of each release that waits, and lets the gate continue the first version, which waits too. */
export function awaitApproval(scope: Construct, { approval, serviceName, service, gate }: Shipped): void {
  if (!approval) return;
  letContinue(gate, service);
  if (!approval.topic) return;
  const rule = notifyApprovers(scope, approval.topic, waitingForEcs(service, serviceName));
  // A release that waits before there is a rule would be announced to nobody.
  service.node.addDependency(rule);
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
function letContinue(gate: ReleaseGate, { cluster }: FargateService): void {
  // The service comes after its hooks, so they cannot name it.
  const resources = [
    Stack.of(gate).formatArn({
      service: 'ecs',
      resource: 'service-deployment',
      resourceName: `${cluster.clusterName}/*`,
    }),
  ];
  gate.role.addToPrincipalPolicy(new PolicyStatement({ actions: ['ecs:ContinueServiceDeployment'], resources }));
  acknowledgeWildcards(gate.role, 'Each deployment has an ARN of its own', resources);
}

/**
 * "Amazon ECS emits an EventBridge event with the detail-type ECS Hook State Change and the event name HOOK_AWAITING_ACTION."
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
 */
function waitingForEcs(service: FargateService, serviceName: string): Waiting {
  const field = (name: string) => EventField.fromPath(`$.detail.${name}`);
  const command =
    `aws ecs continue-service-deployment --service-deployment-arn ${field('serviceDeploymentArn')} ` +
    `--hook-id ${field('hookId')} --action`;
  return {
    eventPattern: {
      source: ['aws.ecs'],
      detailType: ['ECS Hook State Change'],
      detail: {
        eventName: ['HOOK_AWAITING_ACTION'],
        hookType: ['PAUSE'],
        lifecycleStage: [APPROVAL_STAGE],
        serviceArn: [{ prefix: arnBegins(service) }],
      },
    },
    what:
      `${serviceName}: deployment ${field('serviceDeploymentArn')} waits for approval, while its smoke gate tests it. It gets ` +
      'production traffic when it is approved and the gate has passed',
    ship: `${command} CONTINUE`,
    stop: `${command} ROLLBACK`,
    otherwise: `Without a decision it is rolled back at ${field('expiresAt')}. The first version of a service needs no decision`,
  };
}

/**
 * The rule comes before the service, so it cannot refer to it. CloudFormation makes the name of a resource without one of the
 * stack's name, its logical ID and random letters.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 */
function arnBegins(service: FargateService): string {
  const name = Lazy.uncachedString({ produce: () => nameBegins(service.node.defaultChild as CfnService) });
  const resourceName = `${service.cluster.clusterName}/${name}`;
  return Stack.of(service).formatArn({ service: 'ecs', resource: 'service', resourceName });
}

/** Names have 255 characters, of which the stack's name has up to 128. A longer one is cut, so it is not compared. */
const LOGICAL_ID_MAX = 100;

function nameBegins(resource: CfnService): string {
  const { ServiceName } = propertiesOf(resource);
  if (typeof ServiceName === 'string') return ServiceName;
  const id = Stack.of(resource).getLogicalId(resource);
  return id.length > LOGICAL_ID_MAX ? '' : `${Aws.STACK_NAME}-${id}-`;
}
