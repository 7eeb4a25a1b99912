import type { Authority } from '../iam/authority';
import type { Service, World } from '../../core/service';
import { stsOperations } from './operations';

export type StsService = Service;

/** @param bootstrapFor is called for each role that somebody is about to assume */
export function createSts(
  world: Pick<World, 'accountId' | 'region'>,
  authority: Authority,
  bootstrapFor: (roleArn: string) => void = () => undefined,
): StsService {
  return {
    prefix: 'sts',
    protocol: { kind: 'query', version: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
    operations: stsOperations(world, authority, bootstrapFor),
  };
}
