import { describeError } from '../../common/errors';
import { log } from '../shared/logger';
import { type CustomResourceEvent, deliver, addresseeOf } from '../shared/custom-resource';
import { begin } from './begin';
import { explain } from './explain';
import {
  FOLLOWER_RESOURCE_TYPE,
  type FollowerState,
  PROBE_KIND,
  type ProbeState,
  ReleaseEnvironment,
  type WaiterState,
  type WatchState,
} from './types';
import { addresseeFor } from './identity';
import { aws as realAws, type Aws } from './aws';
import { beginFollowing } from './service-deployment/begin';
import { followOnce } from './service-deployment/poll';
import { waitOnce } from './wait';
import { watchOnce } from './watch';

/** What the waiter asks with. */
type Asked = WaiterState | WatchState | FollowerState | ProbeState;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A release function for one environment; `handler` is the one that Lambda calls. It serves CloudFormation's events and
 * the waiter's, whose state it returns, with `done` set at the end.
 */
export function createRelease(env: Environment, aws: Aws) {
  const waiterArn = env[ReleaseEnvironment.waiterArn];
  const ask = async (state: Asked): Promise<Asked> => {
    if (state.kind === PROBE_KIND) return { ...state, done: true };
    if (state.kind === 'greenlight.watch') return watchOnce(state, aws);
    if (state.kind === 'greenlight.follower')
      return followOnce(state, aws, (response) => deliver(state, response, aws.put));
    return waitOnce(state, waiterArn, aws, (response) => deliver(state, response, aws.put));
  };
  return async (event: CustomResourceEvent | Asked): Promise<Asked | undefined> => {
    if ('kind' in event) return ask(event);
    if (event.ResourceType === FOLLOWER_RESOURCE_TYPE) {
      const given = await beginFollowing(event, waiterArn, aws);
      if (given) await deliver(addresseeOf(event), given, aws.put);
      return undefined;
    }
    const response = await begin(event, waiterArn, aws).catch((error: unknown) => {
      log('error', 'the release could not begin', { error: describeError(error) });
      return { status: 'FAILED', reason: `the release could not begin: ${explain(error)}` } as const;
    });
    if (response) await deliver(addresseeFor(event), response, aws.put);
    return undefined;
  };
}

export const handler = createRelease(process.env, realAws);
