import type { Authority } from '../iam/authority';
import { AwsError, type Operations, partitionOf, type Principal, type World } from '../../core/service';

interface AssumeRoleInput {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly ExternalId?: string;
  readonly DurationSeconds?: string | number;
}

/** Partition, service, any Region, account and resource: an ARN without one is invalid, as recorded on AWS. */
const ROLE_ARN = /^arn:[^:]+:[^:]+:[^:]*:[^:]+:.+$/s;

/** https://docs.aws.amazon.com/STS/latest/APIReference/ */
export function stsOperations(
  world: Pick<World, 'accountId' | 'region'>,
  authority: Authority,
  bootstrapFor: (roleArn: string) => void,
): Operations {
  return {
    // Its permission hangs on the role's trust policy too, so the authority decides, not the dispatch.
    AssumeRole: {
      action: null,
      handle: (input: AssumeRoleInput, { principal, realMs }) => {
        if (!ROLE_ARN.test(input.RoleArn)) throw new AwsError('ValidationError', `${input.RoleArn} is invalid`);
        bootstrapFor(input.RoleArn);
        const { role, credentials } = authority.assumeRole(principal, input.RoleArn, input.RoleSessionName, {
          realMs,
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
        // Clients read the partition of the region out of it.
        Arn: principal.callerArn.replace(/^arn:[^:]+/, `arn:${partitionOf(world.region)}`),
        UserId: userId(principal),
      }),
    },
  };
}

const userId = (principal: Principal) => principal.callerArn.split('/').slice(1).join(':');
