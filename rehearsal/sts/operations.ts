import type { Authority } from '../iam/authority';
import type { Operations, Principal, World } from '../service';

interface AssumeRoleInput {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly ExternalId?: string;
  readonly DurationSeconds?: string | number;
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/ */
export function stsOperations(world: Pick<World, 'accountId'>, authority: Authority): Operations {
  return {
    // Its permission hangs on the role's trust policy too, so the authority decides, not the dispatch.
    AssumeRole: {
      action: null,
      handle: (input: AssumeRoleInput, { principal }) => {
        const { role, credentials } = authority.assumeRole(principal, input.RoleArn, input.RoleSessionName, {
          ...(input.ExternalId !== undefined && { externalId: input.ExternalId }),
          ...(input.DurationSeconds !== undefined && { durationSeconds: Number(input.DurationSeconds) }),
        });
        const caller = authority.principalOf(role.arn, input.RoleSessionName);
        return {
          Credentials: {
            AccessKeyId: credentials.accessKeyId,
            SecretAccessKey: credentials.secretAccessKey,
            SessionToken: credentials.sessionToken,
            Expiration: new Date(credentials.expiresAtMs),
          },
          AssumedRoleUser: { AssumedRoleId: `${role.id}:${input.RoleSessionName}`, Arn: caller.callerArn },
        };
      },
    },
    // "No permissions are required to perform this operation": API_GetCallerIdentity.
    GetCallerIdentity: {
      action: null,
      handle: (_input: unknown, { principal }) => ({
        Account: world.accountId,
        Arn: principal.callerArn,
        UserId: userId(principal),
      }),
    },
  };
}

const userId = (principal: Principal) => principal.callerArn.split('/').slice(1).join(':');
