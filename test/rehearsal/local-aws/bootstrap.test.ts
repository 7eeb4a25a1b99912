import { bootstrapOf } from '../../../rehearsal/local-aws/bootstrap';

const role = 'arn:aws:iam::111111111111:role/cdk-hnb659fds-deploy-role-111111111111-us-east-1';

test.each([
  [role, { accountId: '111111111111', region: 'us-east-1' }, 'hnb659fds'],
  [role.replace('arn:aws:', 'arn:aws-us-gov:'), { accountId: '111111111111', region: 'us-east-1' }, 'hnb659fds'],
  [
    role.replace('deploy-role', 'image-publishing-role').replace('us-east-1', 'us-gov-west-1'),
    { accountId: '111111111111', region: 'us-gov-west-1' },
    'hnb659fds',
  ],
])('%s is a role of a bootstrapped environment', (arn, environment, qualifier) => {
  expect(bootstrapOf(arn)).toEqual({ environment, qualifier });
});

test.each([
  ['of another account', role.replace('iam::111111111111', 'iam::222222222222')],
  ['without a partition', role.replace('arn:aws:', 'arn::')],
  ['with a path before it', `x${role}`],
  ['with more after its region', `${role}a`],
  ['without a region', role.replace('-us-east-1', '')],
  ['whose qualifier has over ten characters', role.replace('hnb659fds', 'hnb659fds12')],
  ['that is a user', role.replace(':role/', ':user/')],
  ['of the app', 'arn:aws:iam::111111111111:role/web-task'],
])('a role %s is not', (_, arn) => {
  expect(bootstrapOf(arn)).toBeUndefined();
});
