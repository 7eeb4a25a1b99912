import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of Secrets Manager. */
export const secretsCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::SecretsManager::Secret': {
    acts: ['Name', 'SecretString', 'GenerateSecretString'],
    ignores: { ReplicaRegions: 'nothing is replicated' },
  },
  'AWS::SecretsManager::SecretTargetAttachment': {
    acts: ['SecretId', 'TargetId'],
    ignores: { TargetType: 'the type follows from the target' },
  },
};
