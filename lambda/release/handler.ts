import { describeError } from '../shared/aws';
import { log } from '../shared/logger';
import { retry } from '../shared/retry';
import { type Addressee, addresseeOf, type Answer, answerBody, type CustomResourceEvent } from './answer';
import { begin } from './begin';
import { ReleaseEnvironment, type WaiterState } from './contract';
import { outbound as realOutbound, type Outbound } from './outbound';
import { waitOnce } from './wait';

const ANSWER_MS_MAX = 60_000;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A release function for one environment; `handler` is the one that Lambda calls. It serves CloudFormation's events and
 * the waiter's, whose state it returns with `done` set.
 */
export function createRelease(env: Environment, outbound: Outbound) {
  return async (event: CustomResourceEvent | WaiterState): Promise<WaiterState | undefined> => {
    if ('kind' in event) return waitOnce(event, outbound, (answer) => deliver(event, answer, outbound));
    const answer = await begin(event, env[ReleaseEnvironment.waiterArn], outbound).catch((error: unknown) => {
      log('error', 'the release could not begin', { error: describeError(error) });
      return { status: 'FAILED', reason: `the release could not begin: ${describeError(error)}` } as const;
    });
    if (answer) await deliver(addresseeOf(event), answer, outbound);
    return undefined;
  };
}

/** @throws the last error when CloudFormation's URL took nothing for a minute */
async function deliver(addressee: Addressee, answer: Answer, outbound: Outbound): Promise<void> {
  const body = answerBody(addressee, answer);
  log('info', 'answer to CloudFormation', { status: answer.status, reason: answer.reason });
  await retry(() => outbound.put(addressee.responseUrl, body), { retryable: () => true, limitMs: ANSWER_MS_MAX });
}

export const handler = createRelease(process.env, realOutbound);
