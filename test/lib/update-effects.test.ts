import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CfnResource, Duration, type Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Alarm, type IAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  type CfnService,
  Cluster,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  Secret as EcsSecret,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type CfnTargetGroup,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  type BlueGreenService,
  type BlueGreenServiceProps,
  SmokeSuite,
  TrafficShift,
  TwinEnvironments,
} from '../../lib';
import { newStack, serviceIn } from './support';

/** What an update of each prop does: what the guard refuses, what it weighs, what is a release, and what changes at once. */

type Effect = 'refused' | 'health check' | 'release' | 'at once';
type Props = Partial<BlueGreenServiceProps>;
type Change = (stack: Stack) => Props;

const nothing: Change = () => ({});

interface Guard {
  readonly Fixed: Readonly<Record<string, unknown>>;
  readonly HealthChecks: unknown;
}

/** Without synthesis, which checks what no test here is about. */
function propertiesOf(stack: Stack, type: string): unknown[] {
  return stack.node
    .findAll()
    .filter((each): each is CfnResource => CfnResource.isCfnResource(each) && each.cfnResourceType === type)
    .map((each) => stack.resolve(each._toCloudFormation()) as { Resources: Record<string, { Properties: unknown }> })
    .flatMap(({ Resources }) => Object.values(Resources).map(({ Properties }) => Properties));
}

const guardIn = (stack: Stack) => propertiesOf(stack, 'Custom::GreenlightUpdateGuard')[0] as Guard;

function stateOf(change: Change, escape: (web: BlueGreenService) => void = () => undefined) {
  const stack = newStack();
  escape(serviceIn(stack, change(stack)));
  const { Fixed, HealthChecks } = guardIn(stack);
  const [release] = propertiesOf(stack, 'Custom::GreenlightEcsRelease') as { AppSpec: unknown }[];
  return { Fixed, HealthChecks, ships: [propertiesOf(stack, 'AWS::ECS::TaskDefinition'), release?.AppSpec] };
}

function effectOf(before: ReturnType<typeof stateOf>, after: ReturnType<typeof stateOf>): Effect {
  const differ = (key: keyof typeof before) => JSON.stringify(before[key]) !== JSON.stringify(after[key]);
  if (differ('Fixed')) return 'refused';
  if (differ('HealthChecks')) return 'health check';
  return differ('ships') ? 'release' : 'at once';
}

/** A service on a listener that exists. */
function onListener(stack: Stack, changes: Props = {}): Props {
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
    loadBalancer,
    productionListener: listener(80),
    testListener: listener(81),
    conditions: [ListenerCondition.pathPatterns(['/*'])],
    priority: 1,
    ...changes,
  };
}

const certified: Change = (stack) => ({
  certificate: Certificate.fromCertificateArn(
    stack,
    'Certificate',
    'arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012',
  ),
});
const ownTask = (image: string) => (stack: Stack) => {
  const taskDefinition = new FargateTaskDefinition(stack, 'Own');
  taskDefinition.addContainer('app', {
    image: ContainerImage.fromRegistry(image),
    portMappings: [{ containerPort: 8080 }],
  });
  return { taskDefinition };
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

const ROWS: readonly [keyof BlueGreenServiceProps, Effect, Change, Change?][] = [
  ['image', 'release', () => ({ image: ContainerImage.fromRegistry('example/web:2') })],
  ['taskDefinition', 'release', ownTask('example/web:2'), ownTask('example/web:1')],
  ['environment', 'release', () => ({ environment: { A: '1' } })],
  ['secrets', 'release', (stack) => ({ secrets: { A: EcsSecret.fromSecretsManager(new Secret(stack, 'Secret')) } })],
  ['taskRole', 'release', (stack) => ({ taskRole: new Role(stack, 'Own', TASKS) })],
  ['executionRole', 'release', (stack) => ({ executionRole: new Role(stack, 'Own', TASKS) })],
  ['logGroup', 'release', (stack) => ({ logGroup: new LogGroup(stack, 'Own') })],
  ['cpuArchitecture', 'release', () => ({ cpuArchitecture: CpuArchitecture.ARM64 })],
  ['cpu', 'release', () => ({ cpu: 512, memoryLimitMiB: 1024 })],
  ['memoryLimitMiB', 'release', () => ({ memoryLimitMiB: 1024 })],
  ['rehearsalCommand', 'release', () => ({ rehearsalCommand: ['node', 'server.js'] })],
  ['port', 'refused', () => ({ port: 9090 })],
  ['containerName', 'refused', () => ({ containerName: 'web' })],
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
  ['internetFacing', 'refused', () => ({ internetFacing: false })],
  ['loadBalancer', 'refused', (stack) => onListener(stack), inVpc('Own')],
  ['healthCheckPath', 'health check', () => ({ healthCheckPath: '/ready' })],
  ['healthCheckCodes', 'health check', () => ({ healthCheckCodes: '200,204' })],
  ['desiredCount', 'at once', () => ({ desiredCount: 4 })],
  ['maximumCount', 'at once', () => ({ maximumCount: 8 })],
  ['productionListener', 'at once', (stack) => onListener(stack), (stack) => onListener(stack, OWN_PRODUCTION)],
  [
    'conditions',
    'at once',
    (stack) => onListener(stack, { conditions: [ListenerCondition.pathPatterns(['/', '/*'])] }),
    onListener,
  ],
  ['priority', 'at once', (stack) => onListener(stack, { priority: 2 }), onListener],
  ['testListener', 'at once', (stack) => onListener(stack), (stack) => onListener(stack, { testListener: undefined })],
  ['testPriority', 'at once', (stack) => onListener(stack, { testPriority: 7 }), onListener],
  ['open', 'at once', () => ({ open: false })],
  ['redirectHttp', 'at once', (stack) => ({ ...certified(stack), redirectHttp: false }), certified],
  ['certificate', 'at once', certified],
  ['domainName', 'at once', (stack) => ({ ...certified(stack), domainName: 'shop.example.com' }), certified],
  ['productionPort', 'at once', () => ({ productionPort: 8000 })],
  ['testPort', 'at once', () => ({ testPort: 8001 })],
  [
    'gateSubnets',
    'at once',
    inVpc('Own', (vpc) => ({ gateSubnets: { subnets: vpc.privateSubnets.slice(0, 1) } })),
    inVpc('Own'),
  ],
  ['trafficShift', 'at once', () => ({ trafficShift: TrafficShift.allAtOnce() })],
  ['approval', 'at once', () => ({ approval: { timeLimit: Duration.minutes(5) } })],
  ['failedTasksMax', 'at once', () => ({ failedTasksMax: 5 })],
  ['startTimeLimit', 'at once', () => ({ startTimeLimit: Duration.minutes(20) })],
  ['bakeTime', 'at once', () => ({ bakeTime: Duration.minutes(1) })],
  ['suite', 'at once', () => ({ suite: SmokeSuite.of({ name: 'other', path: '/other' }) })],
  ['gateSecurityGroup', 'at once', (stack) => ({ gateSecurityGroup: group(stack) })],
  ['smokeTimeLimit', 'at once', () => ({ smokeTimeLimit: Duration.minutes(2) })],
  ['bakeCheckTime', 'at once', () => ({ bakeCheckTime: Duration.minutes(2) })],
  ['versionHeader', 'at once', () => ({ versionHeader: { name: 'x-version', value: '1' } })],
  ['customChecks', 'at once', (stack) => ({ customChecks: [{ name: 'own', handler: handler(stack) }] })],
  ['failOnInsufficientData', 'at once', () => ({ failOnInsufficientData: true })],
  ['gateAlarms', 'at once', (stack) => ({ gateAlarms: [alarm(stack)] })],
  ['errorRatePercent', 'at once', () => ({ errorRatePercent: 1 })],
  ['severeErrorRatePercent', 'at once', () => ({ severeErrorRatePercent: 60 })],
  ['unhealthyAfter', 'at once', () => ({ unhealthyAfter: Duration.minutes(9) })],
  ['minimumRequests', 'at once', () => ({ minimumRequests: 100 })],
  ['latencyP99', 'at once', () => ({ latencyP99: Duration.seconds(3) })],
  ['additionalAlarms', 'at once', (stack) => ({ additionalAlarms: [alarm(stack)] })],
  // One hook fewer is another AppSpec.
  ['preflight', 'release', () => ({ preflight: false })],
];

const TASKS = { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') };
const OWN_PRODUCTION: Props = {
  productionListener: undefined,
  productionPort: 8000,
  conditions: undefined,
  priority: undefined,
  testListener: undefined,
};

function handler(stack: Stack): LambdaFunction {
  const code = Code.fromInline('exports.handler = async () => ({})');
  return new LambdaFunction(stack, 'Handler', { runtime: Runtime.NODEJS_22_X, handler: 'index.handler', code });
}

const states = new Map<Change, ReturnType<typeof stateOf>>();
function knownState(change: Change) {
  const known = states.get(change) ?? stateOf(change);
  states.set(change, known);
  return known;
}

test.each(ROWS)('an update of %s: %s', (_prop, effect, after, before = nothing) => {
  expect(effectOf(knownState(before), stateOf(after))).toBe(effect);
});

const page = (path: string) => readFileSync(join(__dirname, '../../docs', path), 'utf8');
const cannotChange = page('release.md').split('## What cannot change')[1]?.split(/^## /m)[0] ?? '';

test('every prop of BlueGreenService has such a row, and one in docs/release.md', () => {
  const section =
    page('api.md')
      .split(/^#### BlueGreenServiceProps$/m)[1]
      ?.split(/^#{2,4} /m)[0] ?? '';
  const table = section.slice(section.indexOf('| prop')).split('\n\n')[0] ?? '';
  const props = [...table.matchAll(/^\| (?:\*\*)?`(\w+)`/gm)].map(([, name = '']) => name);
  expect(props.length).toBeGreaterThan(50);
  expect([...new Set(ROWS.map(([prop]) => prop))].sort()).toEqual([...new Set(props)].sort());
  expect(props.filter((prop) => !cannotChange.includes(`\`${prop}\``))).toEqual([]);
});

test('every property of AWS::ECS::Service is fixed or one that may change, and has a row in docs/release.md', () => {
  const folder = dirname(require.resolve('aws-cdk-lib/package.json'));
  const source = readFileSync(join(folder, 'aws-ecs/lib/ecs.generated.d.ts'), 'utf8');
  const [, declared = ''] = source.split('export interface CfnServiceProps {');
  const names = [...(declared.split(/^}/m)[0] ?? '').matchAll(/^ {4}readonly (\w+)\??:/gm)].map(([, name = '']) =>
    name.replace(/^./, (letter) => letter.toUpperCase()).replace('Ecs', 'ECS'),
  );
  expect(names).toContain('LoadBalancers');
  const { Fixed } = stateOf(nothing, ({ service }) => {
    const resource = service.node.defaultChild as CfnService;
    for (const name of names) if (name !== 'LoadBalancers') resource.addPropertyOverride(name, 'changed');
  });
  const free = names.filter((name) => Fixed[name] === undefined);
  expect(free.sort()).toEqual(['DesiredCount', 'Tags', 'TaskDefinition']);
  expect(names.filter((name) => !cannotChange.includes(`\`${name}\``))).toEqual([]);
});

describe('target groups', () => {
  const twins = (healthCheck: Partial<{ interval: number; timeout: number; unhealthy: number; path: string }> = {}) => {
    const stack = newStack();
    new TwinEnvironments(stack, 'Twins', {
      vpc: new Vpc(stack, 'Vpc'),
      port: 8080,
      healthCheckPath: healthCheck.path,
      healthCheckInterval: Duration.seconds(healthCheck.interval ?? 20),
      healthCheckTimeout: Duration.seconds(healthCheck.timeout ?? 5),
      unhealthyThresholdCount: healthCheck.unhealthy ?? 3,
    });
    return guardIn(stack);
  };

  test.each([{ path: '/ready' }, { interval: 10 }, { timeout: 4 }, { unhealthy: 2 }])(
    'of TwinEnvironments without a BlueGreenService are guarded too: %p',
    (change) => {
      expect(twins(change).HealthChecks).not.toEqual(twins().HealthChecks);
      expect(twins(change).Fixed).toEqual(twins().Fixed);
    },
  );

  test.each<[string, (target: CfnTargetGroup) => void]>([
    ['port', (target) => void (target.port = 9999)],
    ['protocol', (target) => void (target.protocol = 'HTTPS')],
    ['protocolVersion', (target) => void (target.protocolVersion = 'GRPC')],
    ['name', (target) => void (target.name = 'other')],
  ])('what replaces one of them is refused: %s', (_what, set) => {
    const changed = stateOf(nothing, ({ twins: { green } }) => set(green.node.defaultChild as CfnTargetGroup));
    expect(effectOf(knownState(nothing), changed)).toBe('refused');
  });
});
