import { Stack } from 'aws-cdk-lib';
import { type CfnRole, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';

/**
 * A service that acts for this account only: no other account can make it use the role. Lambda says no such thing when
 * it takes an execution role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention
 */
export function ofOwnAccount(stack: Stack, service: string): ServicePrincipal {
  return new ServicePrincipal(service, { conditions: conditionsOf(stack) });
}

/** The same for a role that the CDK made, whose trust policy has one statement. */
export function limitToOwnAccount(role: Role): void {
  const resource = role.node.defaultChild as CfnRole;
  resource.addPropertyOverride('AssumeRolePolicyDocument.Statement.0.Condition', conditionsOf(Stack.of(role)));
}

function conditionsOf({ account }: Stack) {
  return { StringEquals: { 'aws:SourceAccount': account } };
}
