import { isIndependent } from '../../smoke/comparison/options';
import type { CheckResult } from '../../smoke/results';
import { runSuite as runOn } from '../../smoke/runner/run';
import type { CheckTarget } from '../../smoke/runner/target';
import { waitForResponse } from '../../smoke/runner/wait';
import type { Suite } from '../../smoke/suite/model';
import type { Clients } from './clients';
import { checksLeftMs, type GateRun } from './gate-run';

/** At most, and a quarter of the checks' time at most. */
const FIRST_RESPONSE_MS = 60_000;
const LIVE_SIDE_MS = 10_000;
const LIVE_SIDE_CHECKS_MAX = 5;

/**
 * The suite next to the handler. It was validated at synth: what is checked here is that the file is whole.
 * @throws Error when it cannot be read or is damaged
 */
export function suiteOf(clients: Pick<Clients, 'loadSuite'>): Suite {
  const suite: unknown = clients.loadSuite();
  const { checks } = (suite ?? {}) as { readonly checks?: unknown };
  const isWhole = Array.isArray(checks) && checks.length > 0 && checks.every(isNamed);
  if (!isWhole) throw new Error(`the suite file is damaged: checks is ${JSON.stringify(checks)}: deploy again`);
  return suite as Suite;
}

function isNamed(check: unknown): boolean {
  return typeof check === 'object' && check !== null && 'name' in check;
}

/** The suite on the listener under test; what green fails, the live side is asked too. */
export async function checkGreen(run: GateRun): Promise<void> {
  const { evidence } = run;
  evidence.checks = await runSuite(run, run.suite(), checksLeftMs(run));
  evidence.liveChecks = await failuresOnLiveSide(run);
}

/** Runs a suite on the listener under test, or at `base`, within `limitMs`. */
export async function runSuite(
  { settings, clients, signal, addresses }: GateRun,
  suite: Suite,
  limitMs: number,
  base = settings.target,
): Promise<readonly CheckResult[]> {
  const controller = new AbortController();
  const timeout = setTimeout(() => controller.abort(new Error('timeout')), limitMs);
  const abort = () => controller.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const { hostName, tlsVerification, variables } = settings;
  const { exchange } = clients;
  const target: CheckTarget = {
    ...{ base, addresses, hostName, tlsVerification, exchange, limitMs, variables },
    signal: controller.signal,
  };
  try {
    await waitForResponse(suite.checks[0], target, Math.min(FIRST_RESPONSE_MS, limitMs / 4));
    return (await runOn(suite, target)).checks;
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener('abort', abort);
  }
}

/**
 * What the live side makes of the checks that green failed: whether a dependency is down for both is the first question
 * of the verdict's reader. Only checks that change nothing are sent, once each.
 * @returns undefined when there is none, or when the live side gives no response
 */
async function failuresOnLiveSide(run: GateRun): Promise<readonly CheckResult[] | undefined> {
  const { liveTarget, lifecycleEvent } = run.settings;
  if (!liveTarget || lifecycleEvent !== 'AfterAllowTestTraffic' || run.beginning?.first) return undefined;
  const names = run.evidence.checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
  const suite = run.suite();
  const checks = suite.checks
    .filter((check) => names.includes(check.name) && isIndependent(check))
    .slice(0, LIVE_SIDE_CHECKS_MAX)
    .map(({ needs: _needs, capture: _capture, repeat: _repeat, ...check }) => ({ ...check, retries: 0 }));
  if (checks.length === 0) return undefined;
  const only: Suite = { ...suite, compare: undefined, checks };
  const limitMs = Math.min(checksLeftMs(run), LIVE_SIDE_MS);
  const results = await runSuite(run, only, limitMs, liveTarget).catch(() => undefined);
  return results?.map(({ tries: _tries, ...result }) => result);
}
