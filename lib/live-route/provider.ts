import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../internal/acknowledge';
import { bundleFolder } from '../../common/bundles';
import { HANDLER_RUNTIME, HANDLER_TIMEOUT, LOG_RETENTION } from '../internal/handlers';

const ID = 'GreenlightLiveRoute';

/**
 * How long CloudFormation waits for a route: the function's timeout, and the waits before Lambda's two retries of a lost event.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export const LIVE_ROUTE_TIMEOUT = Duration.minutes(HANDLER_TIMEOUT.toMinutes() + 3);

/** The live-route function, one in a stack however many services it serves. Each `LiveRoute` adds its own grants. */
export class LiveRouteProvider extends Construct {
  /** The stack's provider, created by the first construct that needs it. */
  static of(scope: Construct): LiveRouteProvider {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as LiveRouteProvider | undefined) ?? new LiveRouteProvider(stack);
  }

  readonly role: Role;
  readonly function: LambdaFunction;

  private constructor(stack: Stack) {
    super(stack, ID);
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Greenlight live route: reads which target group is live',
    });
    this.grantReading(stack);
    const logGroup = new LogGroup(this, 'Logs', { retention: LOG_RETENTION, removalPolicy: RemovalPolicy.DESTROY });
    logGroup.grantWrite(this.role);
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Greenlight live route: finds the live target group for listeners',
      runtime: HANDLER_RUNTIME,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(bundleFolder('live-route')),
      memorySize: 256,
      timeout: HANDLER_TIMEOUT,
      role: this.role,
      logGroup,
    });
  }

  /**
   * The Describe actions of load balancers know no resource level:
   * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
   */
  private grantReading(stack: Stack): void {
    this.role.addToPolicy(
      new PolicyStatement({
        actions: [
          'elasticloadbalancing:DescribeListeners',
          'elasticloadbalancing:DescribeRules',
          'elasticloadbalancing:DescribeTargetHealth',
        ],
        resources: ['*'],
      }),
    );
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [stack.stackId] }),
    );
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'WhichResourceHasAPlace',
        actions: ['cloudformation:DescribeStackResource'],
        resources: [stack.stackId],
      }),
    );
    acknowledgeWildcards(this.role, 'The describe actions of load balancers have no resource level', ['*']);
  }
}
