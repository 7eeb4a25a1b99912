import { secrets } from '../../core/secret';
import { AwsError, hostOf, type ResourceState, type ResourceType } from '../../core/service';
import { type PasswordRules, randomPassword } from './password';
import { findSecret, newSecret, putVersion, type Secret, type SecretsState, type SecretsWorld } from './state';

interface SecretProperties {
  readonly Name?: string;
  readonly Description?: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: PasswordRules & {
    readonly SecretStringTemplate?: string;
    readonly GenerateStringKey?: string;
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html */
export function secretType(world: SecretsWorld, state: SecretsState): ResourceType<SecretProperties> {
  return {
    create: ({ logicalId, properties }) => {
      const name = properties.Name ?? `${logicalId}-${world.ids.token(12, NAME_SUFFIX)}`;
      const text = textOf(properties);
      const secret = newSecret(world, state, name, properties.Description);
      if (text !== undefined) putVersion(world, secret, { text });
      return stateOf(secret);
    },
    update: ({ current, previous, properties }) => {
      const secret = findSecret(world, state, current.physicalId);
      if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      secret.description = properties.Description;
      // A new password is made only when its rules change, or every deployment would be a rotation.
      const changed = JSON.stringify(valueOf(properties)) !== JSON.stringify(valueOf(previous));
      const text = changed ? textOf(properties) : undefined;
      if (text !== undefined) putVersion(world, secret, { text });
      return stateOf(secret);
    },
    delete: ({ current }) => {
      const secret = findSecret(world, state, current.physicalId);
      if (secret) state.delete(secret.name);
    },
  };
}

interface AttachmentProperties {
  readonly SecretId: string;
  readonly TargetId: string;
  readonly TargetType: string;
}

/**
 * `Ref` returns the secret's ARN. The connection that AWS adds to the secret is the host only: databases have no behaviour here.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secrettargetattachment.html
 */
export function attachmentType(world: SecretsWorld, state: SecretsState): ResourceType<AttachmentProperties> {
  const attach = ({ SecretId, TargetId }: AttachmentProperties): ResourceState => {
    const secret = findSecret(world, state, SecretId);
    if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    const current = secret.versions.get(secret.labels.get('AWSCURRENT') ?? '')?.text ?? '{}';
    putVersion(world, secret, { text: JSON.stringify({ ...objectOf(current), host: hostOf(world, TargetId) }) });
    return { physicalId: secret.arn, attributes: { Id: secret.arn } };
  };
  return {
    create: ({ properties }) => attach(properties),
    update: ({ properties }) => attach(properties),
  };
}

const NAME_SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const valueOf = ({ SecretString, GenerateSecretString }: SecretProperties) => [SecretString, GenerateSecretString];

/** `Ref` returns the whole ARN, and so does `Id`. */
function stateOf(secret: Secret): ResourceState {
  return { physicalId: secret.arn, attributes: { Id: secret.arn } };
}

/** @throws AwsError InvalidRequestException */
function textOf({ SecretString, GenerateSecretString }: SecretProperties): string | undefined {
  if (!GenerateSecretString) return SecretString;
  if (SecretString !== undefined) throw invalid('SecretString and GenerateSecretString: give one of them');
  const { SecretStringTemplate: template, GenerateStringKey: key, ...rules } = GenerateSecretString;
  const password = randomPassword(secrets, rules);
  if (template === undefined && key === undefined) return password;
  if (template === undefined || key === undefined) {
    throw invalid('SecretStringTemplate and GenerateStringKey: give both or none');
  }
  return JSON.stringify({ ...objectOf(template), [key]: password });
}

function objectOf(template: string): object {
  try {
    const value: unknown = JSON.parse(template);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Reported below, like any other template that is no object.
  }
  throw invalid('SecretStringTemplate: a JSON object');
}

const invalid = (why: string) => new AwsError('InvalidRequestException', why);
