import { standsAlone } from '../../smoke/comparison/options';
import type { CheckResult } from '../../smoke/results';
import type { GateSettings } from './environment';
import type { Clients } from './clients';
import { runSuite } from './suite-run';

const LIMIT_MS = 10_000;
const CHECKS_MAX = 5;

/**
 * What the live side makes of the checks that green failed: whether a dependency is down for both is the first question
 * of the verdict's reader. Only checks that change nothing are sent, once each.
 * @returns undefined when there is none, or when the live side could not be asked
 */
export async function failuresOnLiveSide(
  settings: GateSettings,
  addresses: readonly string[],
  clients: Clients,
  failed: readonly CheckResult[],
  limitMs: number,
  signal: AbortSignal,
): Promise<readonly CheckResult[] | undefined> {
  const { liveTarget, lifecycleEvent } = settings;
  if (!liveTarget || lifecycleEvent !== 'AfterAllowTestTraffic') return undefined;
  const suite = clients.loadSuite();
  const names = failed.map(({ name }) => name);
  const checks = suite.checks
    .filter((check) => names.includes(check.name) && standsAlone(check))
    .slice(0, CHECKS_MAX)
    .map(({ needs: _needs, capture: _capture, repeat: _repeat, ...check }) => ({ ...check, retries: 0 }));
  if (checks.length === 0) return undefined;
  const only = { ...clients, loadSuite: () => ({ ...suite, compare: undefined, checks }) };
  const target = { ...settings, target: liveTarget };
  const results = await runSuite(target, addresses, only, Math.min(limitMs, LIMIT_MS), signal).catch(() => undefined);
  return results?.map(({ tries: _tries, ...result }) => result);
}
