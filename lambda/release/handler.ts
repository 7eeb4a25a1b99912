import { describeError } from '../shared/aws';
import { log } from '../shared/logger';
import { type CustomResourceEvent, deliver } from '../shared/custom-resource';
import { begin } from './begin';
import { explain } from './explain';
import { ReleaseEnvironment, type WaiterState } from './contract';
import { addresseeFor } from './identity';
import { outbound as realOutbound, type Outbound } from './outbound';
import { waitOnce } from './wait';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A release function for one environment; `handler` is the one that Lambda calls. It serves CloudFormation's events and
 * the waiter's, whose state it returns with `done` set.
 */
export function createRelease(env: Environment, outbound: Outbound) {
  return async (event: CustomResourceEvent | WaiterState): Promise<WaiterState | undefined> => {
    if ('kind' in event) return waitOnce(event, outbound, (answer) => deliver(event, answer, outbound.put));
    const answer = await begin(event, env[ReleaseEnvironment.waiterArn], outbound).catch((error: unknown) => {
      log('error', 'the release could not begin', { error: describeError(error) });
      return { status: 'FAILED', reason: `the release could not begin: ${explain(error)}` } as const;
    });
    if (answer) await deliver(addresseeFor(event), answer, outbound.put);
    return undefined;
  };
}

export const handler = createRelease(process.env, realOutbound);
