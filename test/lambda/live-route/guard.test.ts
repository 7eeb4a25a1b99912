import type { HealthCheck, UpdateGuardProperties } from '../../../lambda/live-route/types';
import { updateProblem } from '../../../lambda/live-route/guard';

const health: HealthCheck = {
  Path: '/health',
  Codes: '200',
  Protocol: 'HTTP',
  Port: 'traffic-port',
  Interval: '10',
  Timeout: '5',
  UnhealthyThreshold: '3',
};
const before: UpdateGuardProperties = {
  ServiceToken: 'function',
  ServiceName: 'Web',
  Ships: 'web:1',
  Fixed: { LoadBalancers: [{ ContainerName: 'app', ContainerPort: '8080' }], PlatformVersion: 'LATEST' },
  HealthChecks: { Blue: health, Green: health },
  Checked: [
    { Path: '/health', Status: ['200'], LimitMs: '5000', Times: '1' },
    { Path: '/ready', Status: ['204'], LimitMs: '5000', Times: '1' },
  ],
};
const after = (changes: Partial<UpdateGuardProperties>) => ({ ...before, ...changes });
const checks = (changes: Partial<HealthCheck>) => ({
  HealthChecks: { Blue: { ...health, ...changes }, Green: { ...health, ...changes } },
});
/** The live version has passed a check of its health path that is as strict. */
const passed = (LimitMs: string, Times: string): UpdateGuardProperties => ({
  ...before,
  Checked: [{ Path: '/health', Status: ['200'], LimitMs, Times }],
});

test.each<[string, Partial<UpdateGuardProperties>]>([
  ['a release', { Ships: 'web:2' }],
  ['another suite', { Checked: [] }],
  ['more health check codes, with a release', { Ships: 'web:2', ...checks({ Codes: '200-299' }) }],
  [
    'a longer timeout, interval and more failures, with a release',
    { Ships: 'web:2', ...checks({ Timeout: '6', Interval: '20', UnhealthyThreshold: '5' }) },
  ],
  ['a health check that the live version has passed', checks({ Path: '/ready', Codes: '200,204' })],
])('%s passes', (_what, changes) => {
  expect(updateProblem(before, after(changes))).toBeUndefined();
});

test.each<[string, Partial<UpdateGuardProperties>, RegExp]>([
  ['a path that nobody has checked', checks({ Path: '/new' }), /from HTTP \/health .* to HTTP \/new .* in two steps/],
  [
    'a path that was checked, with the code of its response',
    { Ships: 'web:2', ...checks({ Path: '/ready', Codes: '204' }) },
    /nothing was changed.*GET \/ready that expects 204/,
  ],
  ['codes that the checked path does not respond with', checks({ Path: '/ready' }), /GET \/ready that expects 200/],
  ['fewer codes', checks({ Codes: '204' }), /with 200 .* to HTTP \/health on traffic-port with 204/],
  ['another port', checks({ Port: '9000' }), /on 9000/],
  ['another protocol', checks({ Protocol: 'HTTPS' }), /to HTTPS/],
  [
    'a shorter timeout',
    checks({ Timeout: '2' }),
    /within 5 s, .* to .* within 2 s, .* expects 200 within 2 s \(expect\.latency\);/,
  ],
  ['a shorter interval', checks({ Interval: '5' }), /every 10 s, .* to .* every 5 s, .*10 times in a row \(repeat\)/],
  [
    'fewer failures',
    checks({ UnhealthyThreshold: '2' }),
    /unhealthy after 3 to .* unhealthy after 2, .*10 times in a row/,
  ],
  [
    'a change of the one side that may be live',
    { HealthChecks: { Blue: health, Green: { ...health, Path: '/new' } } },
    /from HTTP \/health .* to HTTP \/new /,
  ],
  [
    'another protocol of a target group, which replaces it',
    { Fixed: { ...before.Fixed, GreenTargetGroup: { protocolVersion: 'GRPC' } } },
    /the target group Green changes from nothing to .*GRPC/,
  ],
  [
    'another cluster, which replaces the service',
    { Fixed: { ...before.Fixed, Cluster: 'other' } },
    /cluster changes from nothing to "other".*so nothing was changed.*second service/,
  ],
  [
    'another container port',
    { Fixed: { ...before.Fixed, LoadBalancers: [{ ContainerName: 'app', ContainerPort: '9090' }] } },
    /port or containerName changes from .*8080.* to .*9090.*CODE_DEPLOY.*second service/,
  ],
  [
    'something that is new on the service',
    { Fixed: { ...before.Fixed, EnableExecuteCommand: 'true' } },
    /EnableExecuteCommand changes from nothing to "true"/,
  ],
  [
    'something that is gone from the service',
    { Fixed: { LoadBalancers: before.Fixed.LoadBalancers } },
    /PlatformVersion changes from "LATEST" to nothing/,
  ],
])('%s is refused with the way to do it', (_what, changes, message) => {
  expect(updateProblem(before, after(changes))).toMatch(message);
});

describe('another engine', () => {
  const target = { GreenTargetGroup: { port: '8080' } };
  const codeDeploy = {
    ...before,
    Fixed: { ...before.Fixed, ...target, DeploymentController: { Type: 'CODE_DEPLOY' } },
  };
  const ecs = { ...before, Fixed: { ...target, DeploymentController: { Type: 'ECS' } } };

  test('CodeDeploy gives the service to ECS in an update that ships nothing else', () => {
    expect(updateProblem(codeDeploy, ecs)).toBeUndefined();
    expect(updateProblem(ecs, { ...ecs, Ships: 'web:2' })).toBeUndefined();
  });

  test.each<[string, UpdateGuardProperties, UpdateGuardProperties, RegExp]>([
    [
      'ECS together with a new version',
      codeDeploy,
      { ...ecs, Ships: 'web:2' },
      /first deploy the change of the engine and nothing else/,
    ],
    [
      'ECS together with other target groups',
      codeDeploy,
      { ...ecs, Fixed: { ...ecs.Fixed, GreenTargetGroup: { port: '9090' } } },
      /the target group Green changes from \{"port":"8080"\} to \{"port":"9090"\}/,
    ],
    ['CodeDeploy', ecs, codeDeploy, /from ECS to CodeDeploy, which CloudFormation cannot do .*second service/],
  ])('%s is refused with the way to do it', (_what, was, is, message) => {
    expect(updateProblem(was, is)).toMatch(message);
  });
});

test.each<[string, UpdateGuardProperties, Partial<HealthCheck>, boolean]>([
  ['a shorter timeout that the live version has kept', passed('2000', '1'), { Timeout: '2' }, true],
  ['a shorter timeout than the live version has kept', passed('2001', '1'), { Timeout: '2' }, false],
  [
    'fewer failures, of a live version that has not failed once',
    passed('5000', '10'),
    { UnhealthyThreshold: '2' },
    true,
  ],
  [
    'fewer failures, of a live version that was asked less often',
    passed('5000', '9'),
    { UnhealthyThreshold: '2' },
    false,
  ],
  [
    'a shorter interval, of a live version that has not failed once',
    passed('2000', '20'),
    { Interval: '4', Timeout: '2' },
    true,
  ],
])('%s', (_what, live, changes, passes) => {
  const problem = updateProblem(live, { ...live, ...checks(changes) });
  expect(problem).toEqual(passes ? undefined : (expect.stringMatching(/in two steps/) as string));
  // Not together with a release: the new version has shown nothing yet.
  expect(updateProblem(live, { ...live, ...checks(changes), Ships: 'web:2' })).toMatch(/in two steps/);
});
