import { describeError } from '../../common/errors';
import { retry, within } from '../../common/retry';
import { log } from '../shared/logger';
import type { Evidence } from './evidence';
import type { Gate, GateHook } from './gate-run';
import { METRIC_NAMESPACE, METRICS, type Verdict, VERDICT_KIND } from './types';
import type { Decision } from './verdict';
import { fitVerdict } from './verdict-size';

/** Kept back from the report's own time, so that its failure is logged before Lambda ends the invocation. */
const LAST_WORDS_MS = 500;

/**
 * Writes the verdict and its metrics to the log, and reports the outcome to the engine, again and again within the time
 * left: a hook that does not report holds the deployment for an hour.
 * @throws the last error when no report was taken; Lambda then invokes the hook again, as its call was asynchronous
 */
export async function report(gate: Gate, hook: GateHook, evidence: Evidence, decision: Decision): Promise<void> {
  const { clients, names } = gate;
  const verdict = documentOf(gate, hook, evidence, decision);
  write(() => clients.writeVerdict(fitVerdict(verdict)));
  write(() => clients.writeMetrics(metricsOf(verdict, Date.now(), names.stack)));
  await persist(hook.remainingMs() - LAST_WORDS_MS, () => hook.report(decision.outcome), 'no report was taken');
}

/** Repeats `attempt` until it succeeds or the time is over. @throws the last error, or one that begins with `what` */
export function persist(limitMs: number, attempt: () => Promise<void>, what: string): Promise<void> {
  return within(
    limitMs,
    (signal) => retry(attempt, { retryable: () => true, limitMs, signal }),
    () => Promise.reject(new Error(`${what} within ${Math.round(limitMs / 1_000)} s`)),
  );
}

/** The report matters more: an error here would make Lambda run the whole gate again. */
function write(document: () => void): void {
  try {
    document();
  } catch (error) {
    log('error', 'the verdict could not be written', { error: describeError(error) });
  }
}

function documentOf({ names }: Gate, { request }: GateHook, evidence: Evidence, decision: Decision): Verdict {
  const { service, lifecycleEvent, target } = names;
  const { identity, preflight, checks, liveChecks, customChecks, alarms, comparison, bake } = evidence;
  return {
    kind: VERDICT_KIND,
    version: 1,
    service,
    lifecycleEvent,
    deploymentId: request.deploymentId,
    ...decision,
    target,
    startedAt: new Date(request.hookMs).toISOString(),
    durationMs: Date.now() - request.hookMs,
    ...{ identity, preflight, checks, liveChecks, customChecks, alarms, comparison, bake },
  };
}

/**
 * What a verdict counts, in CloudWatch's embedded metric format: a line of its own in the log, from which CloudWatch
 * makes metrics per stack, service and lifecycle event, with no call and no permission.
 * @param stack where the service is; without it the metrics have no such dimension
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsOf(verdict: Verdict, atMs: number, stack?: string): object {
  const all = [...verdict.checks, ...(verdict.customChecks ?? [])];
  const count = (...outcomes: readonly string[]) => all.filter((check) => outcomes.includes(check.outcome)).length;
  const units = [METRICS.checksPassed, METRICS.checksFailed, METRICS.gatePassed, METRICS.gateFailed];
  return {
    _aws: {
      Timestamp: atMs,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[...(stack ? ['Stack'] : []), 'Service', 'LifecycleEvent']],
          Metrics: [
            ...units.map((Name) => ({ Name, Unit: 'Count' })),
            { Name: METRICS.duration, Unit: 'Milliseconds' },
          ],
        },
      ],
    },
    ...(stack && { Stack: stack }),
    Service: verdict.service,
    LifecycleEvent: verdict.lifecycleEvent,
    // Searchable, and no dimension: each deployment would be a metric of its own.
    DeploymentId: verdict.deploymentId,
    [METRICS.checksPassed]: count('passed', 'degraded'),
    [METRICS.checksFailed]: count('failed'),
    [METRICS.gatePassed]: verdict.outcome === 'Succeeded' ? 1 : 0,
    [METRICS.gateFailed]: verdict.outcome === 'Failed' ? 1 : 0,
    [METRICS.duration]: verdict.durationMs,
  };
}
