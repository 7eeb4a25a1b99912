import type { HealthCheck, UpdateGuardProperties } from '../../../lambda/live-route/contract';
import { updateProblem } from '../../../lambda/live-route/guard';

const health: HealthCheck = { Path: '/health', Codes: '200', Protocol: 'HTTP', Port: 'traffic-port' };
const before: UpdateGuardProperties = {
  ServiceToken: 'function',
  ServiceName: 'Web',
  Ships: 'web:1',
  Fixed: { LoadBalancers: [{ ContainerName: 'app', ContainerPort: '8080' }], PlatformVersion: 'LATEST' },
  HealthCheck: health,
  Checked: [
    { Path: '/health', Status: ['200'] },
    { Path: '/ready', Status: ['204'] },
  ],
};
const after = (changes: Partial<UpdateGuardProperties>) => ({ ...before, ...changes });
const checks = (changes: Partial<HealthCheck>) => ({ HealthCheck: { ...health, ...changes } });

test.each<[string, Partial<UpdateGuardProperties>]>([
  ['a release', { Ships: 'web:2' }],
  ['another suite', { Checked: [] }],
  ['more health check codes, with a release', { Ships: 'web:2', ...checks({ Codes: '200-299' }) }],
  ['a health check that the live version has answered', checks({ Path: '/ready', Codes: '200,204' })],
])('%s passes', (_what, changes) => {
  expect(updateProblem(before, after(changes))).toBeUndefined();
});

test.each<[string, Partial<UpdateGuardProperties>, RegExp]>([
  ['a path that nobody has checked', checks({ Path: '/new' }), /from HTTP \/health .* to HTTP \/new .* in two steps/],
  [
    'a path that was checked, with the code that answers it',
    { Ships: 'web:2', ...checks({ Path: '/ready', Codes: '204' }) },
    /nothing was changed.*GET \/ready that expects 204/,
  ],
  ['codes that the checked path does not answer', checks({ Path: '/ready' }), /GET \/ready that expects 200/],
  ['fewer codes', checks({ Codes: '204' }), /with 200 to HTTP \/health on traffic-port with 204/],
  ['another port', checks({ Port: '9000' }), /on 9000/],
  ['another protocol', checks({ Protocol: 'HTTPS' }), /to HTTPS/],
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
