import { ArnFormat, Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IGrantable, Policy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ReleaseEnvironment, WATCH_HOURS_MAX } from '../../lambda/release/types';
import { acknowledge, acknowledgeWildcards } from '../internal/acknowledge';
import { bundleFolder } from '../../common/bundles';
import { HANDLER_RUNTIME, HANDLER_TIMEOUT, LOG_RETENTION } from '../internal/handlers';
import { ofOwnAccount } from '../internal/trust';
import { renderWaiter } from './waiter';

const ID = 'GreenlightRelease';

/**
 * The release function and its waiter, one of each in a stack however many services it ships. Each release adds a policy with
 * its own grants to the function's role.
 */
export class ReleaseProvider extends Construct {
  /** The stack's provider, created by the first release that needs it. */
  static of(scope: Construct): ReleaseProvider {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as ReleaseProvider | undefined) ?? new ReleaseProvider(stack);
  }

  readonly role: Role;
  readonly function: LambdaFunction;
  readonly waiter: CfnStateMachine;

  private constructor(stack: Stack) {
    super(stack, ID);
    // The waiter calls the function and the function starts the waiter: a name breaks the cycle of references.
    const waiterName = `${Names.uniqueResourceName(this, { maxLength: 72, separator: '-' })}-waiter`;
    const waiterArn = stack.formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: waiterName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: "Greenlight release: starts and follows this stack's deployments",
    });
    allow(this.role, ['states:StartExecution', 'states:ListExecutions'], [waiterArn]);
    const executions = stack.formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${waiterName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    allow(this.role, ['states:StopExecution', 'states:DescribeExecution'], [executions]);
    // Whether an update is a rollback: CloudFormation's event does not say so.
    allow(this.role, ['cloudformation:DescribeStacks'], [stack.stackId]);
    acknowledgeWildcards(this.role, 'Each wait is an execution of its own', [executions]);
    this.function = this.createFunction(waiterArn);
    this.waiter = this.createWaiter(stack, waiterName);
  }

  /**
   * What the function may do for one release. Each has a policy of its own: when a release leaves the template, CloudFormation
   * deletes its resource at the end of the update and its policy after it, whereas a shared policy would lose its statements first.
   */
  grantsOf(release: Construct): Policy {
    const within = release.node.scopes.slice(Stack.of(release).node.scopes.length);
    return new Policy(this.role, within.map(({ node }) => node.id).join('-'), { roles: [this.role] });
  }

  private createFunction(waiterArn: string): LambdaFunction {
    // What was released, why it ended and who broke the glass outlives the stack.
    const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const logGroup = new LogGroup(this, 'Logs', { retention: LOG_RETENTION, removalPolicy });
    logGroup.grantWrite(this.role);
    return new LambdaFunction(this, 'Function', {
      description: 'Greenlight release: lets cdk deploy ship, or say why it did not',
      runtime: HANDLER_RUNTIME,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(bundleFolder('release')),
      memorySize: 256,
      timeout: HANDLER_TIMEOUT,
      role: this.role,
      logGroup,
      environment: { [ReleaseEnvironment.waiterArn]: waiterArn },
    });
  }

  private createWaiter(stack: Stack, stateMachineName: string): CfnStateMachine {
    const ask = new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [this.function.functionArn],
    });
    const role = new Role(this, 'WaiterRole', {
      assumedBy: ofOwnAccount(stack, 'states.amazonaws.com'),
      description: 'Greenlight waiter: calls the release function',
      inlinePolicies: { ask: new PolicyDocument({ statements: [ask] }) },
    });
    const waiter = new CfnStateMachine(this, 'Waiter', {
      stateMachineName,
      roleArn: role.roleArn,
      definitionString: stack.toJsonString(
        renderWaiter({
          partition: stack.partition,
          functionArn: this.function.functionArn,
          timeoutSeconds: Duration.hours(WATCH_HOURS_MAX).toSeconds(),
        }),
      ),
    });
    acknowledge(
      waiter,
      'The waiter only asks again: what happens, and why, is in the log of the release function',
      'AwsSolutions-SF1',
      'AwsSolutions-SF2',
    );
    return waiter;
  }
}

/** Adds a statement to the policy, or to that of the grantee. */
export function allow(to: IGrantable | Policy, actions: string[], resources: string[]): void {
  const statement = new PolicyStatement({ actions, resources });
  if (to instanceof Policy) to.addStatements(statement);
  else to.grantPrincipal.addToPrincipalPolicy(statement);
}
