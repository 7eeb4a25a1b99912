import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnParameter, Duration, type Stack, Token } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  type BlueGreenService,
  type BlueGreenServiceProps,
  BreakGlass,
  type ComparisonOptions,
  DeploymentFollower,
  EcsRelease,
  LiveRoute,
  ProductionRoute,
  ReleaseAlarms,
  ReleaseEngine,
  ReleaseGate,
  ServiceListener,
  ServiceTask,
  type SmokeCheck,
  SmokeSuite,
  TrafficShift,
  TwinEnvironments,
} from '../../lib';
import { temporaryDirectory } from '../support/temporary';
import { imageTask, newStack, serviceIn } from './support';
import { FOLLOWER } from './validation/follower-rows';
import { check, CUSTOM, GATE, HEADER, RELEASE } from './validation/gate-rows';
import { expectAll, groupIn, listenerIn, made, problemOf, refusesEach, taskDefinition } from './validation/rows';
import { ALARMS, APPROVALS, ENGINE, GLASS, OWN_TASK, SERVICE, SHIFTS, TASK } from './validation/service-rows';
import { CHECKS, COMPARED, COMPARISON, EXPECTATIONS, JSON_MATCHES, REPEATS, VARIABLES } from './validation/suite-rows';
import { IMPORTED, LISTENERS, ROUTE, RULES, TWINS } from './validation/twins-rows';

/** Each prop that can be wrong, with a wrong value, and what the error must say: value, limit, remedy. */

SERVICE.forEach(([name, props, ...parts]) =>
  test(`BlueGreenService refuses ${name}`, () => {
    const stack = newStack();
    expectAll(
      problemOf(() => serviceIn(stack, made(props, stack))),
      ['Test/Web', ...parts],
    );
  }),
);

refusesEach('TaskImageOptions', TASK, (stack, options) => serviceIn(stack, { task: imageTask(options) }), ['Test/Web']);
refusesEach(
  'TaskDefinitionOptions',
  OWN_TASK,
  (stack, options) => serviceIn(stack, { task: ServiceTask.fromTaskDefinition(taskDefinition(stack), options) }),
  ['Test/Web'],
);
refusesEach(
  'CodeDeployEngineOptions',
  ENGINE,
  (stack, options) => serviceIn(stack, { engine: ReleaseEngine.codeDeploy(options) }),
  ['Test/Web/Release'],
);
refusesEach(
  'ServiceListener',
  LISTENERS,
  (stack, options) => serviceIn(stack, { listener: ServiceListener.create(options) }),
  ['Test/Web/Twins'],
);

TWINS.forEach(([name, props, ...parts]) =>
  test(`TwinEnvironments refuses ${name}`, () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc');
    const make = () => new TwinEnvironments(stack, 'Twins', { vpc, containerPort: 8080, ...made(props, stack) });
    expectAll(problemOf(make), ['Test/Twins', ...parts]);
  }),
);

ALARMS.forEach(([name, props, ...parts]) =>
  test(`ReleaseAlarms refuses ${name}`, () => {
    const stack = newStack();
    const twins = new TwinEnvironments(stack, 'Twins', { containerPort: 8080, vpc: new Vpc(stack, 'Vpc') });
    const make = () => new ReleaseAlarms(stack, 'Alarms', { twins, ...made(props, stack) });
    expectAll(problemOf(make), ['Test/Alarms', ...parts]);
  }),
);

CHECKS.forEach(([name, check, ...parts]) =>
  test(`a smoke check with a wrong ${name} is refused`, () => {
    const stack = newStack();
    const make = () => SmokeSuite.of({ name: 'a', path: '/', ...made(check, stack) });
    expectAll(
      problemOf(() => serviceIn(stack, { suite: make() })),
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
  (stack, props) => serviceIn(stack, { gate: { customChecks: [{ ...check(stack), ...props }] } }),
  ['Test/Web/Gate'],
);
refusesEach('VersionHeader', HEADER, (stack, props) =>
  serviceIn(stack, { gate: { versionHeader: { name: 'x-version', value: '1', ...props } } }),
);
refusesEach(
  'EcsRelease',
  RELEASE,
  (stack, props) => {
    const { deploymentGroup, service } = serviceIn(stack);
    const own = taskDefinition(stack);
    return new EcsRelease(stack, 'Release', {
      deploymentGroup,
      service,
      taskDefinition: own,
      containerPort: 80,
      ...props,
    });
  },
  ['Test/Release'],
);
refusesEach(
  'DeploymentFollower',
  FOLLOWER,
  (stack, props) => {
    const service = props.service ?? serviceIn(stack).service;
    return new DeploymentFollower(stack, 'Follower', { service, ...props });
  },
  ['Test/Follower'],
);
refusesEach(
  'LiveRoute',
  ROUTE,
  (stack, props) => {
    const { loadBalancer } = listenerIn(stack, 'Of');
    const pair = { blue: groupIn(stack, 'Blue'), green: groupIn(stack, 'Green') };
    return new LiveRoute(stack, 'Route', {
      ...pair,
      production: ProductionRoute.defaultAction(loadBalancer, 80),
      ...props,
    });
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
  (stack, props) => new TwinEnvironments(stack, 'Twins', { vpc: new Vpc(stack, 'Vpc'), containerPort: 8080, ...props }),
  ['Test/Twins'],
);
refusesEach('BreakGlass', GLASS, (_stack, options) => new BreakGlass(options));
refusesEach('TrafficShift', SHIFTS, (stack, options) => TrafficShift.linear(options).bind(stack), ['Test: ']);
refusesEach('ReleaseApproval', APPROVALS, (stack, approval) => serviceIn(stack, { approval }), ['Test/Web']);
const suiteWith = (stack: Stack, more: Partial<SmokeCheck>) =>
  serviceIn(stack, { suite: SmokeSuite.of({ name: 'a', path: '/', ...more }) });
refusesEach('SmokeExpectations', EXPECTATIONS, (stack, expect) => suiteWith(stack, { expect }), ['the smoke suite']);
refusesEach('JsonMatch', JSON_MATCHES, (stack, match) => suiteWith(stack, { expect: { json: [match] } }), [
  'the smoke suite',
]);
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

test('every problem is reported at once', () => {
  const message = problemOf(() =>
    serviceIn(newStack(), { task: imageTask({ cpu: 1, rehearsalCommand: [] }), desiredCount: 0 }),
  );
  expectAll(message, ['cpu 1', 'desiredCount 0', 'rehearsalCommand']);
});

test('values that are not known at synth are let through', () => {
  const stack = newStack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const text = new CfnParameter(stack, 'Text').valueAsString;
  const unknown: Partial<BlueGreenServiceProps> = {
    task: imageTask({ containerPort: number, cpu: number, memoryLimitMiB: number }),
    listener: ServiceListener.create({ port: 80, domainName: text }),
    healthCheck: { path: text },
    desiredCount: number,
    maxCapacity: number,
    suite: SmokeSuite.of({ name: 'a', path: '/' }),
    bakeTime: Duration.minutes(number),
    healthCheckGracePeriod: Duration.seconds(number),
    gate: {
      timeout: Duration.seconds(number),
      bakeCheckTime: Duration.seconds(number),
      versionHeader: { name: text, value: text },
    },
    alarms: { errorRatePercent: number, minRequests: number, latencyP99: Duration.seconds(number) },
    maxFailedTasks: number,
    engine: ReleaseEngine.codeDeploy({ startTimeout: Duration.seconds(number) }),
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
  const { deploymentGroup, service, twins } = serviceIn(stack);
  const release = { deploymentGroup, service, taskDefinition: taskDefinition(stack) };
  const { loadBalancer, blue, green, productionListener, testListener } = twins;
  const ports = { productionPort: number, testPort: number, domainName: text };
  const pair = { blue, green };
  expect(() => [
    new EcsRelease(stack, 'Release', { ...release, containerName: text, containerPort: number }),
    new LiveRoute(stack, 'Route', { ...pair, production: ProductionRoute.defaultAction(loadBalancer, number) }),
    new LiveRoute(stack, 'Rule', { ...pair, production: ProductionRoute.rule(productionListener, number) }),
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
    expect(() => serviceIn(newStack(), { task: imageTask({ cpu, memoryLimitMiB }) })).not.toThrow();
});
