import { AwsError } from '../../core/service';
import type { ErrorCode, ErrorInformation } from './lifecycle';

/** CodeDeploy's own sentences. https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-ecs.html */
export const MESSAGES = {
  hookFailed: {
    code: 'HOOK_EXECUTION_FAILURE',
    message: 'The deployment failed because one or more of the lifecycle event validation functions failed.',
  },
  hookTimeout: {
    code: 'TIMEOUT',
    message:
      'The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.',
  },
  installTimeout: {
    code: 'TIMEOUT',
    message:
      'The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.',
  },
  stabilityTimeout: {
    code: 'TIMEOUT',
    message:
      'The deployment timed out while waiting for the replacement task set to return to a steady state. This time out period is 5 minutes.',
  },
  stopped: { code: 'MANUAL_STOP', message: 'The deployment was stopped on request.' },
  behindListener: {
    code: 'ELASTIC_LOAD_BALANCING_INVALID',
    message:
      'The ELB could not be updated due to the following error: Primary taskset target group must be behind listener',
  },
  readyTimeout: (waitMs: number): ErrorInformation => ({
    code: 'TIMEOUT',
    message: `The deployment timed out while waiting for a notification to continue. This time out period is ${waitMs / 60_000} minutes.`,
  }),
  rollbackOf: (rollbackId: string, deploymentId: string) =>
    `Deployment ${rollbackId} is triggered to roll back deployment ${deploymentId}.`,
  rolledBackBy: (deploymentId: string, rollbackId: string) =>
    `Deployment ${deploymentId} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackId}.`,
} as const;

export function alarmActive(names: readonly string[]): ErrorInformation {
  const activated = names.map((name) => `<${name}>`).join(' ');
  return {
    code: 'ALARM_ACTIVE',
    message: `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: ${activated}`,
  };
}

/** A failure with CodeDeploy's own code, thrown by what the runner does in the world. */
export class DeploymentFailure extends Error {
  constructor(readonly information: ErrorInformation) {
    super(information.message);
  }
}

const SERVICES: Readonly<
  Record<string, { readonly name: string; readonly code: ErrorCode; readonly subject: string }>
> = {
  ecs: { name: 'AmazonECS', code: 'ECS_UPDATE_ERROR', subject: 'ECS service' },
  elasticloadbalancing: {
    name: 'AmazonElasticLoadBalancing',
    code: 'ELASTIC_LOAD_BALANCING_INVALID',
    subject: 'ELB',
  },
  lambda: { name: 'AWSLambda', code: 'INVALID_LAMBDA_FUNCTION', subject: 'Lambda function' },
  cloudwatch: { name: 'AmazonCloudWatch', code: 'INTERNAL_ERROR', subject: 'alarm' },
};

/** What an error of another service's operation means for the deployment. */
export function failureOf(error: unknown, prefix: string, roleArn: string): ErrorInformation {
  if (error instanceof DeploymentFailure) return error.information;
  const service = SERVICES[prefix] ?? { name: prefix, code: 'INTERNAL_ERROR', subject: prefix };
  if (isAccessDenied(error))
    return {
      code: 'IAM_ROLE_PERMISSIONS',
      message: `The IAM role ${roleArn} does not give you permission to perform operations in the following AWS service: ${service.name}.`,
    };
  const problem = error instanceof Error ? error.message : String(error);
  return {
    code: service.code,
    message: `The ${service.subject} could not be updated due to the following error: ${problem}`,
  };
}

function isAccessDenied(error: unknown): boolean {
  return error instanceof AwsError && /^(AccessDenied|UnauthorizedOperation)/.test(error.code);
}
