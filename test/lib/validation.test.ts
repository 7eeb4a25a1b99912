import { CfnParameter, Duration, type Stack, Token } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, CpuArchitecture, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  type BlueGreenServiceProps,
  ReleaseAlarms,
  type ReleaseAlarmsProps,
  type SmokeCheck,
  SmokeSuite,
  TrafficShift,
  TwinEnvironments,
  type TwinEnvironmentsProps,
} from '../../lib';
import { newStack, serviceIn } from './support';

/** Each prop that can be wrong, with a wrong value, and what the error must say: value, limit, remedy. */

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
  ['no image', { image: undefined }, 'image and taskDefinition', 'set image'],
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
  };
  expect(Token.isUnresolved(number)).toBe(true);
  expect(() => serviceIn(stack, unknown)).not.toThrow();
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
