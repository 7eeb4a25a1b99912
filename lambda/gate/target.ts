import { describeError } from '../../common/errors';
import type { HttpRequest } from '../../common/http';
import { retry } from '../../common/retry';
import type { GateSettings } from './environment';
import type { GateRun } from './gate-run';

/** A new load balancer's interfaces appear, and throttled reads succeed, within this time. */
const READS_SETTLE_MS = 60_000;
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Private addresses of the load balancer's nodes.
 * @returns an empty list when the load balancer is reached by name @throws Error when they cannot be read
 */
export async function addressesOf({ settings, clients, signal }: GateRun): Promise<readonly string[]> {
  const { loadBalancerFullName } = settings;
  if (loadBalancerFullName === '') return [];
  const read = () => clients.privateAddresses(loadBalancerFullName, signal);
  return retry(read, { retryable: () => true, limitMs: READS_SETTLE_MS, signal }).catch((error: unknown) => {
    throw new Error(`the load balancer's addresses could not be read: ${describeError(error)}`);
  });
}

/** Waits until the load balancer follows the change of its listener, which is as old as the hook's call at least. */
export function untilListenerSettles({ request, clients, signal }: GateRun): Promise<void> {
  return clients.untilListenerSettles(request.hookMs, signal);
}

/** A GET of the listener under test. @param address of one node; undefined: by name */
export function requestTo(settings: GateSettings, path: string, address: string | undefined): HttpRequest {
  const { target, hostName, tlsVerification } = settings;
  const url = new URL(`${target.origin}${path}`);
  return { method: 'GET', url, headers: {}, address, hostName, tlsVerification, timeoutMs: REQUEST_TIMEOUT_MS };
}
