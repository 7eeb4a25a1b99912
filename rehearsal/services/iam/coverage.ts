import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of IAM. */
export const iamCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::IAM::Role': {
    acts: ['RoleName', 'Path', 'AssumeRolePolicyDocument', 'Policies', 'ManagedPolicyArns', 'MaxSessionDuration'],
    ignores: { PermissionsBoundary: 'no boundary limits the role' },
  },
  'AWS::IAM::Policy': {
    acts: ['PolicyName', 'PolicyDocument', 'Roles', 'Users'],
    ignores: { Groups: 'there are no groups' },
  },
  'AWS::IAM::ManagedPolicy': {
    acts: ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Users'],
    ignores: { Groups: 'there are no groups' },
  },
  'AWS::IAM::InstanceProfile': {
    acts: ['InstanceProfileName', 'Path', 'Roles'],
  },
};
