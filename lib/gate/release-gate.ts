import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Connections, type IConnectable, type ISecurityGroup, type ISubnet, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  Grant,
  type IGrantable,
  Policy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../lambda/gate/types';
import type { CustomCheck } from './custom-check';
import { acknowledgeWildcards } from '../internal/acknowledge';
import { comparisonTimeProblem } from './comparison-settings';
import { environmentProblem } from './environment-size';
import { gateEnvironment, stackPathOf } from './environment';
import { gateReachProblem } from './reach';
import { customCheckStatement, gateStatements } from './policy';
import { gateSecurityGroup } from './security-group';
import { gateProblems } from './validation';
import { HANDLER_RUNTIME, LOG_RETENTION } from '../internal/handlers';
import { publicSubnetsProblem } from '../twins/subnets';
import { withGateCode } from '../suite/rendering';
import { refuse, refuseAll } from '../internal/validate';
import type { ITwinEnvironments } from '../twins/imported-twin-environments';
import { TwinEnvironments } from '../twins/twin-environments';
import { LifecycleEvent, lifecycleEventsOf, ON_TEST_LISTENER } from './lifecycle-event';
import type { IReleaseGate, ReleaseGateProps } from './release-gate-props';

/** Kept back from the function's timeout so that the gate can always report. */
const REPORT_RESERVE = Duration.seconds(60);
const PREFLIGHT_TIMEOUT = Duration.minutes(1);
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LAMBDA_TIMEOUT = Duration.minutes(15);

/**
 * The hook functions that let a release pass or fail: one per lifecycle event, because CodeDeploy's payload does not
 * name it. ECS calls the same functions at its own stages. They run in the VPC, in the one security group that the test listener admits.
 */
export class ReleaseGate extends Construct implements IReleaseGate, IConnectable {
  /** The group that the test listener admits. */
  public readonly securityGroup: ISecurityGroup;
  /** The network connections of the gate's security group. */
  public readonly connections: Connections;
  /** The role that all of the gate's functions share. */
  public readonly role: Role;
  /** The timeout of one run of the suite. */
  public readonly timeout: Duration;
  /** The lifecycle events at which this gate runs, in their order. */
  public readonly lifecycleEvents: LifecycleEvent[];
  /** @internal */
  public readonly _twins: ITwinEnvironments;
  private readonly bakeCheckTime: Duration;
  private readonly serviceName: string;
  private readonly functions = new Map<LifecycleEvent, LambdaFunction>();
  private readonly logGroup: LogGroup;

  public constructor(scope: Construct, id: string, props: ReleaseGateProps) {
    super(scope, id);
    this.timeout = props.timeout ?? Duration.minutes(5);
    this.bakeCheckTime = props.bakeCheckTime ?? Duration.seconds(0);
    this.lifecycleEvents = lifecycleEventsOf(props);
    this.serviceName = props.serviceName ?? this.node.scope?.node.id ?? this.node.id;
    refuseAll(this, gateProblems(this, props, this.timeout));
    const suite = props.suite._render(this);
    const subnets = privateSubnets(this, props);
    refuseAll(this, [comparisonTimeProblem(suite, this.timeout), gateReachProblem(suite, props, subnets)]);

    this.securityGroup = gateSecurityGroup(this, props);
    this.connections = new Connections({ securityGroups: [this.securityGroup] });
    props.twins.allowGateFrom(this);
    this._twins = props.twins;
    if (props.twins instanceof TwinEnvironments) props.twins._updateGuard.addSuite(suite);
    this.logGroup = gateLogGroup(this, props.logRetention);
    this.role = this.createRole(props);
    props.suite.grantReadSecrets(this.role);
    withGateCode(this, suite, (code) => {
      for (const event of this.lifecycleEvents) this.createFunction(event, code, subnets, props);
    });
    // ECS calls again by itself.
    if (this.bakes() && props.deploymentGroup) this.allowToContinue();
  }

  /** How long the gate may take at a lifecycle event. The value is unresolved when it is not known at synth. */
  public timeoutOf(event: LifecycleEvent): Duration {
    if (event === LifecycleEvent.BEFORE_INSTALL) return PREFLIGHT_TIMEOUT;
    if (event !== LifecycleEvent.AFTER_ALLOW_TRAFFIC || !this.bakes()) return this.timeout;
    const unknown = [this.bakeCheckTime, this.timeout].find((limit) => limit.isUnresolved());
    if (unknown) return unknown;
    // Once when traffic has moved, and once more when the time is over.
    return this.bakeCheckTime.plus(this.timeout).plus(this.timeout);
  }

  private bakes(): boolean {
    return this.bakeCheckTime.isUnresolved() || this.bakeCheckTime.toSeconds() > 0;
  }

  /** The function that runs at a lifecycle event. */
  public functionOf(event: LifecycleEvent): IFunction {
    return found(this.functions, event);
  }

  /** A metric of this gate's runs at a lifecycle event: `GatePassed`, `ChecksFailed`. docs/gate.md lists them. */
  public metric(metricName: string, event: LifecycleEvent, options?: MetricOptions): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: {
        Stack: stackPathOf(this, this.serviceName),
        Service: this.serviceName,
        LifecycleEvent: event,
      },
      statistic: 'Sum',
      ...options,
    });
  }

  /** The log group that holds the verdicts of a lifecycle event; the gates of a stack share it. */
  public logGroupOf(event: LifecycleEvent): ILogGroup {
    found(this.functions, event);
    return this.logGroup;
  }

  /** Lets a role of CodeDeploy or ECS call the gate. */
  public grantInvoke(grantee: IGrantable): Grant {
    const resourceArns = [...this.functions.values()].map((each) => each.functionArn);
    return Grant.addToPrincipal({ grantee, actions: ['lambda:InvokeFunction'], resourceArns });
  }

  /**
   * A bake check that outlasts one invocation continues in the next. It is a separate policy, because functions wait for what
   * belongs to their role, and this policy refers to a function.
   */
  private allowToContinue(): void {
    const resources = [this.functionOf(LifecycleEvent.AFTER_ALLOW_TRAFFIC).functionArn];
    new Policy(this, 'GoOnPolicy', {
      roles: [this.role],
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources })],
    });
  }

  private createRole(props: ReleaseGateProps): Role {
    const granted = gateStatements(Stack.of(this), props, this.logGroup);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Greenlight gate: reads alarms and reports whether a release passes',
      inlinePolicies: { gate: new PolicyDocument({ statements: granted }) },
    });
    // Outside the role, because the functions and secrets of users may refer to the role.
    if (props.customChecks?.length) role.addToPolicy(customCheckStatement(props.customChecks));
    acknowledgeWildcards(
      role,
      'Lambda creates and deletes network interfaces that have no name yet; the describe actions have no resource level',
      granted.flatMap((statement) => statement.resources),
    );
    return role;
  }

  private createFunction(event: LifecycleEvent, code: Code, subnets: ISubnet[], props: ReleaseGateProps): void {
    const environment = gateEnvironment(this, props, {
      serviceName: this.serviceName,
      stackPath: stackPathOf(this, this.serviceName),
      event,
      production: !ON_TEST_LISTENER.includes(event),
      timeoutSeconds: (event === LifecycleEvent.BEFORE_INSTALL ? PREFLIGHT_TIMEOUT : this.timeout).toSeconds(),
      bakeSeconds: event === LifecycleEvent.AFTER_ALLOW_TRAFFIC ? this.bakeCheckTime.toSeconds() : 0,
      customChecks: (props.customChecks ?? []).filter((check) => eventsOf(check).includes(event)),
    });
    refuseAll(this, [environmentProblem(Stack.of(this), environment)]);
    const hook = new LambdaFunction(this, event, {
      description: `Greenlight gate: ${event}`,
      runtime: HANDLER_RUNTIME,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code,
      memorySize: 256,
      timeout: functionTimeout(this.timeoutOf(event)),
      role: this.role,
      logGroup: this.logGroup,
      vpc: props.vpc,
      vpcSubnets: { subnets },
      securityGroups: [this.securityGroup],
      environment,
    });
    this.functions.set(event, hook);
  }
}

/** With time to report. A limit that is not known at synth gets all that Lambda gives. */
function functionTimeout(limit: Duration): Duration {
  if (limit.isUnresolved()) return LAMBDA_TIMEOUT;
  return Duration.seconds(Math.min(LAMBDA_TIMEOUT.toSeconds(), limit.plus(REPORT_RESERVE).toSeconds()));
}

function found<T>(map: ReadonlyMap<LifecycleEvent, T>, event: LifecycleEvent): T {
  const value = map.get(event);
  if (value === undefined)
    throw new Error(`${String(event)}: no gate runs at this event: use one of its lifecycleEvents`);
  return value;
}

function privateSubnets(scope: Construct, props: ReleaseGateProps): ISubnet[] {
  if (!props.vpcSubnets && props.vpc.privateSubnets.length === 0) {
    refuse(
      scope,
      'the VPC has no private subnet with egress, so the gate could reach neither the load balancer nor AWS: ' +
        'add a subnet of type PRIVATE_WITH_EGRESS with a NAT gateway, or name subnets with vpcSubnets',
    );
  }
  const { subnets } = props.vpc.selectSubnets(props.vpcSubnets ?? { subnetType: SubnetType.PRIVATE_WITH_EGRESS });
  refuseAll(scope, [publicSubnetsProblem(props.vpc, subnets)]);
  return subnets;
}

function eventsOf(check: CustomCheck): readonly LifecycleEvent[] {
  return check.lifecycleEvents ?? [LifecycleEvent.AFTER_ALLOW_TEST_TRAFFIC];
}

const LOGS_ID = 'GreenlightGateLogs';

/**
 * The log group of the stack's gates, one for each retention: each function writes its own streams. The verdicts, and who
 * passed the gate with break-glass, outlive the stack.
 */
function gateLogGroup(scope: Construct, retention: RetentionDays = LOG_RETENTION): LogGroup {
  const stack = Stack.of(scope);
  const id = retention === LOG_RETENTION ? LOGS_ID : `${LOGS_ID}${retention}`;
  return (
    (stack.node.tryFindChild(id) as LogGroup | undefined) ??
    new LogGroup(stack, id, { retention, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE })
  );
}
