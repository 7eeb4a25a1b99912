import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnParameter, Duration, type Stack, Token } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Alarm, AlarmRule, CompositeAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, CpuArchitecture, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  type BlueGreenService,
  type BlueGreenServiceProps,
  BreakGlass,
  type BreakGlassOptions,
  Capture,
  type ComparedRequest,
  type ComparisonOptions,
  type CustomCheck,
  EcsRelease,
  type EcsReleaseProps,
  GateEvent,
  HeaderMatch,
  type JsonMatch,
  LiveRoute,
  type LiveRouteProps,
  ReleaseAlarms,
  type ReleaseAlarmsProps,
  type ReleaseApproval,
  ReleaseGate,
  type ReleaseGateProps,
  type RepeatOptions,
  SmokeAuth,
  type SmokeCheck,
  SmokeSuite,
  type SmokeSuiteOptions,
  TrafficShift,
  type TrafficShiftOptions,
  TwinEnvironments,
  type TwinEnvironmentsAttributes,
  type TwinEnvironmentsProps,
  type VersionHeader,
} from '../../lib';
import { temporaryDirectory } from '../support/temporary';
import { newStack, serviceIn } from './support';

/** Each prop that can be wrong, with a wrong value, and what the error must say: value, limit, remedy. */

/** The words of a name that are props are those that the row covers. */
type Row<T> = readonly [name: string, props: T | ((stack: Stack) => T), ...message: readonly string[]];

function made<T extends object>(props: T | ((stack: Stack) => T), stack: Stack): T {
  return typeof props === 'function' ? props(stack) : props;
}

function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was let through');
}

function expectAll(message: string, parts: readonly string[]): void {
  for (const part of parts) expect(message).toContain(part);
}

const taskDefinition = (stack: Stack) => {
  const definition = new FargateTaskDefinition(stack, 'T');
  definition.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1') });
  return definition;
};
const alarm = (stack: Stack, id: string) =>
  new Alarm(stack, id, {
    metric: new Metric({ namespace: 'N', metricName: 'M' }),
    threshold: 1,
    evaluationPeriods: 1,
  });

const SERVICE: readonly Row<Partial<BlueGreenServiceProps>>[] = [
  ['port', { port: 0 }, 'port 0', '1 to 65535'],
  ['port with a fraction', { port: 80.5 }, 'port 80.5', 'a whole number'],
  ['image and taskDefinition missing', { image: undefined }, 'image and taskDefinition', 'set image'],
  [
    'containerName',
    (stack) => ({ taskDefinition: taskDefinition(stack), containerName: 'x' }),
    "containerName 'x'",
    'the name of one',
  ],
  [
    'environment',
    (stack) => ({ taskDefinition: taskDefinition(stack), environment: { A: 'a' } }),
    'environment',
    'set them on',
  ],
  ['secrets', (stack) => ({ taskDefinition: taskDefinition(stack), secrets: {} }), 'secrets', 'set them on'],
  [
    'cpuArchitecture',
    (stack) => ({ taskDefinition: taskDefinition(stack), cpuArchitecture: CpuArchitecture.ARM64 }),
    'cpuArchitecture',
    'set them on',
  ],
  [
    'cpu beside a task definition',
    (stack) => ({ taskDefinition: taskDefinition(stack), cpu: 512 }),
    'cpu',
    'set them on',
  ],
  [
    'taskRole, executionRole and logGroup beside a task definition',
    (stack) => ({
      taskDefinition: taskDefinition(stack),
      taskRole: Role.fromRoleName(stack, 'A', 'a'),
      executionRole: Role.fromRoleName(stack, 'B', 'b'),
      logGroup: LogGroup.fromLogGroupName(stack, 'L', 'l'),
    }),
    'taskDefinition with taskRole, executionRole, logGroup',
    'set them on',
  ],
  [
    'cluster in another vpc',
    (stack) => ({
      vpc: new Vpc(stack, 'One'),
      cluster: new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Two') }),
    }),
    'vpc and cluster',
    'leave vpc out',
  ],
  ['cpu', { cpu: 300 }, 'cpu 300', '256, 512, 1024'],
  [
    'memoryLimitMiB',
    { cpu: 1024, memoryLimitMiB: 512 },
    'memoryLimitMiB 512 with cpu 1024',
    '2048 to 8192',
    'change one',
  ],
  ['memoryLimitMiB between sizes', { memoryLimitMiB: 1536 }, 'memoryLimitMiB 1536', '512, 1024 or 2048'],
  ['vpc', (stack) => ({ vpc: new Vpc(stack, 'Flat', { natGateways: 0 }) }), 'no private subnet', 'NAT gateway'],
  ['securityGroups', { securityGroups: [] }, 'securityGroups is empty', 'leave securityGroups out'],
  [
    'capacityProviderStrategies',
    { capacityProviderStrategies: [{ capacityProvider: 'EC2', weight: 1 }] },
    "'EC2'",
    'FARGATE_SPOT',
  ],
  [
    'weight',
    { capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1001 }] },
    'weight of FARGATE 1001',
    '0 to 1000',
  ],
  ['desiredCount', { desiredCount: 0 }, 'desiredCount 0', '1 to 5000'],
  ['maximumCount', { desiredCount: 4, maximumCount: 3 }, 'maximumCount 3', '4 to 5000'],
  [
    'healthCheckGracePeriod',
    { healthCheckGracePeriod: Duration.millis(500) },
    'healthCheckGracePeriod 0.5 s',
    'whole seconds',
  ],
  ['bakeTime', { bakeTime: Duration.minutes(2881) }, 'bakeTime 2881 min', '0 min to 2880 min'],
  ['smokeTimeLimit', { smokeTimeLimit: Duration.seconds(5) }, 'timeLimit 5 s', '10 s to 840 s', 'keeps one to report'],
  ['failedTasksMax', { failedTasksMax: 0 }, 'failedTasksMax 0', '1 to 5000'],
  ['startTimeLimit', { startTimeLimit: Duration.seconds(59) }, 'startTimeLimit 59 s', '60 s to 3600 s'],
  [
    'trafficShift',
    { trafficShift: TrafficShift.canary({ percent: 100, interval: Duration.minutes(1) }) },
    'percent 100',
    '1 to 99',
    'allAtOnce()',
  ],
  [
    'interval',
    { trafficShift: TrafficShift.linear({ percent: 50, interval: Duration.seconds(90) }) },
    'interval 1.5 min',
    'whole minutes',
  ],
  [
    'an hour',
    { trafficShift: TrafficShift.linear({ percent: 10, interval: Duration.minutes(10) }) },
    'shift of 10 % every 10 min 90 min',
    '60 min at most',
    'shift faster',
  ],
  ['rehearsalCommand', { rehearsalCommand: [] }, 'rehearsalCommand is empty', 'name a program'],
  [
    'healthCheckPath without a suite',
    (stack) => ({ healthCheckPath: new CfnParameter(stack, 'Path').valueAsString }),
    'healthCheckPath',
    'set suite',
  ],
  ['domainName', { domainName: 'https://shop.example.com/' }, "'https://shop.example.com/'", 'a host name alone'],
  [
    'additionalAlarms',
    (stack) => ({ additionalAlarms: [1, 2, 3, 4, 5].map((each) => alarm(stack, `A${each}`)) }),
    '5 additionalAlarms',
    '10 alarms',
    'metric math',
  ],
];

const TWINS: readonly Row<Partial<TwinEnvironmentsProps>>[] = [
  ['productionPort', { productionPort: 65536 }, 'productionPort 65536', '1 to 65535'],
  ['testPort', { testPort: -1 }, 'testPort -1', '1 to 65535'],
  ['both ports', { productionPort: 81, testPort: 81 }, 'testPort 81', 'another port'],
  ['redirectHttp', { redirectHttp: true }, 'redirectHttp', 'set certificate'],
  ['priority', { priority: 1 }, 'priority', 'leave them out'],
  ['healthCheckPath', { healthCheckPath: 'health' }, "'health'", "begin with '/'"],
  ['healthCheckInterval', { healthCheckInterval: Duration.seconds(4) }, 'healthCheckInterval 4 s', '5 s to 300 s'],
  [
    'healthCheckTimeout',
    { healthCheckTimeout: Duration.seconds(10) },
    'healthCheckTimeout 10 s',
    '2 s to 9 s',
    'shorter',
  ],
  ['healthyThresholdCount', { healthyThresholdCount: 1 }, 'healthyThresholdCount 1', '2 to 10'],
  ['unhealthyThresholdCount', { unhealthyThresholdCount: 11 }, 'unhealthyThresholdCount 11', '2 to 10'],
  ['deregistrationDelay', { deregistrationDelay: Duration.hours(2) }, 'deregistrationDelay 7200 s', '0 s to 3600 s'],
];

const ALARMS: readonly Row<Partial<ReleaseAlarmsProps>>[] = [
  ['errorRatePercent', { errorRatePercent: 101 }, 'errorRatePercent 101', '0 to 100'],
  ['minimumRequests', { minimumRequests: 0 }, 'minimumRequests 0', '1 to 1000000'],
  ['latencyP99', { latencyP99: Duration.hours(2) }, 'latencyP99 7200 s', '4000 s'],
  ['evaluationPeriods', { evaluationPeriods: 11 }, 'evaluationPeriods 11', '1 to 10'],
];

const CHECKS: readonly Row<Partial<SmokeCheck>>[] = [
  ['name', { name: '' }, 'checks[0].name', 'give the check a name'],
  ['path', { path: 'orders' }, 'checks[0].path is "orders"'],
  ['method', { method: 'FETCH' }, 'checks[0].method is "FETCH"'],
  ['headers', { headers: { 'a b': 'c' } }, 'checks[0].headers'],
  ['expectedStatus', { expectedStatus: [99] }, 'checks[0].expect.status', '99'],
  ['bodyPattern', { bodyPattern: '(' }, 'checks[0].expect.bodyPattern'],
  ['latencyLimit', { latencyLimit: Duration.seconds(0) }, 'checks[0].expect.latencyMs'],
  ['retries', { retries: -1 }, 'checks[0].retries is -1'],
  ['timeout', { timeout: Duration.seconds(0) }, 'checks[0].timeoutMs is 0'],
  ['query', { query: { a: '${missing}' } }, 'missing'],
  ['jsonBody', { method: 'POST', body: 'a', jsonBody: {} }, 'checks[0].body'],
  ['followRedirects', { followRedirects: 100 }, 'checks[0].followRedirects is 100'],
  ['warn', { warn: { expectedStatus: [1] } }, 'checks[0].warn.status'],
  ['capture', { capture: { id: Capture.pattern('(') } }, 'checks[0].capture'],
  ['needs', { needs: ['nobody'] }, 'checks[0].needs', 'nobody'],
  ['retryBackoff', { retryBackoff: Duration.hours(1) }, 'checks[0].backoffMs is 3600000'],
  ['repeat', { repeat: { times: 0 } }, 'checks[0].repeat.times is 0'],
  ['auth', (stack) => ({ auth: SmokeAuth.header('a b', Secret.fromSecretNameV2(stack, 'S', 's')) }), 'checks[0].auth'],
  ['expectedStatusClasses', { expectedStatusClasses: ['9xx'] }, 'checks[0].expect.status', '9xx'],
  ['expectedHeaders', { expectedHeaders: { a: HeaderMatch.pattern('(') } }, 'checks[0].expect.headers'],
  ['json', { json: [{ path: '$' }] }, 'checks[0].expect.json[0]'],
  ['jsonSchema', { jsonSchema: { type: 'text' } }, 'checks[0].expect.jsonSchema'],
];

const GATE: readonly Row<Partial<ReleaseGateProps>>[] = [
  ['timeLimit', { timeLimit: Duration.minutes(15) }, 'timeLimit 900 s', '10 s to 840 s', 'keeps one to report'],
  ['bakeCheckTime', { bakeCheckTime: Duration.minutes(51) }, 'bakeCheckTime 3060 s', '0 s to 3000 s', 'bakeTime'],
  ['versionHeader', { versionHeader: { name: 'x version', value: '1' } }, "'x version'", 'x-version'],
  [
    'alarms',
    (stack) => ({ alarms: Array.from({ length: 101 }, (_, index) => alarm(stack, `A${index}`)) }),
    '101 alarms',
    '100 at once',
    'composite',
  ],
  [
    'securityGroup',
    (stack) => {
      const [securityGroup] = (stack.node.findChild('Web') as BlueGreenService).twins.testListener.connections
        .securityGroups;
      return { ...(securityGroup && { securityGroup }) };
    },
    'securityGroup is that of a listener',
    'leave securityGroup out',
  ],
  ['customChecks', (stack) => ({ customChecks: [check(stack), check(stack)] }), "'own'", 'names are unique'],
  [
    'vpc',
    (stack) => ({ vpc: new Vpc(stack, 'Flat', { natGateways: 0 }) }),
    'no private subnet with egress',
    'vpcSubnets',
  ],
];

const check = (stack: Stack): CustomCheck => ({
  name: 'own',
  handler: LambdaFunction.fromFunctionArn(
    stack.node.tryFindChild('F') ? new Construct(stack, 'Again') : stack,
    'F',
    'arn:aws:lambda:eu-west-1:111111111111:function:own',
  ),
});

const CUSTOM: readonly Row<Partial<CustomCheck>>[] = [
  ['name', { name: ' ' }, "customChecks ' '", 'give the check a name'],
  ['timeLimit', { timeLimit: Duration.minutes(15) }, 'timeLimit 900 s', '1 s to 840 s'],
  ['events', { events: [] }, 'events is empty', 'leave events out'],
  ['events before there is a candidate', { events: [GateEvent.BEFORE_INSTALL] }, 'no candidate', 'AFTER_ALLOW_TRAFFIC'],
];

const HEADER: readonly Row<Partial<VersionHeader>>[] = [
  ['name', { name: '' }, "versionHeader.name ''", 'x-version'],
  ['value', { value: '' }, "versionHeader.value ''", 'its version'],
];

const RELEASE: readonly Row<Partial<EcsReleaseProps>>[] = [
  ['containerName', { containerName: 'other' }, "containerName 'other'", 'the name of one'],
  ['containerPort', { containerPort: 70_000 }, 'containerPort 70000', '1 to 65535'],
  ['subnets', { subnets: [] }, 'subnets is empty', 'name those'],
  [
    'securityGroups',
    (stack) => ({
      securityGroups: [1, 2, 3, 4, 5, 6].map((each) =>
        SecurityGroup.fromSecurityGroupId(stack, `G${each}`, `sg-${each}`),
      ),
    }),
    '6 securityGroups',
    '5 at most',
    'name those',
  ],
  [
    'capacityProviderStrategies',
    { capacityProviderStrategies: [{ capacityProvider: 'own', base: 1 }] },
    'no capacity provider has a weight above 0',
    'give one a weight',
  ],
  ['failedTasksMax', { failedTasksMax: 0.5 }, 'failedTasksMax 0.5', 'a whole number from 1 to 5000'],
  ['startTimeLimit', { startTimeLimit: Duration.hours(2) }, 'startTimeLimit 7200 s', '60 s to 3600 s'],
  ['approvalTimeLimit', { approvalTimeLimit: Duration.minutes(51) }, 'approvalTimeLimit 51 min', '1 min to 50 min'],
  [
    'alarms',
    (stack) => ({ alarms: Array.from({ length: 11 }, (_, index) => alarm(stack, `A${index}`)) }),
    '11 alarms',
    '10 at most',
  ],
  [
    'alarms, a composite one',
    (stack) => ({ alarms: [new CompositeAlarm(stack, 'All', { alarmRule: AlarmRule.fromBoolean(true) })] }),
    'composite alarm',
    'name the metric alarms',
  ],
  [
    'trafficShift over the hour',
    { trafficShift: TrafficShift.canary({ percent: 10, interval: Duration.minutes(59) }) },
    'shift of 10 % then the rest after 59 min 59 min',
    '60 min at most',
    'shift faster',
  ],
];

const ROUTE: readonly Row<Partial<LiveRouteProps>>[] = [
  ['port', { port: 0 }, 'port 0', '1 to 65535'],
  ['loadBalancer', { port: undefined }, 'loadBalancer without port', 'set the port'],
  ['loadBalancer and listener missing', { loadBalancer: undefined, port: undefined }, 'exactly one', 'set listener'],
  ['priority', { priority: 50_001 }, 'priority 50001', '1 to 50000'],
  ['listener beside loadBalancer', (stack) => ({ listener: listenerIn(stack) }), 'exactly one of them', 'set listener'],
  ['blue and green', (stack) => ({ ...sameGroup(stack) }), 'blue and green are one target group', 'a pair needs two'],
  [
    'deploymentGroupName without application',
    { deploymentGroupName: 'shop' },
    "'shop' without application",
    'set the CodeDeploy application',
  ],
];

const IMPORTED: readonly Row<Partial<TwinEnvironmentsAttributes>>[] = [
  ['productionPort', { productionPort: 0 }, 'productionPort 0', '1 to 65535'],
  ['testPort', { testPort: 65_536 }, 'testPort 65536', '1 to 65535'],
  ['domainName', { domainName: 'a/b' }, "domainName 'a/b'", 'a host name alone'],
  ['blue and green', (stack) => ({ ...sameGroup(stack) }), 'blue and green are one target group', 'a pair needs two'],
  [
    'productionListener and testListener',
    (stack) => {
      const listener = listenerIn(stack);
      return { productionListener: listener, testListener: listener };
    },
    'testListener is the production listener',
    'use another listener',
  ],
];

const groupIn = (stack: Stack, id: string) =>
  new ApplicationTargetGroup(stack, id, { vpc: new Vpc(stack, `${id}Vpc`), port: 80 });

const sameGroup = (stack: Stack) => {
  const group = groupIn(stack, 'Same');
  return { blue: group, green: group };
};

const listenerIn = (stack: Stack, id = 'Own') =>
  new ApplicationLoadBalancer(stack, `${id}LoadBalancer`, { vpc: new Vpc(stack, `${id}Vpc`) }).addListener(id, {
    port: 80,
    defaultAction: ListenerAction.fixedResponse(404),
  });

const RULES: readonly Row<Partial<TwinEnvironmentsProps>>[] = [
  [
    'productionListener',
    (stack) => ({ productionListener: listenerIn(stack) }),
    'without loadBalancer',
    'set the load',
  ],
  ['testListener', (stack) => ({ testListener: listenerIn(stack) }), 'without testPriority', 'set the priority'],
  ['conditions', { conditions: [ListenerCondition.pathPatterns(['/a'])] }, 'conditions', 'leave them out'],
  ['testPriority', { testPriority: 0 }, 'testPriority 0', '1 to 50000'],
  ['priority out of range', { priority: 50_001 }, 'priority 50001', '1 to 50000'],
  [
    'certificate',
    (stack) => onListener(stack, { certificate: certificateIn(stack) }),
    'certificate',
    'addCertificates()',
  ],
  [
    'open',
    (stack) => onListener(stack, { open: false }),
    'open is for a production listener of its own',
    'leave open out',
  ],
  [
    'loadBalancer and internetFacing',
    (stack) => onListener(stack, { internetFacing: true }),
    'internetFacing is for a new load balancer',
    'leave internetFacing out',
  ],
  ['productionPort as the default testPort', { productionPort: 9080 }, 'testPort 9080', 'another port'],
];

const certificateIn = (stack: Stack) =>
  Certificate.fromCertificateArn(stack, 'C', 'arn:aws:acm:eu-west-1:1:certificate/a');

function onListener(stack: Stack, props: Partial<TwinEnvironmentsProps>): Partial<TwinEnvironmentsProps> {
  const productionListener = listenerIn(stack);
  const { loadBalancer } = productionListener;
  const conditions = [ListenerCondition.pathPatterns(['/a'])];
  return { loadBalancer, productionListener, conditions, priority: 1, testPort: 9081, ...props };
}

const GLASS: readonly Row<BreakGlassOptions>[] = [
  ['reason', { reason: 'because' }, '"because"', '10 to 150 characters', 'say why'],
  ['allow', { reason: 'the outage of today', allow: [] }, 'allow is empty', 'leave allow out'],
];

const SHIFTS: readonly Row<TrafficShiftOptions>[] = [
  ['percent', { percent: 0, interval: Duration.minutes(1) }, 'percent 0', '1 to 99', 'allAtOnce()'],
  ['interval', { percent: 50, interval: Duration.minutes(2881) }, 'interval 2881 min', '2880 min', 'allAtOnce()'],
];

const COMPARED: readonly Row<ComparedRequest>[] = [
  ['path', { path: 'orders' }, 'requests[0].path', 'orders'],
  ['method', { path: '/', method: 'POST' }, 'requests[0].method', 'POST'],
  ['headers', { path: '/', headers: { 'a b': 'c' } }, 'requests[0].headers'],
];

const COMPARISON: readonly Row<ComparisonOptions>[] = [
  ['requests', { requests: [] }, 'compare.requests'],
  ['alpha', { alpha: 1 }, 'compare.alpha is 1', '0.2'],
  ['confidence', { confidence: 1 }, 'compare.confidence is 1', '0.999'],
  ['errorMarginPercent', { errorMarginPercent: 0 }, 'compare.errorMarginPercent is 0', '0.1'],
  ['latencyRatio', { latencyRatio: 0.5 }, 'compare.latencyRatio is 0.5', '10'],
  ['latencyFloor', { latencyFloor: Duration.minutes(2) }, 'compare.latencyFloorMs is 120000', '60000'],
  ['requestsMax', { requestsMax: 1 }, 'compare.requestsMax is 1', '100'],
  ['timeLimit', { timeLimit: Duration.hours(1) }, 'compare.timeLimitSeconds is 3600', '840'],
  ['requestsPerSecond', { requestsPerSecond: 0 }, 'compare.requestsPerSecond is 0', '10000'],
  ['concurrency', { concurrency: 65 }, 'compare.concurrency is 65', '64'],
  ['timeout', { timeout: Duration.minutes(2) }, 'compare.timeoutMs is 120000', '60000'],
  ['headers', { headers: ['a b'] }, 'compare.headers'],
];

const JSON_MATCHES: readonly Row<JsonMatch>[] = [
  ['path', { path: 'orders', exists: true }, 'expect.json[0].path'],
  ['count', { path: '$.a', count: -1 }, 'expect.json[0].count is -1'],
  ['pattern', { path: '$.a', pattern: '(' }, 'expect.json[0].pattern'],
  ['type', { path: '$.a', type: 'text' }, 'expect.json[0].type is "text"', 'string'],
  ['greaterThan', { path: '$.a', greaterThan: NaN }, 'expect.json[0].greaterThan'],
];

const REPEATS: readonly Row<RepeatOptions>[] = [
  ['times', { times: 1 }, 'repeat.times is 1', '1000'],
  ['p50', { times: 2, p50: Duration.millis(0) }, 'repeat.p50Ms is 0'],
  ['p95', { times: 2, p95: Duration.millis(0) }, 'repeat.p95Ms is 0'],
  ['p99', { times: 2, p99: Duration.millis(0) }, 'repeat.p99Ms is 0'],
  ['errorPercent', { times: 2, errorPercent: 101 }, 'repeat.errorPercent is 101', '100'],
];

const APPROVALS: readonly Row<ReleaseApproval>[] = [
  ['timeLimit', { timeLimit: Duration.seconds(90) }, 'approval.timeLimit 1.5 min', 'whole minutes', '50 min'],
];

SERVICE.forEach(([name, props, ...parts]) =>
  test(`BlueGreenService refuses ${name}`, () => {
    const stack = newStack();
    expectAll(
      refusal(() => serviceIn(stack, made(props, stack))),
      ['Test/Web', ...parts],
    );
  }),
);

TWINS.forEach(([name, props, ...parts]) =>
  test(`TwinEnvironments refuses ${name}`, () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc');
    const make = () => new TwinEnvironments(stack, 'Twins', { vpc, port: 8080, ...made(props, stack) });
    expectAll(refusal(make), ['Test/Twins', ...parts]);
  }),
);

ALARMS.forEach(([name, props, ...parts]) =>
  test(`ReleaseAlarms refuses ${name}`, () => {
    const stack = newStack();
    const twins = new TwinEnvironments(stack, 'Twins', { vpc: new Vpc(stack, 'Vpc'), port: 8080 });
    const make = () => new ReleaseAlarms(stack, 'Alarms', { twins, ...made(props, stack) });
    expectAll(refusal(make), ['Test/Alarms', ...parts]);
  }),
);

CHECKS.forEach(([name, check, ...parts]) =>
  test(`a smoke check with a wrong ${name} is refused`, () => {
    const stack = newStack();
    const make = () => SmokeSuite.of({ name: 'a', path: '/', ...made(check, stack) });
    expectAll(
      refusal(() => serviceIn(stack, { suite: make() })),
      ['the smoke suite', ...parts],
    );
  }),
);

function refusesEach<T extends object>(
  what: string,
  rows: readonly Row<T>[],
  make: (stack: Stack, props: T) => unknown,
  prefix: readonly string[] = [],
  before?: (stack: Stack) => unknown,
): void {
  test.each(rows.map((row) => [row[0], row] as const))(`${what} refuses %s`, (_name, [, props, ...parts]) => {
    const stack = newStack();
    before?.(stack);
    expectAll(
      refusal(() => make(stack, made(props, stack))),
      [...prefix, ...parts],
    );
  });
}

refusesEach(
  'ReleaseGate',
  GATE,
  (stack, props) => {
    const { vpc, twins, deploymentGroup, service } = stack.node.findChild('Web') as BlueGreenService;
    const suite = SmokeSuite.of({ name: 'a', path: '/' });
    return new ReleaseGate(stack, 'Gate', { vpc, twins, deploymentGroup, service, suite, ...props });
  },
  ['Test/Gate'],
  serviceIn,
);
refusesEach(
  'CustomCheck',
  CUSTOM,
  (stack, props) => serviceIn(stack, { customChecks: [{ ...check(stack), ...props }] }),
  ['Test/Web/Gate'],
);
refusesEach('VersionHeader', HEADER, (stack, props) =>
  serviceIn(stack, { versionHeader: { name: 'x-version', value: '1', ...props } }),
);
refusesEach(
  'EcsRelease',
  RELEASE,
  (stack, props) => {
    const { deploymentGroup, service, vpc } = serviceIn(stack);
    const own = taskDefinition(stack);
    const securityGroups = service.connections.securityGroups;
    const release = { deploymentGroup, service, taskDefinition: own, subnets: vpc.privateSubnets, securityGroups };
    return new EcsRelease(stack, 'Release', { ...release, containerName: 'web', containerPort: 80, ...props });
  },
  ['Test/Release'],
);
refusesEach(
  'LiveRoute',
  ROUTE,
  (stack, props) => {
    const { loadBalancer } = listenerIn(stack, 'Of');
    const pair = { blue: groupIn(stack, 'Blue'), green: groupIn(stack, 'Green') };
    return new LiveRoute(stack, 'Route', { ...pair, loadBalancer, port: 80, ...props });
  },
  ['Test/Route'],
);
refusesEach(
  'imported twins',
  IMPORTED,
  (stack, props) => {
    const [productionListener, testListener] = [listenerIn(stack, 'P'), listenerIn(stack, 'T')];
    const pair = { blue: groupIn(stack, 'Blue'), green: groupIn(stack, 'Green') };
    const { loadBalancer } = productionListener;
    const attributes = { loadBalancer, productionListener, testListener, ...pair, ...props };
    return TwinEnvironments.fromTwinEnvironmentsAttributes(stack, 'Twins', attributes);
  },
  ['Test/Twins'],
);
refusesEach(
  'TwinEnvironments with rules',
  RULES,
  (stack, props) => new TwinEnvironments(stack, 'Twins', { vpc: new Vpc(stack, 'Vpc'), port: 8080, ...props }),
  ['Test/Twins'],
);
refusesEach('BreakGlass', GLASS, (_stack, options) => new BreakGlass(options));
refusesEach('TrafficShift', SHIFTS, (stack, options) => TrafficShift.linear(options).bind(stack), ['Test: ']);
refusesEach('ReleaseApproval', APPROVALS, (stack, approval) => serviceIn(stack, { approval }), ['Test/Web']);
const suiteWith = (stack: Stack, more: Partial<SmokeCheck>) =>
  serviceIn(stack, { suite: SmokeSuite.of({ name: 'a', path: '/', ...more }) });
refusesEach('JsonMatch', JSON_MATCHES, (stack, match) => suiteWith(stack, { json: [match] }), ['the smoke suite']);
refusesEach('RepeatOptions', REPEATS, (stack, repeat) => suiteWith(stack, { repeat }), ['the smoke suite']);
const compared = (stack: Stack, options: ComparisonOptions) =>
  serviceIn(stack, { suite: SmokeSuite.of({ name: 'a', path: '/' }).comparedWithLive(options) });
refusesEach('ComparisonOptions', COMPARISON, compared, ['the smoke suite']);
refusesEach('ComparedRequest', COMPARED, (stack, request) => compared(stack, { requests: [request] }), [
  'the smoke suite',
]);

const VARIABLES: readonly Row<SmokeSuiteOptions>[] = [['variables', { variables: { other: 'x' } }, 'other']];

refusesEach('SmokeSuite', VARIABLES, (stack, options) => {
  const file = join(temporaryDirectory('suite'), 'suite.yaml');
  writeFileSync(file, 'version: 1\nchecks:\n  - name: a\n    path: /\n');
  return serviceIn(stack, { suite: SmokeSuite.fromFile(file, options) });
});

/** What the props of a type are, by the API reference, which is made from the docstrings and held current by a test. */
function publicProps(): Map<string, string[]> {
  const page = readFileSync(join(__dirname, '../../docs/api.md'), 'utf8');
  const sections = page.split(/^#{3,4} /m).slice(1);
  const propsOf = (text: string) => [...text.matchAll(/^\| (?:\*\*)?`(\w+)`/gm)].map(([, name = '']) => name);
  return new Map(
    sections
      .filter((text) => /^\| prop +\|/m.test(text))
      .map((text) => [
        text.slice(0, text.indexOf('\n')).trim(),
        propsOf(text.slice(text.indexOf('| prop')).split('\n\n')[0] ?? ''),
      ]),
  );
}

const CHECKED: Readonly<Record<string, readonly Row<never>[]>> = {
  // What a service passes on is checked where it goes.
  BlueGreenServiceProps: [...SERVICE, ...TWINS, ...RULES, ...ALARMS, ...GATE, ['approval']] as never,
  BreakGlassOptions: GLASS as never,
  ComparedRequest: COMPARED as never,
  ComparisonOptions: COMPARISON as never,
  CustomCheck: CUSTOM as never,
  EcsReleaseProps: RELEASE as never,
  JsonMatch: JSON_MATCHES as never,
  LiveRouteProps: ROUTE as never,
  ReleaseAlarmsProps: [...ALARMS, ['additionalAlarms']] as never,
  ReleaseApproval: APPROVALS as never,
  ReleaseGateProps: GATE as never,
  RepeatOptions: REPEATS as never,
  SmokeAuthOptions: [],
  SmokeCheck: CHECKS as never,
  SmokeExpectations: CHECKS as never,
  SmokeSuiteOptions: VARIABLES as never,
  TrafficShiftOptions: SHIFTS as never,
  TwinEnvironmentsAttributes: IMPORTED as never,
  TwinEnvironmentsProps: [...TWINS, ...RULES, ['port'], ['domainName']] as never,
  VersionHeader: HEADER as never,
};

/** Props that no value of their type is wrong for, and why. */
const NEEDS_NONE: Readonly<Record<string, readonly string[]>> = {
  'a construct of the app, which CDK checks where it is made': [
    'BlueGreenServiceProps.gateAlarms',
    'BlueGreenServiceProps.gateSecurityGroup',
    'CustomCheck.handler',
    'EcsReleaseProps.breakGlass',
    'EcsReleaseProps.dependencies',
    'EcsReleaseProps.deploymentGroup',
    'EcsReleaseProps.gate',
    'EcsReleaseProps.service',
    'EcsReleaseProps.taskDefinition',
    'ReleaseAlarmsProps.twins',
    'ReleaseApproval.topic',
    'ReleaseGateProps.deploymentGroup',
    'ReleaseGateProps.service',
    'ReleaseGateProps.suite',
    'ReleaseGateProps.twins',
    'TwinEnvironmentsAttributes.loadBalancer',
    'TwinEnvironmentsProps.application',
    'TwinEnvironmentsProps.vpc',
  ],
  'CDK refuses a selection that finds no subnet': ['BlueGreenServiceProps.taskSubnets', 'ReleaseGateProps.vpcSubnets'],
  'true or false': [
    'BlueGreenServiceProps.failOnInsufficientData',
    'BlueGreenServiceProps.preflight',
    'ComparisonOptions.passWithoutEnoughData',
    'EcsReleaseProps.assignPublicIp',
    'JsonMatch.exists',
    'ReleaseGateProps.failOnInsufficientData',
    'ReleaseGateProps.preflight',
  ],
  'a closed choice': [
    'ComparisonOptions.failOnDifferences',
    'EcsReleaseProps.platformVersion',
    'ReleaseGateProps.logRetention',
  ],
  'text for people': [
    'ComparedRequest.name',
    'EcsReleaseProps.serviceName',
    'LiveRouteProps.serviceName',
    'ReleaseAlarmsProps.serviceName',
    'ReleaseGateProps.serviceName',
    'TwinEnvironmentsProps.serviceName',
  ],
  'any text, number or JSON value may be expected of an answer': [
    'JsonMatch.atLeast',
    'JsonMatch.atMost',
    'JsonMatch.contains',
    'JsonMatch.equalTo',
    'JsonMatch.lessThan',
    'JsonMatch.notEqualTo',
    'JsonMatch.oneOf',
    'SmokeCheck.body',
    'SmokeCheck.bodyContains',
    'SmokeCheck.certificateValidFor',
    'SmokeCheck.redirectsTo',
    'SmokeExpectations.bodyContains',
    'SmokeExpectations.redirectsTo',
    'SmokeExpectations.certificateValidFor',
  ],
  'only whoever makes the secret knows its keys': ['SmokeAuthOptions.field'],
  'checked by the LiveRoute that it is passed on to': ['TwinEnvironmentsProps.deploymentGroupName'],
};

test('every public prop that can be wrong has a row', () => {
  const exempt = Object.values(NEEDS_NONE).flat();
  const missing = [...publicProps()].flatMap(([type, props]) => {
    const rows = CHECKED[type];
    if (!rows) return [`${type}: no table`];
    const covered = new Set(rows.flatMap(([name]) => name.split(/\W+/)));
    return props.filter((prop) => !covered.has(prop)).map((prop) => `${type}.${prop}`);
  });
  expect(missing.sort()).toEqual([...exempt].sort());
});

test('everything that is wrong is told at once', () => {
  const message = refusal(() => serviceIn(newStack(), { cpu: 1, desiredCount: 0, rehearsalCommand: [] }));
  expectAll(message, ['cpu 1', 'desiredCount 0', 'rehearsalCommand']);
});

test('values that are not known at synth are let through', () => {
  const stack = newStack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const text = new CfnParameter(stack, 'Text').valueAsString;
  const unknown: Partial<BlueGreenServiceProps> = {
    port: number,
    desiredCount: number,
    maximumCount: number,
    cpu: number,
    memoryLimitMiB: number,
    productionPort: 80,
    healthCheckPath: text,
    suite: SmokeSuite.of({ name: 'a', path: '/' }),
    domainName: text,
    bakeTime: Duration.minutes(number),
    healthCheckGracePeriod: Duration.seconds(number),
    errorRatePercent: number,
    minimumRequests: number,
    failedTasksMax: number,
    latencyP99: Duration.seconds(number),
    startTimeLimit: Duration.seconds(number),
    versionHeader: { name: text, value: text },
    trafficShift: TrafficShift.canary({ percent: number, interval: Duration.minutes(number) }),
    capacityProviderStrategies: [{ capacityProvider: text, base: number, weight: number }],
  };
  expect(Token.isUnresolved(number)).toBe(true);
  expect(() => serviceIn(stack, unknown)).not.toThrow();
});

test('what the props of single constructs hold may be unknown too', () => {
  const stack = newStack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const text = new CfnParameter(stack, 'Text').valueAsString;
  const { deploymentGroup, service, vpc, twins } = serviceIn(stack);
  const taskDefinitions = taskDefinition(stack);
  const release = { deploymentGroup, service, taskDefinition: taskDefinitions, subnets: vpc.privateSubnets };
  const { securityGroups } = service.connections;
  const { loadBalancer, blue, green, productionListener, testListener } = twins;
  const ports = { productionPort: number, testPort: number, domainName: text };
  const pair = { blue, green };
  expect(() => [
    new EcsRelease(stack, 'Release', { ...release, securityGroups, containerName: text, containerPort: number }),
    new LiveRoute(stack, 'Route', { ...pair, loadBalancer, port: number }),
    new LiveRoute(stack, 'Rule', { ...pair, listener: productionListener, priority: number }),
    TwinEnvironments.fromTwinEnvironmentsAttributes(stack, 'Twins', {
      ...pair,
      ...ports,
      loadBalancer,
      productionListener,
      testListener,
    }),
    new BreakGlass({ reason: text }),
  ]).not.toThrow();
});

test('sizes that Fargate offers are taken', () => {
  for (const [cpu, memoryLimitMiB] of [
    [256, 2048],
    [512, 3072],
    [8192, 20_480],
    [16_384, 122_880],
  ])
    expect(() => serviceIn(newStack(), { cpu, memoryLimitMiB })).not.toThrow();
});
