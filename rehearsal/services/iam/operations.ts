import { AwsError, type Operations, partitionOf, type World } from '../../core/service';
import type { IamState, Identity, Role } from './state';

interface ByName {
  readonly RoleName: string;
}

interface ByPath {
  readonly PathPrefix?: string;
}

function below<T extends Identity>({ PathPrefix = '/' }: ByPath, all: Iterable<T>): readonly T[] {
  return [...all].filter(({ path }) => path.startsWith(PathPrefix));
}

/** What people read from IAM in a rehearsal. https://docs.aws.amazon.com/IAM/latest/APIReference/ */
export function iamOperations(world: Pick<World, 'accountId' | 'region'>, state: IamState): Operations {
  const roleArn = ({ RoleName }: ByName) => [
    state.roles.get(RoleName)?.arn ?? `arn:${partitionOf(world.region)}:iam::${world.accountId}:role/${RoleName}`,
  ];
  const role = ({ RoleName }: ByName): Role => {
    const found = state.roles.get(RoleName);
    if (!found) throw new AwsError('NoSuchEntity', `The role with name ${RoleName} cannot be found.`, 404);
    return found;
  };
  return {
    GetRole: { resources: roleArn, handle: (input: ByName) => ({ Role: describeRole(role(input)) }) },
    ListRoles: {
      handle: (input: ByPath) => ({ Roles: below(input, state.roles.values()).map(describeRole), IsTruncated: false }),
    },
    ListRolePolicies: {
      resources: roleArn,
      handle: (input: ByName) => ({ PolicyNames: [...role(input).inline.keys()], IsTruncated: false }),
    },
    ListAttachedRolePolicies: {
      resources: roleArn,
      handle: (input: ByName & ByPath) => ({
        AttachedPolicies: [...role(input).attached]
          .filter((arn) => arn.slice(arn.indexOf('/')).startsWith(input.PathPrefix ?? '/'))
          .map((arn) => ({ PolicyArn: arn, PolicyName: arn.split('/').at(-1) })),
        IsTruncated: false,
      }),
    },
    GetRolePolicy: {
      resources: roleArn,
      handle: (input: ByName & { PolicyName: string }) => {
        const document = role(input).inline.get(input.PolicyName);
        if (!document) {
          throw new AwsError('NoSuchEntity', `The role policy with name ${input.PolicyName} cannot be found.`, 404);
        }
        return {
          RoleName: input.RoleName,
          PolicyName: input.PolicyName,
          PolicyDocument: encodeURIComponent(JSON.stringify(document)),
        };
      },
    },
    ListUsers: {
      handle: (input: ByPath) => ({ Users: below(input, state.users.values()).map(describeUser), IsTruncated: false }),
    },
  };
}

const describeIdentity = (identity: Identity) => ({
  Path: identity.path,
  Arn: identity.arn,
  CreateDate: new Date(identity.createdAtMs),
});

const describeUser = (user: Identity) => ({ ...describeIdentity(user), UserName: user.name, UserId: user.id });

const describeRole = (role: Role) => ({
  ...describeIdentity(role),
  RoleName: role.name,
  RoleId: role.id,
  Description: role.description,
  // IAM returns documents URL-encoded (RFC 3986). https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
  AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(role.trust)),
  MaxSessionDuration: role.maxSessionDuration,
});
