import { permissionLines, permissionsOf } from '../../../../rehearsal/runner/report/permissions';
import type { RolePermissions } from '../../../../rehearsal/services/iam';

const role = (name: string, more: Partial<RolePermissions> = {}): RolePermissions => ({
  role: `arn:aws:iam::111111111111:role/${name}`,
  used: [],
  unused: [],
  missing: [],
  ...more,
});

test('a role lists what was used, what was not, and what was missing; a role without permissions is left out', () => {
  const gate = role('gate', {
    used: [{ action: 'ecs:Describe*', resources: ['*'], called: ['ecs:DescribeServices'] }],
    unused: [{ action: 's3:GetObject', resources: ['a', 'b'], condition: '{"Bool":{}}' }],
    missing: [{ action: 'sns:Publish', resource: 'topic' }],
  });
  expect(permissionLines([role('task'), gate])).toEqual([
    '',
    'gate',
    '  used     ecs:Describe* on *',
    '  unused   s3:GetObject on a, b if {"Bool":{}}',
    '  missing  sns:Publish on topic',
  ]);
});

test('roles come by name, each once, and those of cdk bootstrap not at all', () => {
  const roles = [role('web'), role('cdk-hnb659fds-deploy-role-111111111111-us-east-1'), role('gate'), role('web')];
  const place = { services: { iam: { permissions: () => roles } } } as unknown as Parameters<
    typeof permissionsOf
  >[0][0];
  expect(permissionsOf([place]).map((each) => each.role.split('/').at(-1))).toEqual(['gate', 'web']);
});
