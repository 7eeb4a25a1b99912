import { describeError } from '../shared/aws';
import { within } from '../shared/retry';
import { readBreakGlass } from '../shared/break-glass';
import { log } from '../shared/logger';
import { pardon } from './break-glass';
import { budget } from './budget';
import { GateEnvironment, type Verdict, VERDICT_KIND } from './contract';
import { type GateSettings, readEnvironment } from './environment';
import { gather, reportWithin } from './judge';
import { outbound as realOutbound, type Outbound } from './outbound';
import { type Decision, decide, type Evidence, undecided } from './verdict';

/** What CodeDeploy invokes a hook with. https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

/** What is used of Lambda's context. */
export interface HookContext {
  getRemainingTimeInMillis(): number;
}

/** Kept back from the report's own time, so that its failure is logged before Lambda ends the invocation. */
const LAST_WORDS_MS = 500;

type Environment = Readonly<Record<string, string | undefined>>;
type Outcome = Decision & Pick<Verdict, 'checks' | 'alarms'>;

/** A gate for one environment; `handler` is the one that Lambda calls. */
export function createGate(env: Environment, outbound: Outbound) {
  let settings: GateSettings | undefined;
  return async (event: HookEvent, context: HookContext): Promise<Verdict['outcome']> => {
    const startMs = Date.now();
    const judged = await judge(() => (settings ??= readEnvironment(env)), outbound, context);
    const outcome = await pardoned(judged, event.DeploymentId, outbound);
    const verdict = verdictOf(event, env, outcome, startMs);
    try {
      outbound.writeVerdict(verdict);
    } finally {
      const leftMs = context.getRemainingTimeInMillis() - LAST_WORDS_MS;
      await reportWithin(leftMs, () =>
        outbound.report(event.DeploymentId, event.LifecycleEventHookExecutionId, verdict.outcome),
      );
    }
    return verdict.outcome;
  };
}

/** A failure that an emergency release may pass. Never throws: what cannot be read pardons nothing. */
async function pardoned(outcome: Outcome, deploymentId: string, outbound: Outbound): Promise<Outcome> {
  if (outcome.outcome === 'Succeeded') return outcome;
  try {
    return pardon(outcome, readBreakGlass(await outbound.deploymentDescription(deploymentId)));
  } catch (error) {
    log('warn', 'the deployment could not be read', { error: describeError(error) });
    return outcome;
  }
}

/** Starts from failed: only evidence makes it succeed. Never throws. */
async function judge(settings: () => GateSettings, outbound: Outbound, context: HookContext): Promise<Outcome> {
  const none: Evidence = { checks: [], alarms: [] };
  try {
    const configured = settings();
    const time = budget(context.getRemainingTimeInMillis(), configured.timeLimitMs);
    return await within<Outcome>(
      time.workMs,
      async (signal) => {
        const evidence = await gather(configured, outbound, time, signal);
        return { ...decide(evidence), checks: evidence.checks, alarms: evidence.alarms };
      },
      () => ({
        ...none,
        ...undecided('time-limit', `the gate was not done within ${Math.round(time.workMs / 1e3)} s`),
      }),
    );
  } catch (error) {
    return { ...none, ...undecided('internal-error', `the gate could not judge: ${describeError(error)}`) };
  }
}

function verdictOf(event: HookEvent, env: Environment, outcome: Outcome, startMs: number): Verdict {
  return {
    kind: VERDICT_KIND,
    version: 1,
    service: env[GateEnvironment.serviceName] ?? '',
    lifecycleEvent: env[GateEnvironment.lifecycleEvent] ?? '',
    deploymentId: event.DeploymentId,
    outcome: outcome.outcome,
    rule: outcome.rule,
    sentence: outcome.sentence,
    target: env[GateEnvironment.targetUrl] ?? '',
    startedAt: new Date(startMs).toISOString(),
    durationMs: Date.now() - startMs,
    checks: outcome.checks,
    alarms: outcome.alarms,
  };
}

export const handler = createGate(process.env, realOutbound);
