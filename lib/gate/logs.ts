import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { LOG_RETENTION } from '../internal/handlers';

const ID = 'GreenlightGateLogs';

/**
 * The log group of the stack's gates, one for each retention that is asked for: each function writes streams of its own. Its
 * verdicts, and who passed the gate with break-glass, outlive the stack.
 */
export function gateLogGroup(scope: Construct, retention: RetentionDays = LOG_RETENTION): LogGroup {
  const stack = Stack.of(scope);
  const id = retention === LOG_RETENTION ? ID : `${ID}${retention}`;
  return (
    (stack.node.tryFindChild(id) as LogGroup | undefined) ??
    new LogGroup(stack, id, { retention, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE })
  );
}
