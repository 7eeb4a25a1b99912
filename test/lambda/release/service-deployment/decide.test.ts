import fc from 'fast-check';
import { BEGINS_MS, decide, type Observed } from '../../../../lambda/release/service-deployment/decide';
import { deploymentOf } from './support';

const SINCE = 1_000_000;
const resource = (status: string, statusSinceMs = SINCE + 1) => ({ status, statusSinceMs, physicalId: 'service' });
const deployment = (status: string) => deploymentOf({ status });

test.each<[string, Observed, number, string]>([
  ['a service that CloudFormation has not begun with', {}, 0, 'wait'],
  ['one that has not changed for a while', { resource: resource('UPDATE_COMPLETE', 5) }, BEGINS_MS, 'give-way'],
  ['one that may still change', { resource: resource('UPDATE_COMPLETE', 5) }, BEGINS_MS - 1, 'wait'],
  ['one that is done already', { resource: resource('UPDATE_COMPLETE') }, 0, 'give-way'],
  ['one that was done when the stack began', { resource: resource('CREATE_COMPLETE', SINCE) }, 0, 'give-way'],
  ['a service without a deployment yet', { resource: resource('UPDATE_IN_PROGRESS') }, 10 * BEGINS_MS, 'wait'],
  ['a service that failed by itself', { resource: resource('UPDATE_FAILED') }, 0, 'give-way'],
  ...['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED'].map((status): [string, Observed, number, string] => [
    status,
    { resource: resource('UPDATE_IN_PROGRESS'), deployment: deployment(status) },
    10 * BEGINS_MS,
    'wait',
  ]),
  ...['SUCCESSFUL', 'STOPPED'].map((status): [string, Observed, number, string] => [
    status,
    { resource: resource('UPDATE_IN_PROGRESS'), deployment: deployment(status) },
    0,
    'give-way',
  ]),
  ...['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'].map(
    (status): [string, Observed, number, string] => [
      status,
      { resource: resource('UPDATE_IN_PROGRESS'), deployment: deployment(status) },
      0,
      'fail',
    ],
  ),
  [
    'a service that failed by its deployment',
    { resource: resource('CREATE_FAILED'), deployment: deployment('ROLLBACK_FAILED') },
    0,
    'fail',
  ],
  [
    "somebody else's rollback after CloudFormation had finished",
    { resource: resource('UPDATE_COMPLETE'), deployment: deployment('ROLLBACK_IN_PROGRESS') },
    0,
    'give-way',
  ],
])('%s', (_what, observed, waitedMs, kind) => {
  expect(decide(observed, SINCE, waitedMs).kind).toBe(kind);
});

test('only a rollback of ECS, while CloudFormation works on the service, makes a stack fail', () => {
  const statuses = ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'STOPPED', 'SUCCESSFUL', 'UNHEARD_OF'];
  const resources = ['CREATE', 'UPDATE'].flatMap((verb) =>
    ['IN_PROGRESS', 'COMPLETE', 'FAILED'].map((end) => `${verb}_${end}`),
  );
  fc.assert(
    fc.property(
      fc.option(fc.constantFrom(...resources), { nil: undefined }),
      fc.option(fc.constantFrom(...statuses), { nil: undefined }),
      fc.nat(2 * SINCE),
      fc.nat(4 * BEGINS_MS),
      (status, ecsStatus, sinceMs, waitedMs) => {
        const observed = {
          ...(status !== undefined && { resource: resource(status, sinceMs) }),
          ...(ecsStatus !== undefined && { deployment: deployment(ecsStatus) }),
        };
        expect(decide(observed, SINCE, waitedMs).kind).not.toBe('fail');
      },
    ),
  );
});
