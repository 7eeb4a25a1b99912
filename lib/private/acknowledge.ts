import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says next to a resource why a rule of a policy pack (cdk-nag's AwsSolutions) does not hold for it. CDK's own
 * mechanism, so that neither the package nor the template depends on cdk-nag.
 */
export function acknowledge(construct: IConstruct, reason: string, ...ids: readonly string[]): void {
  for (const id of ids) Validations.of(construct).acknowledge({ id, reason });
}
