import { Duration, type Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Alarm, type IAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  Secret as EcsSecret,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  type BlueGreenServiceProps,
  type ListenerRuleOptions,
  type NewLoadBalancerOptions,
  ReleaseEngine,
  ServiceListener,
  ServiceTask,
  SmokeSuite,
  type TaskImageOptions,
  TrafficShift,
} from '../../../lib';
import { imageTask } from '../support';

/** What an update of each prop does. */

export type Effect = 'refused' | 'health check' | 'release' | 'at once';
type Props = Partial<BlueGreenServiceProps>;
export type Change = (stack: Stack) => Props;

export const nothing: Change = () => ({});

/** A service on an existing listener. */
function onListener(stack: Stack, changes: Partial<ListenerRuleOptions> = {}, testPriority = 1): Props {
  const vpc = new Vpc(stack, 'Own');
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const listener = (port: number) =>
    loadBalancer.addListener(`Port${port}`, {
      port,
      protocol: ApplicationProtocol.HTTP,
      defaultAction: ListenerAction.fixedResponse(404),
      open: false,
    });
  return {
    vpc,
    listener: ServiceListener.onListener(listener(80), {
      conditions: CONDITIONS,
      priority: 1,
      testRule: { listener: listener(81), priority: testPriority },
      ...changes,
    }),
  };
}

const CONDITIONS = [ListenerCondition.pathPatterns(['/*'])];

/** A service with new listeners on the same load balancer. */
function onLoadBalancer(stack: Stack): Props {
  const vpc = new Vpc(stack, 'Own');
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  return { vpc, listener: ServiceListener.onLoadBalancer(loadBalancer, { port: 8000 }) };
}

const task =
  (options: Partial<TaskImageOptions>): Change =>
  () => ({ task: imageTask(options) });
const created =
  (options: NewLoadBalancerOptions): Change =>
  () => ({ listener: ServiceListener.create(options) });

const certifiedWith =
  (options: NewLoadBalancerOptions): Change =>
  (stack) => {
    const arn = 'arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012';
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', arn);
    return { listener: ServiceListener.create({ certificate, ...options }) };
  };
const certified = certifiedWith({});
const ownTask = (image: string) => (stack: Stack) => {
  const taskDefinition = new FargateTaskDefinition(stack, 'Own');
  taskDefinition.addContainer('app', {
    image: ContainerImage.fromRegistry(image),
    portMappings: [{ containerPort: 8080 }],
  });
  return { task: ServiceTask.fromTaskDefinition(taskDefinition) };
};
const alarm = (stack: Stack): IAlarm =>
  new Alarm(stack, 'Alarm', {
    metric: new Metric({ namespace: 'Shop', metricName: 'Errors' }),
    threshold: 1,
    evaluationPeriods: 1,
  });
const group = (stack: Stack) => SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0');
const inVpc =
  (id: string, changes: (vpc: Vpc) => Props = () => ({})) =>
  (stack: Stack): Props => {
    const vpc = new Vpc(stack, id);
    return { vpc, ...changes(vpc) };
  };
const inCluster = (id: string) => (stack: Stack) => ({
  cluster: new Cluster(stack, id, {
    vpc: (stack.node.tryFindChild('Own') as Vpc | undefined) ?? new Vpc(stack, 'Own'),
  }),
});

export const ROWS: readonly [prop: string, Effect, Change, Change?][] = [
  [
    'task, another image',
    'release',
    () => ({ task: ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:2'), { containerPort: 8080 }) }),
  ],
  ['task, another task definition', 'release', ownTask('example/web:2'), ownTask('example/web:1')],
  ['task.environment', 'release', task({ environment: { A: '1' } })],
  [
    'task.secrets',
    'release',
    (stack) => ({
      task: imageTask({ secrets: { A: EcsSecret.fromSecretsManager(new Secret(stack, 'Secret')) } }),
    }),
  ],
  ['task.taskRole', 'release', (stack) => ({ task: imageTask({ taskRole: new Role(stack, 'Own', TASKS) }) })],
  ['task.executionRole', 'release', (stack) => ({ task: imageTask({ executionRole: new Role(stack, 'Own', TASKS) }) })],
  ['task.logGroup', 'release', (stack) => ({ task: imageTask({ logGroup: new LogGroup(stack, 'Own') }) })],
  ['task.runtimePlatform', 'release', task({ runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64 } })],
  ['task.cpu', 'release', task({ cpu: 512, memoryLimitMiB: 1024 })],
  ['task.memoryLimitMiB', 'release', task({ memoryLimitMiB: 1024 })],
  ['task.rehearsalCommand', 'release', task({ rehearsalCommand: ['node', 'server.js'] })],
  ['task.containerPort', 'refused', task({ containerPort: 9090 })],
  ['task.containerName', 'refused', task({ containerName: 'web' })],
  ['vpc', 'refused', inVpc('Other')],
  ['cluster', 'refused', inCluster('After'), inCluster('Before')],
  [
    'taskSubnets',
    'refused',
    inVpc('Own', (vpc) => ({ taskSubnets: { subnets: vpc.privateSubnets.slice(0, 1) } })),
    inVpc('Own'),
  ],
  [
    'assignPublicIp',
    'refused',
    inVpc('Own', () => ({ taskSubnets: { subnetType: SubnetType.PUBLIC }, assignPublicIp: true })),
    inVpc('Own', () => ({ taskSubnets: { subnetType: SubnetType.PUBLIC }, assignPublicIp: false })),
  ],
  ['securityGroups', 'refused', (stack) => ({ securityGroups: [group(stack)] })],
  [
    'capacityProviderStrategies',
    'refused',
    () => ({ capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }] }),
  ],
  ['healthCheckGracePeriod', 'refused', () => ({ healthCheckGracePeriod: Duration.minutes(2) })],
  ['listener.internetFacing', 'refused', created({ internetFacing: false })],
  ['listener.loadBalancer', 'refused', onListener, inVpc('Own')],
  ['healthCheck.path', 'health check', () => ({ healthCheck: { path: '/ready' } })],
  ['healthCheck.healthyHttpCodes', 'health check', () => ({ healthCheck: { healthyHttpCodes: '200,204' } })],
  ['desiredCount', 'at once', () => ({ desiredCount: 4 })],
  ['maxCapacity', 'at once', () => ({ maxCapacity: 8 })],
  ['listener, an existing one', 'at once', onListener, onLoadBalancer],
  [
    'listener.conditions',
    'at once',
    (stack) => onListener(stack, { conditions: [ListenerCondition.pathPatterns(['/', '/*'])] }),
    onListener,
  ],
  ['listener.priority', 'at once', (stack) => onListener(stack, { priority: 2 }), onListener],
  ['listener.testRule', 'at once', onListener, (stack) => onListener(stack, { testRule: undefined })],
  ['listener.testRule, its priority', 'at once', (stack) => onListener(stack, {}, 7), onListener],
  ['listener.openListener', 'at once', created({ openListener: false })],
  ['listener.redirectHTTP', 'at once', certifiedWith({ redirectHTTP: false }), certified],
  ['listener.certificate', 'at once', certified],
  ['listener.domainName', 'at once', certifiedWith({ domainName: 'shop.example.com' }), certified],
  ['listener.port', 'at once', created({ port: 8000 })],
  ['listener.testPort', 'at once', created({ testPort: 8001 })],
  [
    'gate.vpcSubnets',
    'at once',
    inVpc('Own', (vpc) => ({ gate: { vpcSubnets: { subnets: vpc.privateSubnets.slice(0, 1) } } })),
    inVpc('Own'),
  ],
  ['trafficShift', 'at once', () => ({ trafficShift: TrafficShift.allAtOnce() })],
  ['approval', 'at once', () => ({ approval: { timeout: Duration.minutes(5) } })],
  ['maxFailedTasks', 'at once', () => ({ maxFailedTasks: 5 })],
  [
    'engine.startTimeout',
    'at once',
    () => ({ engine: ReleaseEngine.codeDeploy({ startTimeout: Duration.minutes(20) }) }),
  ],
  ['bakeTime', 'at once', () => ({ bakeTime: Duration.minutes(1) })],
  ['suite', 'at once', () => ({ suite: SmokeSuite.of({ name: 'other', path: '/other' }) })],
  ['gate.securityGroup', 'at once', (stack) => ({ gate: { securityGroup: group(stack) } })],
  ['gate.timeout', 'at once', () => ({ gate: { timeout: Duration.minutes(2) } })],
  ['gate.bakeCheckTime', 'at once', () => ({ gate: { bakeCheckTime: Duration.minutes(2) } })],
  ['gate.versionHeader', 'at once', () => ({ gate: { versionHeader: { name: 'x-version', value: '1' } } })],
  ['gate.customChecks', 'at once', (stack) => ({ gate: { customChecks: [{ name: 'own', handler: handler(stack) }] } })],
  ['gate.failOnInsufficientData', 'at once', () => ({ gate: { failOnInsufficientData: true } })],
  ['gate.additionalAlarms', 'at once', (stack) => ({ gate: { additionalAlarms: [alarm(stack)] } })],
  ['gate.logRetention', 'at once', () => ({ gate: { logRetention: RetentionDays.ONE_WEEK } })],
  ['alarms.errorRatePercent', 'at once', () => ({ alarms: { errorRatePercent: 1 } })],
  ['alarms.severeErrorRatePercent', 'at once', () => ({ alarms: { severeErrorRatePercent: 60 } })],
  ['alarms.unhealthyAfter', 'at once', () => ({ alarms: { unhealthyAfter: Duration.minutes(9) } })],
  ['alarms.minRequests', 'at once', () => ({ alarms: { minRequests: 100 } })],
  ['alarms.evaluationPeriods', 'at once', () => ({ alarms: { evaluationPeriods: 3 } })],
  ['alarms.latencyP99', 'at once', () => ({ alarms: { latencyP99: Duration.seconds(3) } })],
  ['alarms.additionalAlarms', 'at once', (stack) => ({ alarms: { additionalAlarms: [alarm(stack)] } })],
  [
    'gate.stepCheck',
    'at once',
    () => ({ engine: ReleaseEngine.ecs(), gate: { stepCheck: true } }),
    () => ({ engine: ReleaseEngine.ecs() }),
  ],
  // One hook fewer is another AppSpec.
  ['gate.preflight', 'release', () => ({ gate: { preflight: false } })],
];

const TASKS = { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') };

function handler(stack: Stack): LambdaFunction {
  const code = Code.fromInline('exports.handler = async () => ({})');
  return new LambdaFunction(stack, 'Handler', { runtime: Runtime.NODEJS_22_X, handler: 'index.handler', code });
}
