import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import {
  Connections,
  type IConnectable,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
} from 'aws-cdk-lib/aws-ec2';
import { Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { GateEnvironment } from '../lambda/gate/contract';
import { acknowledgeWildcards } from './private/acknowledge';
import { everyAlarm } from './private/arns';
import { HANDLER_RUNTIME, LOG_RETENTION } from './private/handlers';
import { renderSuite, withGateCode } from './private/suite';
import { durationProblem, refuse, refuseAll } from './private/validate';
import type { SmokeCheck } from './smoke-check';
import type { ITwinEnvironments } from './imported-twin-environments';

/** The lifecycle events at which a gate runs. */
export enum GateEvent {
  /** Green answers on the test listener; production traffic is still on blue. */
  AFTER_ALLOW_TEST_TRAFFIC = 'AfterAllowTestTraffic',
  /** All production traffic is on green. */
  AFTER_ALLOW_TRAFFIC = 'AfterAllowTraffic',
}

/** Construction properties of `ReleaseGate`. */
export interface ReleaseGateProps {
  /** Where the gate's functions connect from; it needs private subnets with a way out. */
  readonly vpc: IVpc;
  /** The listeners to test. */
  readonly twins: ITwinEnvironments;
  /** The deployment group whose deployments the gate answers. */
  readonly deploymentGroup: IEcsDeploymentGroup;
  /** What green must pass, on the test listener and again on the production listener. */
  readonly suite: SmokeCheck[];
  /** Alarms that must be quiet. @default - none */
  readonly alarms?: IAlarm[];
  /** Names the service in verdicts. @default - the id of the enclosing construct */
  readonly serviceName?: string;
  /** Subnets of the functions. @default - the private subnets with egress */
  readonly vpcSubnets?: SubnetSelection;
  /** Limit of one run of the suite, 10 s to 14 min. @default Duration.minutes(2) */
  readonly timeLimit?: Duration;
  /** How long the gate's logs are kept. @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
}

/** Kept back from the function's timeout so that the gate can always report. */
const REPORT_RESERVE = Duration.seconds(60);

/**
 * The hook functions that let a release pass or fail: one per lifecycle event, because CodeDeploy's payload does not
 * name it. They run in the VPC, in the one security group that the test listener admits.
 */
export class ReleaseGate extends Construct implements IConnectable {
  /** The group that the test listener admits. */
  public readonly securityGroup: SecurityGroup;
  /** Of the gate's security group. */
  public readonly connections: Connections;
  /** The role that all of the gate's functions share. */
  public readonly role: Role;
  /** Limit of one run. */
  public readonly timeLimit: Duration;
  private readonly functions = new Map<GateEvent, LambdaFunction>();
  private readonly logGroups = new Map<GateEvent, LogGroup>();

  public constructor(scope: Construct, id: string, props: ReleaseGateProps) {
    super(scope, id);
    this.timeLimit = props.timeLimit ?? Duration.minutes(2);
    refuseAll(this, [
      durationProblem('timeLimit', this.timeLimit, {
        minSeconds: 10,
        maxSeconds: 14 * 60,
        remedy: 'a Lambda function has 15 min, and the gate keeps one to report',
      }),
    ]);
    const suite = renderSuite(this, props.suite);
    const subnets = privateSubnets(this, props);

    this.securityGroup = this.createSecurityGroup(props.vpc);
    this.connections = new Connections({ securityGroups: [this.securityGroup] });
    props.twins.allowGateFrom(this);
    this.role = this.createRole(props);
    withGateCode(this, suite, (code) => {
      for (const event of Object.values(GateEvent)) this.createFunction(event, code, subnets, props);
    });
  }

  /** The function of a lifecycle event. */
  public functionOf(event: GateEvent): IFunction {
    return found(this.functions, event);
  }

  /** The log group that holds the verdicts of a lifecycle event. */
  public logGroupOf(event: GateEvent): LogGroup {
    return found(this.logGroups, event);
  }

  /** Lets CodeDeploy's role call the gate. */
  public grantInvoke(grantee: IGrantable): Grant {
    const resourceArns = [...this.functions.values()].map((each) => each.functionArn);
    return Grant.addToPrincipal({ grantee, actions: ['lambda:InvokeFunction'], resourceArns });
  }

  /** HTTPS to AWS's APIs; the listeners' ports are added by the twins. DNS in a VPC is not filtered. */
  private createSecurityGroup(vpc: IVpc): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Greenlight gate: the only way into the test listener',
      allowAllOutbound: false,
    });
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS APIs');
    return group;
  }

  private createRole(props: ReleaseGateProps): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Greenlight gate: reads alarms and reports lifecycle events of one deployment group',
    });
    const granted = statements(Stack.of(this), props);
    for (const statement of granted) role.addToPolicy(statement);
    acknowledgeWildcards(
      role,
      'Lambda makes and deletes network interfaces that have no name yet; describing knows no single resource',
      granted.flatMap((statement) => statement.resources),
    );
    return role;
  }

  private createFunction(event: GateEvent, code: Code, subnets: ISubnet[], props: ReleaseGateProps): void {
    const logGroup = new LogGroup(this, `${event}Logs`, {
      retention: props.logRetention ?? LOG_RETENTION,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(this.role);
    const production = event === GateEvent.AFTER_ALLOW_TRAFFIC;
    const hook = new LambdaFunction(this, event, {
      description: `Greenlight gate: ${event}`,
      runtime: HANDLER_RUNTIME,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code,
      memorySize: 256,
      timeout: this.timeLimit.plus(REPORT_RESERVE),
      role: this.role,
      logGroup,
      vpc: props.vpc,
      vpcSubnets: { subnets },
      securityGroups: [this.securityGroup],
      environment: {
        [GateEnvironment.serviceName]: props.serviceName ?? this.node.scope?.node.id ?? this.node.id,
        [GateEnvironment.lifecycleEvent]: event,
        [GateEnvironment.targetUrl]: production ? props.twins.productionUrl : props.twins.testUrl,
        ...(props.twins.domainName && { [GateEnvironment.hostName]: props.twins.domainName }),
        [GateEnvironment.loadBalancerFullName]: props.twins.loadBalancerFullName,
        [GateEnvironment.alarmNames]: Stack.of(this).toJsonString((props.alarms ?? []).map((alarm) => alarm.alarmName)),
        [GateEnvironment.timeLimitSeconds]: String(this.timeLimit.toSeconds()),
      },
    });
    this.functions.set(event, hook);
    this.logGroups.set(event, logGroup);
  }
}

function found<T>(map: ReadonlyMap<GateEvent, T>, event: GateEvent): T {
  const value = map.get(event);
  if (value === undefined) throw new Error(`${String(event)}: no gate runs at this event: use one of GateEvent`);
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
  return props.vpc.selectSubnets(props.vpcSubnets ?? { subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnets;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
function statements(stack: Stack, props: ReleaseGateProps): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
      resources: [stack.formatArn({ service: 'ec2', resource: '*', resourceName: '*' })],
    }),
    new PolicyStatement({ actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'], resources: ['*'] }),
    new PolicyStatement({
      actions: ['cloudwatch:DescribeAlarms'],
      resources: [everyAlarm(stack)],
    }),
    new PolicyStatement({
      actions: ['codedeploy:PutLifecycleEventHookExecutionStatus', 'codedeploy:GetDeployment'],
      resources: [props.deploymentGroup.deploymentGroupArn],
    }),
  ];
}
