import { covered } from '../../core/coverage';
import { secretsCoverage } from './coverage';
import type { Service } from '../../core/service';
import { secretsOperations } from './operations';
import { attachmentType, secretType } from './resources';
import type { SecretsState, SecretsWorld } from './state';

export function createSecretsManager(world: SecretsWorld): Service {
  const state: SecretsState = new Map();
  return {
    prefix: 'secretsmanager',
    protocol: { kind: 'json', targetPrefix: 'secretsmanager' },
    operations: secretsOperations(world, state),
    resourceTypes: covered(
      {
        'AWS::SecretsManager::Secret': secretType(world, state),
        'AWS::SecretsManager::SecretTargetAttachment': attachmentType(world, state),
      },
      secretsCoverage,
    ),
  };
}
