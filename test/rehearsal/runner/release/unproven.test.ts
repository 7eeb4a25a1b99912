import type { RehearsalEvent } from '../../../../rehearsal/core/events';
import { parsePlan } from '../../../../rehearsal/runner/plan/read';
import { deniedCalls, notModelledIn, unservedIn } from '../../../../rehearsal/runner/release/unproven';
import { noRequests } from '../../../../rehearsal/runner/report/requests';

const planOf = (text: string, expect = 'succeeded') =>
  parsePlan(`version: 1\n${text}\nreleases:\n  - { name: v2, expect: ${expect} }\n`, 'r.yaml');

const eventOf = (source: string, event: string, data: Record<string, unknown>): RehearsalEvent => ({
  atMs: 0,
  source,
  event,
  detail: '',
  data,
});

const service = (name: string, outcome: 'succeeded' | 'rolled-back' | 'unchanged' | 'created', total = 0) => ({
  name,
  outcome,
  deploymentId: null,
  reason: '',
  requests: { ...noRequests, total },
});

test('a service that a release changes without a request to it proves nothing, unless the file names it', () => {
  const services = [
    service('Web', 'succeeded', 12),
    service('Orders', 'succeeded'),
    service('Office', 'rolled-back'),
    service('New', 'created'),
    service('Old', 'unchanged'),
  ];
  expect(unservedIn(services, planOf(''))).toEqual(['Orders', 'Office']);
  expect(unservedIn(services, planOf('allow: { unserved: [Office] }'))).toEqual(['Orders']);
  expect(unservedIn(services, planOf('traffic: { services: { Orders: { rate: 0 } } }'))).toEqual(['Office']);
  expect(unservedIn(services, planOf('traffic: { rate: 0 }'))).toEqual([]);
});

test('a call is allowed by the file for all releases, or expected of one', () => {
  const events = ['s3:GetObject', 'sns:Publish', 'ecs:ListTasks'].map((action) =>
    eventOf('iam', 'denied', { principal: 'p', action, resource: '*' }),
  );
  const plan = planOf('allow: { denied: [sns:Publish] }', '{ outcome: succeeded, denied: [s3:GetObject] }');
  const [planned] = plan.releases;
  if (!planned) throw new Error('no release');
  expect(deniedCalls(events, { plan, planned }).map(({ action, allowed }) => [action, allowed])).toEqual([
    ['s3:GetObject', true],
    ['sns:Publish', true],
    ['ecs:ListTasks', false],
  ]);
});

test('each property without behaviour is listed once, with what the file allows', () => {
  const property = (name: string, decides: boolean) =>
    eventOf('cloudformation', 'not-modelled', {
      stackName: 'S',
      logicalId: 'Web',
      type: 'AWS::ECS::Service',
      property: name,
      effect: 'none',
      decides,
    });
  const events = [property('ServiceRegistries', false), property('DeploymentConfiguration.Alarms', true)];
  const plan = planOf('allow: { notModelled: [AWS::ECS::Service.DeploymentConfiguration.Alarms] }');
  expect(notModelledIn([...events, ...events], plan)).toEqual([
    {
      logicalId: 'Web',
      type: 'AWS::ECS::Service',
      property: 'ServiceRegistries',
      effect: 'none',
      decides: false,
      allowed: false,
    },
    {
      logicalId: 'Web',
      type: 'AWS::ECS::Service',
      property: 'DeploymentConfiguration.Alarms',
      effect: 'none',
      decides: true,
      allowed: true,
    },
  ]);
});
