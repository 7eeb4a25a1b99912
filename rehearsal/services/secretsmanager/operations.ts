import { secrets } from '../../core/secret';
import { AwsError, type Operations } from '../../core/service';
import { type PasswordRules, randomPassword } from './password';
import {
  findSecret,
  newSecret,
  putVersion,
  type Secret,
  secretResource,
  type SecretsState,
  type SecretsWorld,
  type SecretVersion,
} from './state';

const DAY_MS = 86_400_000;
const RECOVERY_DAYS_DEFAULT = 30;

interface Named {
  readonly SecretId: string;
}

interface Value {
  readonly SecretString?: string;
  readonly SecretBinary?: string;
}

interface Token {
  readonly ClientRequestToken?: string;
}

/** Dates as the JSON protocol writes them: seconds since the epoch. */
const date = (atMs: number) => new Date(atMs);

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html */
export function secretsOperations(world: SecretsWorld, state: SecretsState): Operations {
  const resources = ({ SecretId }: Named) => [secretResource(world, state, SecretId)];
  const readable = (input: Named) => found(world, state, input.SecretId);
  return {
    CreateSecret: {
      resources: ({ Name }: { Name: string }) => [secretResource(world, state, Name)],
      handle: (input: Value & Token & { readonly Name: string; readonly Description?: string }) => {
        requireName(input.Name);
        const secret = newSecret(world, state, input.Name, input.Description);
        const value = valueOf(input);
        return {
          ...{ ARN: secret.arn, Name: secret.name },
          ...(value && { VersionId: putVersion(world, secret, { ...value, token: input.ClientRequestToken }) }),
        };
      },
    },
    PutSecretValue: {
      resources,
      handle: (input: Named & Value & Token & { readonly VersionStages?: readonly string[] }) => {
        const secret = readable(input);
        const value = valueOf(input);
        if (!value)
          throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
        const { ClientRequestToken: token, VersionStages: stages } = input;
        const VersionId = putVersion(world, secret, { ...value, token, stages });
        return { ARN: secret.arn, Name: secret.name, VersionId, VersionStages: labelsOf(secret, VersionId) };
      },
    },
    GetSecretValue: {
      resources,
      handle: (input: Named & Selector) => {
        const secret = readable(input);
        const version = select(secret, input);
        // "This field is omitted if the secret has never been retrieved", and has a day: API_DescribeSecret.
        secret.accessedAtMs = Math.floor(world.clock.now() / DAY_MS) * DAY_MS;
        return described(secret, version);
      },
    },
    DescribeSecret: { resources, handle: (input: Named) => description(known(world, state, input.SecretId)) },
    DeleteSecret: {
      resources,
      handle: (input: Deletion) => deleteSecret(world, state, input),
    },
    GetRandomPassword: {
      handle: (input: PasswordRules) => ({ RandomPassword: randomPassword(secrets, input) }),
    },
  };
}

interface Deletion extends Named {
  readonly RecoveryWindowInDays?: number;
  readonly ForceDeleteWithoutRecovery?: boolean;
}

function deleteSecret(world: SecretsWorld, state: SecretsState, input: Deletion) {
  const secret = known(world, state, input.SecretId);
  const force = input.ForceDeleteWithoutRecovery === true;
  if (force) state.delete(secret.name);
  const days = force ? 0 : (input.RecoveryWindowInDays ?? RECOVERY_DAYS_DEFAULT);
  secret.changedAtMs = world.clock.now();
  secret.deletedAtMs = world.clock.now() + days * DAY_MS;
  return { ARN: secret.arn, Name: secret.name, DeletionDate: date(secret.deletedAtMs) };
}

/** The sentence is as recorded. @throws AwsError ValidationException */
function requireName(name: string): void {
  if (/^[\w/+=.@!-]+$/.test(name)) return;
  const allowed = 'Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!';
  throw new AwsError('ValidationException', `Invalid name. ${allowed}`);
}

/** @throws AwsError ResourceNotFoundException, ValidationException */
function known(world: SecretsWorld, state: SecretsState, id: string): Secret {
  requireName(id.replace(/^arn:.*:secret:/, ''));
  const secret = findSecret(world, state, id);
  if (secret) return secret;
  throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

/** @throws AwsError ResourceNotFoundException, or InvalidRequestException for one that is to be deleted */
function found(world: SecretsWorld, state: SecretsState, id: string): Secret {
  const secret = known(world, state, id);
  if (secret.deletedAtMs === undefined) return secret;
  const text = "You can't perform this operation on the secret because it was marked for deletion.";
  throw new AwsError('InvalidRequestException', text);
}

function valueOf({
  SecretString: text,
  SecretBinary: binary,
}: Value): Pick<SecretVersion, 'text' | 'binary'> | undefined {
  if (text !== undefined && binary !== undefined) {
    const why = "You can't specify both a binary secret value and a string secret value in the same secret.";
    throw new AwsError('InvalidParameterException', why);
  }
  return text === undefined && binary === undefined ? undefined : { text, binary };
}

interface Selector {
  readonly VersionId?: string;
  readonly VersionStage?: string;
}

/** @throws AwsError ResourceNotFoundException */
function select(secret: Secret, { VersionId, VersionStage }: Selector): SecretVersion {
  const label = VersionStage ?? 'AWSCURRENT';
  const id = VersionId ?? secret.labels.get(label);
  const version = id === undefined ? undefined : secret.versions.get(id);
  const fits = VersionId === undefined || VersionStage === undefined || secret.labels.get(VersionStage) === VersionId;
  if (version && !fits) {
    const text = 'You provided a VersionStage that is not associated to the provided VersionId.';
    throw new AwsError('InvalidRequestException', text);
  }
  if (version) return version;
  const which = VersionId === undefined ? `staging label: ${label}` : `VersionId: ${VersionId}`;
  throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${which}`);
}

function described(secret: Secret, version: SecretVersion) {
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    SecretString: version.text,
    SecretBinary: version.binary,
    VersionStages: labelsOf(secret, version.id),
    CreatedDate: date(version.createdAtMs),
  };
}

function description(secret: Secret) {
  const ids = [...secret.versions.keys()];
  const stages = ids.map((id) => [id, labelsOf(secret, id)] as const).filter(([, labels]) => labels.length > 0);
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description && { Description: secret.description }),
    CreatedDate: date(secret.createdAtMs),
    LastChangedDate: date(secret.changedAtMs),
    ...(secret.accessedAtMs !== undefined && { LastAccessedDate: date(secret.accessedAtMs) }),
    ...(secret.deletedAtMs !== undefined && { DeletedDate: date(secret.deletedAtMs) }),
    ...(stages.length > 0 && { VersionIdsToStages: Object.fromEntries(stages) }),
  };
}

function labelsOf(secret: Secret, versionId: string): string[] {
  return [...secret.labels].filter(([, id]) => id === versionId).map(([label]) => label);
}
