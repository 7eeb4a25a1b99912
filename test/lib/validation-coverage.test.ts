import { publicProps } from './public-props';
import { FOLLOWER } from './validation/follower-rows';
import { CUSTOM, GATE, HEADER, RELEASE } from './validation/gate-rows';
import type { Row } from './validation/rows';
import { ALARMS, APPROVALS, ENGINE, GLASS, OWN_TASK, SERVICE, SHIFTS, TASK } from './validation/service-rows';
import { CHECKS, COMPARED, COMPARISON, EXPECTATIONS, JSON_MATCHES, REPEATS, VARIABLES } from './validation/suite-rows';
import { IMPORTED, LISTENERS, ROUTE, RULES, TWINS } from './validation/twins-rows';

const CHECKED: Readonly<Record<string, readonly Row<never>[]>> = {
  // What a service passes on is checked where it goes.
  BlueGreenServiceProps: [...SERVICE, ...TWINS, ['approval'], ['engine'], ['listener']] as never,
  BreakGlassOptions: GLASS as never,
  CodeDeployEngineOptions: ENGINE as never,
  ComparedRequest: COMPARED as never,
  ComparisonOptions: COMPARISON as never,
  ConditionalTestRuleOptions: RULES as never,
  CustomCheck: CUSTOM as never,
  DeploymentFollowerProps: FOLLOWER as never,
  EcsReleaseProps: RELEASE as never,
  JsonMatch: JSON_MATCHES as never,
  ListenerRuleOptions: [...LISTENERS, ...RULES] as never,
  LiveRouteProps: ROUTE as never,
  LoadBalancerListenerOptions: [...LISTENERS, ...RULES] as never,
  NewListenerOptions: LISTENERS as never,
  NewLoadBalancerOptions: LISTENERS as never,
  ReleaseAlarmsOptions: [...ALARMS, ['additionalAlarms']] as never,
  ReleaseAlarmsProps: [...ALARMS, ['additionalAlarms']] as never,
  ReleaseApproval: APPROVALS as never,
  ReleaseGateOptions: GATE as never,
  ReleaseGateProps: GATE as never,
  RepeatOptions: REPEATS as never,
  ServiceListenerOptions: LISTENERS as never,
  SmokeAuthOptions: [],
  SmokeCheck: CHECKS as never,
  SmokeExpectations: EXPECTATIONS as never,
  SmokeSuiteOptions: VARIABLES as never,
  TaskDefinitionOptions: OWN_TASK as never,
  TaskImageOptions: TASK as never,
  TestRuleOptions: [...RULES, ['listener']] as never,
  TrafficShiftOptions: SHIFTS as never,
  TwinEnvironmentsAttributes: IMPORTED as never,
  TwinEnvironmentsProps: [...TWINS, ['listener']] as never,
  VersionHeader: HEADER as never,
};

/** Props that no value of their type is wrong for, and why. */
const NEEDS_NONE: Readonly<Record<string, readonly string[]>> = {
  'a construct of the app, which CDK checks where it is made': [
    'CustomCheck.handler',
    'DeploymentFollowerProps.dependencies',
    'DeploymentFollowerProps.gate',
    'EcsReleaseProps.breakGlass',
    'EcsReleaseProps.dependencies',
    'EcsReleaseProps.deploymentGroup',
    'EcsReleaseProps.gate',
    'EcsReleaseProps.service',
    'EcsReleaseProps.taskDefinition',
    'ReleaseAlarmsProps.twins',
    'ReleaseApproval.topic',
    'ReleaseGateProps.cluster',
    'ReleaseGateProps.deploymentGroup',
    'ReleaseGateProps.service',
    'ReleaseGateProps.suite',
    'ReleaseGateProps.twins',
    'LoadBalancerListenerOptions.certificate',
    'NewListenerOptions.certificate',
    'NewLoadBalancerOptions.certificate',
    'TaskImageOptions.executionRole',
    'TaskImageOptions.logGroup',
    'TaskImageOptions.secrets',
    'TaskImageOptions.taskRole',
    'TwinEnvironmentsAttributes.conditions',
    'TwinEnvironmentsAttributes.loadBalancer',
    'TwinEnvironmentsProps.application',
    'TwinEnvironmentsProps.vpc',
  ],
  'CDK refuses a selection that finds no subnet': ['ReleaseGateOptions.vpcSubnets', 'ReleaseGateProps.vpcSubnets'],
  'true or false': [
    'EcsReleaseProps.assignPublicIp',
    'JsonMatch.exists',
    'LoadBalancerListenerOptions.openListener',
    'NewListenerOptions.openListener',
    'NewLoadBalancerOptions.internetFacing',
    'NewLoadBalancerOptions.openListener',
    'ReleaseGateOptions.failOnInsufficientData',
    'ReleaseGateOptions.preflight',
    'ReleaseGateOptions.stepCheck',
    'ReleaseGateProps.failOnInsufficientData',
    'ReleaseGateProps.preflight',
    'ReleaseGateProps.stepCheck',
    'TwinEnvironmentsProps.forwardByRules',
  ],
  'a closed choice': [
    'ComparisonOptions.failOnDifferences',
    'ComparisonOptions.notEnoughData',
    'EcsReleaseProps.platformVersion',
    'ReleaseGateOptions.logRetention',
    'ReleaseGateProps.logRetention',
    'TaskImageOptions.runtimePlatform',
  ],
  'any text is a value of a variable': ['TaskImageOptions.environment'],
  'text for people': [
    'ComparedRequest.name',
    'DeploymentFollowerProps.serviceName',
    'EcsReleaseProps.serviceName',
    'LiveRouteProps.serviceName',
    'ReleaseAlarmsProps.serviceName',
    'ReleaseGateProps.serviceName',
    'TwinEnvironmentsProps.serviceName',
  ],
  'any text, number or JSON value may be expected of a response': [
    'JsonMatch.atLeast',
    'JsonMatch.atMost',
    'JsonMatch.contains',
    'JsonMatch.equalTo',
    'JsonMatch.lessThan',
    'JsonMatch.notEqualTo',
    'JsonMatch.oneOf',
  ],
  'an alarm of another Region, in a stack that has one: deployment-follower.test.ts': [
    'DeploymentFollowerProps.alarms',
  ],
  'only the creator of the secret has its keys': ['SmokeAuthOptions.field'],
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
