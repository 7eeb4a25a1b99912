import { INTERNAL } from '../../../../rehearsal/core/service';
import { type LocalAws, startLocalAws } from '../../../../rehearsal/local-aws';

let aws: LocalAws;
beforeAll(async () => void (aws = await startLocalAws({ speed: 600 })));
afterAll(() => aws.stop());

const call = async (prefix: string, operation: string, input: unknown) =>
  aws.world.call<Readonly<Record<string, unknown>>>(INTERNAL, prefix, operation, input);

test('lists of roles, users and dashboards keep only what their filter names', async () => {
  const roles = (await call('iam', 'ListRoles', {}))['Roles'];
  expect(roles).not.toEqual([]);
  expect(await call('iam', 'ListRoles', { PathPrefix: '/no-such-path/' })).toEqual({ Roles: [], IsTruncated: false });
  expect(await call('iam', 'ListRoles', { PathPrefix: '/' })).toMatchObject({ Roles: roles });
  expect(await call('iam', 'ListUsers', { PathPrefix: '/no-such-path/' })).toEqual({ Users: [], IsTruncated: false });
  expect(await call('cloudwatch', 'ListDashboards', { DashboardNamePrefix: 'no' })).toEqual({ DashboardEntries: [] });
  expect(await call('events', 'ListRules', { NamePrefix: 'no' })).toEqual({ Rules: [] });
});

test('a list is cut to the size that was requested, and the rest comes with the token', async () => {
  const first = await call('iam', 'ListRoles', { MaxItems: 1 });
  expect(first).toMatchObject({ Roles: [expect.anything()], IsTruncated: true });
  const rest = await call('iam', 'ListRoles', { Marker: first['Marker'] });
  const all = await call('iam', 'ListRoles', {});
  expect([first['Roles'], rest['Roles']].flat()).toEqual(all['Roles']);
});
