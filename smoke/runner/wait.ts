import { sleep } from '../../common/retry';
import { isIdempotent } from '../methods';
import type { SmokeCheck } from '../suite/model';
import { references } from '../suite/templates';
import { renderRequest } from './request';
import type { CheckTarget } from './target';

const PAUSE_MS = 500;
const PROBE_TIMEOUT_MS = 2_000;
/** The status codes of the load balancer itself while no target is ready. Any other is a response of the service. */
const NOT_READY: readonly number[] = [502, 503, 504];

/**
 * Waits until the target responds, because a listener change takes a moment to reach every node of a load balancer. If it never
 * responds, the checks report that.
 * @param limitMs the longest time to wait, in milliseconds
 */
export async function waitForResponse(
  check: SmokeCheck | undefined,
  target: CheckTarget,
  limitMs: number,
): Promise<void> {
  const probe = probeOf(check);
  const endMs = Date.now() + limitMs;
  const { addresses, hostName, tlsVerification, signal } = target;
  for (let tried = 0; Date.now() < endMs && !signal.aborted; tried++) {
    const request = {
      ...renderRequest(probe, {}, target, {}),
      address: addresses[tried % Math.max(1, addresses.length)],
      hostName,
      tlsVerification,
      timeoutMs: PROBE_TIMEOUT_MS,
      signal,
    };
    const response = await target.exchange(request).catch(() => undefined);
    if (response && !NOT_READY.includes(response.status)) return;
    await sleep(PAUSE_MS, signal).catch(() => undefined);
  }
}

/** The first check if it can be sent more than once without preparation; otherwise the root. */
function probeOf(check: SmokeCheck | undefined): SmokeCheck {
  const root: SmokeCheck = { name: 'probe', path: '/' };
  if (!check || !isIdempotent(check.method ?? 'GET') || check.auth) return root;
  const { method, path, query, headers } = check;
  return references([path, query, headers], []).length > 0 ? root : { name: 'probe', method, path, query, headers };
}
