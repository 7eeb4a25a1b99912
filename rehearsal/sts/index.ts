import type { Authority } from '../iam/authority';
import type { Service, World } from '../service';
import { stsOperations } from './operations';

export type StsService = Service;

export function createSts(world: Pick<World, 'accountId'>, authority: Authority): StsService {
  return {
    prefix: 'sts',
    protocol: { kind: 'query', version: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
    operations: stsOperations(world, authority),
  };
}
