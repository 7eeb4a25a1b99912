import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnParameter, Duration, type Stack, Token } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  type BlueGreenService,
  type BlueGreenServiceProps,
  BreakGlass,
  type ComparisonOptions,
  EcsRelease,
  LiveRoute,
  ReleaseAlarms,
  ReleaseGate,
  type SmokeCheck,
  SmokeSuite,
  TrafficShift,
  TwinEnvironments,
} from '../../lib';
import { temporaryDirectory } from '../support/temporary';
import { newStack, serviceIn } from './support';
import { check, CUSTOM, GATE, HEADER, RELEASE } from './validation/gate-rows';
import { expectAll, groupIn, listenerIn, made, refusal, refusesEach, taskDefinition } from './validation/rows';
import { ALARMS, APPROVALS, GLASS, SERVICE, SHIFTS } from './validation/service-rows';
import { CHECKS, COMPARED, COMPARISON, JSON_MATCHES, REPEATS, VARIABLES } from './validation/suite-rows';
import { IMPORTED, ROUTE, RULES, TWINS } from './validation/twins-rows';

/** Each prop that can be wrong, with a wrong value, and what the error must say: value, limit, remedy. */

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

refusesEach('SmokeSuite', VARIABLES, (stack, options) => {
  const file = join(temporaryDirectory('suite'), 'suite.yaml');
  writeFileSync(file, 'version: 1\nchecks:\n  - name: a\n    path: /\n');
  return serviceIn(stack, { suite: SmokeSuite.fromFile(file, options) });
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
    smokeTimeLimit: Duration.seconds(number),
    bakeCheckTime: Duration.seconds(number),
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
