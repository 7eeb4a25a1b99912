import { describeError, isAccessDenied, whileIamSettles } from '../shared/aws';
import { log } from '../shared/logger';
import { retry, within } from '../shared/retry';
import { judgeAlarms } from './alarms';
import type { Budget } from './budget';
import { type CheckTarget, runChecks, waitForAnswer } from './checker';
import type { Suite } from './contract';
import type { GateSettings } from './environment';
import type { Outbound } from './outbound';
import { validateSuite } from './suite';
import type { Evidence } from './verdict';

/** At most, and a quarter of the checks' time at most. */
const FIRST_ANSWER_MS = 60_000;
/** A new load balancer's interfaces, and throttled reads, come right within this time. */
const READS_SETTLE_MS = 60_000;

/** Runs the checks, then reads the alarms: what fired during the checks counts too. @throws Error when it cannot begin */
export async function gather(
  settings: GateSettings,
  outbound: Outbound,
  budget: Budget,
  signal: AbortSignal,
): Promise<Evidence> {
  const suite = outbound.loadSuite();
  const mistakes = validateSuite(suite);
  if (mistakes.length > 0) throw new Error(`the suite is wrong: ${mistakes.join('; ')}`);
  const controller = new AbortController();
  const limit = setTimeout(() => controller.abort(new Error('time limit')), budget.checksMs);
  signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  try {
    const checks = await smoke(suite, settings, outbound, budget.checksMs, controller.signal);
    return { checks, ...(await readAlarms(settings.alarmNames, outbound, signal)) };
  } finally {
    clearTimeout(limit);
  }
}

async function smoke(
  suite: Suite,
  settings: GateSettings,
  outbound: Outbound,
  limitMs: number,
  signal: AbortSignal,
): Promise<Evidence['checks']> {
  const target: CheckTarget = {
    base: settings.target,
    addresses: await addressesOf(settings.loadBalancerFullName, outbound, signal),
    hostName: settings.hostName,
    tlsVerification: settings.tlsVerification,
    exchange: outbound.exchange,
    signal,
    limitMs,
  };
  await waitForAnswer(suite.checks[0], target, Math.min(FIRST_ANSWER_MS, limitMs / 4));
  return runChecks(suite.checks, target);
}

async function addressesOf(fullName: string, outbound: Outbound, signal: AbortSignal): Promise<readonly string[]> {
  if (fullName === '') return [];
  const read = () => outbound.privateAddresses(fullName, signal);
  return retry(read, { retryable: () => true, limitMs: READS_SETTLE_MS, signal }).catch((error: unknown) => {
    throw new Error(`the load balancer's addresses could not be read: ${describeError(error)}`);
  });
}

/** Unreadable alarms are a failure, as they are for CodeDeploy (`ignorePollAlarmFailure` false). */
async function readAlarms(
  names: readonly string[],
  outbound: Outbound,
  signal: AbortSignal,
): Promise<Omit<Evidence, 'checks'>> {
  if (names.length === 0) return { alarms: [] };
  try {
    const described = await whileIamSettles(() => outbound.describeAlarms(names, signal), signal);
    return { alarms: judgeAlarms(names, described) };
  } catch (error) {
    return { alarms: [], alarmsError: describeError(error) };
  }
}

/**
 * Tells CodeDeploy, again and again within the time left: a hook that does not call back holds the deployment for an hour.
 * An event that is already completed has its answer.
 * @throws the last error when no report was taken; Lambda then invokes the hook again, as its call was asynchronous
 */
export async function reportWithin(limitMs: number, send: () => Promise<void>): Promise<void> {
  const attempt = () =>
    send().catch((error: unknown) => {
      if ((error as Error).name === 'LifecycleEventAlreadyCompletedException') return;
      log('warn', 'the report was not taken', { error: describeError(error), denied: isAccessDenied(error) });
      throw error;
    });
  await within(
    limitMs,
    (signal) => retry(attempt, { retryable: () => true, limitMs, signal }),
    () => Promise.reject(new Error(`no report was taken within ${Math.round(limitMs / 1_000)} s`)),
  );
}
