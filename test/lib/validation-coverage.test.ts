import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CUSTOM, GATE, HEADER, RELEASE } from './validation/gate-rows';
import type { Row } from './validation/rows';
import { ALARMS, APPROVALS, GLASS, SERVICE, SHIFTS } from './validation/service-rows';
import { CHECKS, COMPARED, COMPARISON, JSON_MATCHES, REPEATS, VARIABLES } from './validation/suite-rows';
import { IMPORTED, ROUTE, RULES, TWINS } from './validation/twins-rows';

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
    'TwinEnvironmentsAttributes.conditions',
    'TwinEnvironmentsAttributes.loadBalancer',
    'TwinEnvironmentsProps.application',
    'TwinEnvironmentsProps.vpc',
  ],
  'CDK refuses a selection that finds no subnet': ['ReleaseGateProps.vpcSubnets'],
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
