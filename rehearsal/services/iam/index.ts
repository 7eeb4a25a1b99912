import { covered } from '../../core/coverage';
import { iamCoverage } from './coverage';
import { type Credentials, partitionOf, type Service, type World } from '../../core/service';
import { Authority } from './authority';
import { iamOperations } from './operations';
import { parsePolicy } from './policy';
import { createRole, iamResourceTypes } from './resources';
import { IamState, type Sessions } from './state';
import type { RolePermissions } from './usage';

export type { Grant, RolePermissions } from './usage';

export interface RoleSpec {
  readonly name: string;
  readonly trust: unknown;
  /** Documents by policy name. */
  readonly inline?: Readonly<Record<string, unknown>>;
  readonly managed?: readonly string[];
}

export interface IamService extends Service {
  readonly authority: Authority;
  /** @returns the role's ARN @throws AwsError EntityAlreadyExists */
  addRole(spec: RoleSpec): string;
  /** What became of the permissions of each role that exists. */
  permissions(): readonly RolePermissions[];
  /** A user with long-lived keys. */
  addUser(spec: Omit<RoleSpec, 'trust'>): { arn: string; credentials: Credentials };
}

/** What the accounts of a rehearsal share. */
export interface Accounts {
  readonly sessions: Sessions;
  /** Of the account that an ARN names, if there is one. */
  readonly authorityOf: (arn: string) => Authority | undefined;
}

/** An account's IAM; without others it is the only account. */
export function createIam(
  world: Pick<World, 'accountId' | 'region' | 'clock' | 'events' | 'ids'>,
  accounts?: Accounts,
): IamService {
  const state = new IamState(accounts?.sessions);
  const authority = new Authority(world, state, accounts?.authorityOf);
  return {
    prefix: 'iam',
    protocol: { kind: 'query', version: '2010-05-08', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
    operations: iamOperations(world, state),
    resourceTypes: covered(iamResourceTypes(world, state), iamCoverage),
    authority,
    permissions: () => state.permissions(),
    addRole: ({ name, trust, inline = {}, managed = [] }) =>
      createRole(world, state, name, {
        AssumeRolePolicyDocument: trust,
        Policies: Object.entries(inline).map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument })),
        ManagedPolicyArns: managed,
      }).arn,
    addUser: ({ name, inline = {}, managed = [] }) => {
      const arn = `arn:${partitionOf(world.region)}:iam::${world.accountId}:user/${name}`;
      const policies = Object.entries(inline).map(([policy, document]) => [policy, parsePolicy(document)] as const);
      state.users.set(name, {
        arn,
        name,
        id: `AIDA${world.ids.upper(17)}`,
        path: '/',
        createdAtMs: world.clock.now(),
        inline: new Map(policies),
        attached: new Set(managed),
      });
      return { arn, credentials: authority.accessKeyFor(arn) };
    },
  };
}
