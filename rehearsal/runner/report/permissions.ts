import type { Place } from '../../local-aws';
import type { Grant, RolePermissions } from '../../services/iam';

/** Of `cdk bootstrap`: nobody's app has them. */
const BOOTSTRAP_ROLE = /:role\/cdk-[a-z0-9]+-[a-z-]+-role-\d{12}-/;

/** What the roles of the rehearsed stacks were allowed and did, by role. */
export function permissionsOf(places: readonly Pick<Place, 'services'>[]): readonly RolePermissions[] {
  const all = places.flatMap(({ services }) => services.iam.permissions());
  const byRole = new Map(all.filter(({ role }) => !BOOTSTRAP_ROLE.test(role)).map((each) => [each.role, each]));
  return [...byRole.values()].sort((a, b) => a.role.localeCompare(b.role));
}

/** A role's grants, one a line: used, unused, missing. A role without any has nothing to say. */
export function permissionLines(permissions: readonly RolePermissions[]): string[] {
  const some = permissions.filter(({ used, unused, missing }) => used.length + unused.length + missing.length > 0);
  return some.flatMap(({ role, used, unused, missing }) => [
    '',
    role.split('/').at(-1) ?? role,
    ...used.map((grant) => `  used     ${grantText(grant)}`),
    ...unused.map((grant) => `  unused   ${grantText(grant)}`),
    ...missing.map(({ action, resource }) => `  missing  ${action} on ${resource}`),
  ]);
}

function grantText({ action, resources, condition }: Grant): string {
  return `${action} on ${resources.join(', ')}${condition === undefined ? '' : ` if ${condition}`}`;
}
