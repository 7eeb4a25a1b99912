import { arn, AwsError, type World } from '../../core/service';

export interface SecretVersion {
  readonly id: string;
  readonly text?: string;
  /** Base64. */
  readonly binary?: string;
  /** AWS time, milliseconds since the epoch. */
  readonly createdAtMs: number;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  description?: string;
  readonly createdAtMs: number;
  readonly versions: Map<string, SecretVersion>;
  /** The version of each label. */
  readonly labels: Map<string, string>;
  /** When it will be gone; until then it can be restored and not be read. */
  deletedAtMs?: number;
  changedAtMs: number;
  /** The day on which it was last read. */
  accessedAtMs?: number;
}

/** A version's value, and what the caller names it. */
export interface NewVersion extends Pick<SecretVersion, 'text' | 'binary'> {
  /** The caller's token becomes the version's id. */
  readonly token?: string;
  /** Default: `AWSCURRENT`. */
  readonly stages?: readonly string[];
}

/** Secrets by name. */
export type SecretsState = Map<string, Secret>;

export type SecretsWorld = Pick<World, 'clock' | 'ids' | 'region' | 'accountId'>;

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * "Secrets Manager adds a hyphen and six random characters", so that a grant on a deleted secret is none on its successor.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 */
export function newSecret(world: SecretsWorld, state: SecretsState, name: string, description?: string): Secret {
  if (state.get(name)?.deletedAtMs !== undefined) {
    const text = "You can't create this secret because a secret with this name is already scheduled for deletion.";
    throw new AwsError('InvalidRequestException', text);
  }
  if (state.has(name)) {
    const text = `The operation failed because the secret ${name} already exists.`;
    throw new AwsError('ResourceExistsException', text);
  }
  const secret: Secret = {
    name,
    arn: arn(world, 'secretsmanager', `secret:${name}-${world.ids.token(6, SUFFIX)}`),
    description,
    createdAtMs: world.clock.now(),
    changedAtMs: world.clock.now(),
    versions: new Map(),
    labels: new Map(),
  };
  state.set(name, secret);
  return secret;
}

/** By name, ARN, or the ARN without its random part. */
export function findSecret(world: SecretsWorld, state: SecretsState, id: string): Secret | undefined {
  const named = state.get(id);
  if (named) return named;
  const partial = (it: Secret) => arn(world, 'secretsmanager', `secret:${it.name}`);
  return [...state.values()].find((it) => it.arn === id || partial(it) === id);
}

/** What IAM is asked about: the whole ARN, or what the caller named where there is no such secret. */
export function secretResource(world: SecretsWorld, state: SecretsState, id: string): string {
  const found = findSecret(world, state, id);
  return found?.arn ?? (id.startsWith('arn:') ? id : arn(world, 'secretsmanager', `secret:${id}`));
}

/**
 * A new version with its labels. What was current is the previous one, once another is current.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export function putVersion(world: SecretsWorld, secret: Secret, { token, stages, ...value }: NewVersion): string {
  const id = token ?? world.ids.uuid();
  const current = secret.labels.get('AWSCURRENT');
  secret.versions.set(id, { id, ...value, createdAtMs: world.clock.now() });
  secret.changedAtMs = world.clock.now();
  const labels = current === undefined ? [...(stages ?? []), 'AWSCURRENT'] : (stages ?? ['AWSCURRENT']);
  if (current !== undefined && labels.includes('AWSCURRENT')) secret.labels.set('AWSPREVIOUS', current);
  for (const label of labels) secret.labels.set(label, id);
  return id;
}
