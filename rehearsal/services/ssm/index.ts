import { covered } from '../../core/coverage';
import { ssmCoverage } from './coverage';
import type { Service, World } from '../../core/service';
import { putParameter, ssmOperations } from './operations';
import { parameterType } from './resources';
import type { SsmState } from './state';

export interface SsmService extends Service {
  /** Sets a String parameter, for what an account has before the first deployment. */
  put(name: string, value: string): void;
}

export function createSsm(world: Pick<World, 'clock' | 'ids' | 'region' | 'accountId'>): SsmService {
  const state: SsmState = new Map();
  return {
    prefix: 'ssm',
    protocol: { kind: 'json', targetPrefix: 'AmazonSSM' },
    operations: ssmOperations(world, state),
    resourceTypes: covered({ 'AWS::SSM::Parameter': parameterType(world, state) }, ssmCoverage),
    put: (Name, Value) => void putParameter(world, state, { Name, Value, Overwrite: true }),
  };
}
