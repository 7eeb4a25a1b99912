import { covered } from '../../core/coverage';
import { snsCoverage } from './coverage';
import { isSameSecret } from '../../core/secret';
import type { Service, World } from '../../core/service';
import { CONFIRM_PATH, Delivery } from './delivery';
import { type AuthorizeService, snsOperations } from './operations';
import { snsResourceTypes } from './resources';
import { SnsState } from './state';

export interface SnsOptions {
  /** Asks a topic's policy about an AWS service. */
  readonly authorizeService: AuthorizeService;
}

/** SNS, as far as a message reaches people and HTTP endpoints: topics, their policies and subscriptions. */
export function createSns(world: World, { authorizeService }: SnsOptions): Service {
  const state = new SnsState();
  const delivery = new Delivery(world, state);
  return {
    prefix: 'sns',
    protocol: { kind: 'query', version: '2010-03-31', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/' },
    operations: snsOperations(world, state, delivery, authorizeService),
    resourceTypes: covered(snsResourceTypes(world, state, delivery), snsCoverage),
    routes: {
      [CONFIRM_PATH]: async ({ path }) => {
        const token = path.slice(CONFIRM_PATH.length);
        const found = [...state.subscriptions.values()].find((subscription) => isSameSecret(token, subscription.token));
        if (found) found.confirmed = true;
        return { status: found ? 200 : 404 };
      },
    },
    stop: () => delivery.stop(),
  };
}
