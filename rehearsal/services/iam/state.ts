import type { Session } from '../../core/access';
import { awsManagedPolicy, isAwsManaged } from './managed-policies';
import type { PolicyDocument } from './policy';
import { type RolePermissions, Usage } from './usage';

/** A user or a role: what policies hang on. */
export interface Identity {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  /** AWS time, milliseconds since the epoch. */
  readonly createdAtMs: number;
  readonly description?: string;
  readonly inline: Map<string, PolicyDocument>;
  readonly attached: Set<string>;
}

export interface Role extends Identity {
  trust: PolicyDocument;
  /** Seconds. */
  maxSessionDuration: number;
}

export interface ManagedPolicy {
  readonly arn: string;
  readonly name: string;
  document: PolicyDocument;
}

/** The credentials in circulation in all accounts, by access key id. */
export type Sessions = Map<string, Session>;

/** Users, roles and policies of an account. */
export class IamState {
  readonly roles = new Map<string, Role>();
  readonly users = new Map<string, Identity>();
  readonly policies = new Map<string, ManagedPolicy>();
  readonly usage = new Usage();
  private readonly deleted = new Set<string>();
  readonly instanceProfiles = new Map<string, { readonly arn: string; readonly roles: readonly string[] }>();

  constructor(readonly sessions: Sessions = new Map()) {}

  deleteRole(name: string): void {
    const role = this.roles.get(name);
    if (role) this.deleted.add(role.arn);
    this.roles.delete(name);
  }

  /** Whether it was a role here and is none any more. */
  isDeleted(arn: string): boolean {
    return this.deleted.has(arn) && !this.identityByArn(arn);
  }

  roleByArn(arn: string): Role | undefined {
    return [...this.roles.values()].find((role) => role.arn === arn);
  }

  identityByArn(arn: string): Identity | undefined {
    return this.roleByArn(arn) ?? [...this.users.values()].find((user) => user.arn === arn);
  }

  /** Every identity-based policy in force for a user or role; none when it does not exist (any more). */
  policiesOf(arn: string): readonly PolicyDocument[] {
    const identity = this.identityByArn(arn);
    if (!identity) return [];
    return [...identity.inline.values(), ...[...identity.attached].map((policyArn) => this.managedPolicy(policyArn))];
  }

  /** Of each role that exists. */
  permissions(): readonly RolePermissions[] {
    return [...this.roles.values()].map(({ arn }) => this.usage.of(arn, this.policiesOf(arn)));
  }

  /** @throws Error for an ARN that is neither the account's own nor a known one of AWS */
  managedPolicy(arn: string): PolicyDocument {
    if (isAwsManaged(arn)) return awsManagedPolicy(arn);
    const own = this.policies.get(arn);
    if (!own) throw new Error(`Policy ${arn} does not exist or is not attachable.`);
    return own.document;
  }
}
