import { describeError } from '../../common/errors';
import { retry } from '../../common/retry';
import type { CheckTarget } from '../../smoke/runner/target';
import { runSuite as runOn } from '../../smoke/runner/run';
import { waitForAnswer } from '../../smoke/runner/wait';
import type { CheckResult } from '../../smoke/results';
import type { GateSettings } from './environment';
import type { Clients } from './clients';
import { validateSuite } from '../../smoke/suite/validation';

/** At most, and a quarter of the checks' time at most. */
const FIRST_ANSWER_MS = 60_000;
/** A new load balancer's interfaces, and throttled reads, come right within this time. */
const READS_SETTLE_MS = 60_000;

/**
 * Runs the suite on the listener under test within `limitMs`.
 * @param addresses private addresses of the load balancer's nodes; empty: by name
 * @throws Error when the suite cannot be read or is wrong
 */
export async function runSuite(
  settings: GateSettings,
  addresses: readonly string[],
  clients: Clients,
  limitMs: number,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const suite = clients.loadSuite();
  const mistakes = validateSuite(suite);
  if (mistakes.length > 0) throw new Error(`the suite is wrong: ${mistakes.join('; ')}`);
  const controller = new AbortController();
  const limit = setTimeout(() => controller.abort(new Error('time limit')), limitMs);
  const abort = () => controller.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const target: CheckTarget = {
    base: settings.target,
    addresses,
    hostName: settings.hostName,
    tlsVerification: settings.tlsVerification,
    exchange: clients.exchange,
    signal: controller.signal,
    limitMs,
    variables: settings.variables,
  };
  try {
    await waitForAnswer(suite.checks[0], target, Math.min(FIRST_ANSWER_MS, limitMs / 4));
    return (await runOn(suite, target)).checks;
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', abort);
  }
}

/** @returns an empty list when the load balancer is reached by name @throws Error when they cannot be read */
export async function addressesOf(
  fullName: string,
  clients: Pick<Clients, 'privateAddresses'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (fullName === '') return [];
  const read = () => clients.privateAddresses(fullName, signal);
  return retry(read, { retryable: () => true, limitMs: READS_SETTLE_MS, signal }).catch((error: unknown) => {
    throw new Error(`the load balancer's addresses could not be read: ${describeError(error)}`);
  });
}
