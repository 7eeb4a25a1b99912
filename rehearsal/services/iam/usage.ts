import { wildcardMatch } from './match';
import { many, type PolicyDocument, type Statement } from './policy';

/** One action of a statement that allows it. */
export interface Grant {
  /** As the policy has it, with its wildcards. */
  readonly action: string;
  readonly resources: readonly string[];
  /** The statement's `Condition` as JSON; absent without one. */
  readonly condition?: string;
}

/** What became of the permissions of one role. */
export interface RolePermissions {
  readonly role: string;
  /** The grants that allowed a call, with the actions that were called. */
  readonly used: readonly (Grant & { readonly called: readonly string[] })[];
  /** The grants that no call needed. */
  readonly unused: readonly Grant[];
  /** The calls that nothing allowed. */
  readonly missing: readonly { readonly action: string; readonly resource: string }[];
}

/** Which statements allowed the calls of each role. */
export class Usage {
  /** Called actions by role and grant. */
  private readonly allowed = new Map<string, Map<string, Set<string>>>();
  private readonly denied = new Map<string, Map<string, { readonly action: string; readonly resource: string }>>();

  allow(role: string, statement: Statement, action: string): void {
    for (const grant of grantsOf(statement)) {
      if (wildcardMatch(grant.action, action, { ignoreCase: true }))
        calls(this.allowed, role, keyOf(grant)).add(action);
    }
  }

  deny(role: string, action: string, resource: string): void {
    const calls = this.denied.get(role) ?? new Map<string, { action: string; resource: string }>();
    this.denied.set(role, calls.set(`${action} ${resource}`, { action, resource }));
  }

  /** @param policies those in force for the role now */
  of(role: string, policies: readonly PolicyDocument[]): RolePermissions {
    const statements = policies.flatMap((policy) => many(policy.Statement)).filter(({ Effect }) => Effect === 'Allow');
    const grants = [...new Map(statements.flatMap(grantsOf).map((grant) => [keyOf(grant), grant])).values()];
    const called = (grant: Grant) => [...(this.allowed.get(role)?.get(keyOf(grant)) ?? [])].sort();
    return {
      role,
      used: grants.filter((grant) => called(grant).length > 0).map((grant) => ({ ...grant, called: called(grant) })),
      unused: grants.filter((grant) => called(grant).length === 0),
      missing: [...(this.denied.get(role)?.values() ?? [])],
    };
  }
}

function grantsOf({ Action, Resource, Condition }: Statement): Grant[] {
  const condition = Condition && { condition: JSON.stringify(Condition) };
  return many(Action).map((action) => ({ action, resources: many(Resource), ...condition }));
}

const keyOf = ({ action, resources, condition = '' }: Grant) => `${action} ${resources.join(' ')} ${condition}`;

function calls(all: Map<string, Map<string, Set<string>>>, role: string, grant: string): Set<string> {
  const grants = all.get(role) ?? new Map<string, Set<string>>();
  all.set(role, grants);
  const called = grants.get(grant) ?? new Set<string>();
  grants.set(grant, called);
  return called;
}
