import { comparisonPlan, safeRequests } from '../../../smoke/comparison/plan';
import type { Suite } from '../../../smoke/suite/model';

test('only checks that change nothing and need no other value are sent to both sides', () => {
  const suite: Suite = {
    defaults: { headers: { accept: 'application/json' } },
    checks: [
      { name: 'list', path: '/orders' },
      { name: 'create', method: 'POST', path: '/orders', body: '{}' },
      { name: 'one', path: '/orders/${id}' },
      { name: 'page', path: '/orders?sort=age', query: { page: 2, tag: ['a b', 'c'] } },
      { name: 'after', path: '/orders', query: { after: '${id}' } },
      { name: 'head', method: 'HEAD', path: '/', headers: { 'x-a': '1' } },
      { name: 'secret', path: '/me', auth: { type: 'bearer', secret: 'arn:aws:ssm:eu-west-1:1:parameter/a' } },
    ],
  };
  expect(safeRequests(suite).map(({ name, path, headers }) => [name, path, headers])).toEqual([
    ['list', '/orders', { accept: 'application/json' }],
    ['page', '/orders?sort=age&page=2&tag=a%20b&tag=c', { accept: 'application/json' }],
    ['head', '/', { accept: 'application/json', 'x-a': '1' }],
  ]);
});

test('a suite that does not mention the comparison is compared by its safe checks, and too little data passes', () => {
  const checks = [{ name: 'list', path: '/orders' }];
  expect(comparisonPlan({ checks })).toMatchObject({
    notEnoughData: 'warn',
    requestsPerSecond: 100,
    maxRequests: 10_000,
    requests: [{ name: 'list', path: '/orders' }],
  });
  expect(comparisonPlan({ checks, compare: true })).toMatchObject({ notEnoughData: 'fail' });
  expect(comparisonPlan({ checks, compare: { requestsPerSecond: 5 } })).toMatchObject({ notEnoughData: 'fail' });
  expect(comparisonPlan({ checks, compare: false })).toBeUndefined();
  expect(comparisonPlan({ checks: [{ name: 'create', method: 'POST', path: '/orders' }] })).toBeUndefined();
});
