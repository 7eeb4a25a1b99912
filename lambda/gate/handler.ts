import { describeError } from '../../common/errors';
import { readBreakGlass } from '../shared/break-glass';
import { log } from '../shared/logger';
import { within } from '../../common/retry';
import { pardon } from './break-glass';
import { budget } from './budget';
import { GateEnvironment, type Verdict, VERDICT_KIND } from './types';
import { type GateSettings, readEnvironment } from './environment';
import { gather, type Handover } from './judge';
import { metricsOf } from './metrics';
import { type Clients, clients as realClients } from './clients';
import { persist, reportWithin } from './report';
import { type Decision, cutOff, decide, type Evidence, undecided } from './verdict';
import { fitVerdict } from './verdict-size';

/** What CodeDeploy invokes a hook with. https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
  /** Set when the gate invoked itself to go on with a watch that outlasts one invocation. */
  readonly GreenlightBake?: Handover;
}

/** What is used of Lambda's context. */
export interface HookContext {
  getRemainingTimeInMillis(): number;
}

/** What one invocation ends with: the verdict's outcome, or that the next invocation goes on. */
export type Ending = Verdict['outcome'] | 'GoesOn';

/** Kept back from the report's own time, so that its failure is logged before Lambda ends the invocation. */
const LAST_WORDS_MS = 500;
/** Of the time left, what handing over may take at most: the rest is for the report that it failed. */
const HAND_OVER_SHARE = 0.5;

type Environment = Readonly<Record<string, string | undefined>>;
type Outcome = Decision & Evidence;

/** A gate for one environment; `handler` is the one that Lambda calls. */
export function createGate(env: Environment, clients: Clients) {
  let settings: GateSettings | undefined;
  return async (event: HookEvent, context: HookContext): Promise<Ending> => {
    const startMs = event.GreenlightBake?.hookMs ?? Date.now();
    const judged = await judge(() => (settings ??= readEnvironment(env)), event, clients, context, startMs);
    const ended = 'goesOn' in judged ? await handOver(event, judged.goesOn, clients, context) : judged;
    if (!ended) return 'GoesOn';
    const outcome = await pardoned(ended, event.DeploymentId, clients, context);
    const verdict = verdictOf(event, env, outcome, startMs);
    write(() => clients.writeVerdict(fitVerdict(verdict)));
    write(() => clients.writeMetrics(metricsOf(verdict, Date.now(), env[GateEnvironment.stack])));
    const leftMs = context.getRemainingTimeInMillis() - LAST_WORDS_MS;
    await reportWithin(leftMs, event.DeploymentId, () =>
      clients.report(event.DeploymentId, event.LifecycleEventHookExecutionId, verdict.outcome),
    );
    return verdict.outcome;
  };
}

/** Of the time left, what looking for a break-glass may take at most: the rest is for the report. */
const PARDON_SHARE = 0.3;

/** A failure that an emergency release may pass. Never throws: what cannot be read in time pardons nothing. */
async function pardoned(
  outcome: Outcome,
  deploymentId: string,
  clients: Clients,
  context: HookContext,
): Promise<Outcome> {
  if (outcome.outcome === 'Succeeded') return outcome;
  try {
    return await within(
      context.getRemainingTimeInMillis() * PARDON_SHARE,
      async () => pardon(outcome, readBreakGlass(await clients.deploymentDescription(deploymentId))),
      () => outcome,
    );
  } catch (error) {
    log('warn', 'the deployment could not be read', { error: describeError(error) });
    return outcome;
  }
}

/** The report matters more: an error here would make Lambda run the whole gate again. */
function write(document: () => void): void {
  try {
    document();
  } catch (error) {
    log('error', 'the verdict could not be written', { error: describeError(error) });
  }
}

const NONE: Evidence = { checks: [], alarms: [] };

/** Starts from failed: only evidence makes it succeed. What was found before it was cut off is kept. Never throws. */
async function judge(
  settings: () => GateSettings,
  event: HookEvent,
  clients: Clients,
  context: HookContext,
  hookMs: number,
): Promise<Outcome | { readonly goesOn: Handover }> {
  let found = NONE;
  const keep = (part: Partial<Evidence>) => void (found = { ...found, ...part });
  try {
    const configured = settings();
    const time = budget(context.getRemainingTimeInMillis(), configured.timeLimitMs);
    const endMs = Date.now() + time.workMs;
    return await within<Outcome | { readonly goesOn: Handover }>(
      time.workMs,
      async (signal) => {
        const { DeploymentId: deploymentId } = event;
        const run = { settings: configured, deploymentId, clients, budget: time, endMs, signal, keep };
        const gathered = await gather(run, hookMs, event.GreenlightBake);
        return 'goesOn' in gathered ? gathered : { ...decide(gathered.evidence), ...gathered.evidence };
      },
      () => ({
        ...found,
        ...cutOff(found, 'time-limit', `the gate was not done within ${Math.round(time.workMs / 1e3)} s`),
      }),
    );
  } catch (error) {
    const why = `the gate could not judge: ${describeError(error)}`;
    return { ...found, ...cutOff(found, 'internal-error', why) };
  }
}

/** @returns undefined when the next invocation was taken on; else the failure to report */
async function handOver(
  event: HookEvent,
  state: Handover,
  clients: Clients,
  context: HookContext,
): Promise<Outcome | undefined> {
  try {
    const next: HookEvent = { ...event, GreenlightBake: state };
    const limitMs = context.getRemainingTimeInMillis() * HAND_OVER_SHARE;
    await persist(limitMs, () => clients.invokeSelf(JSON.stringify(next)), 'the next invocation was not taken on');
    return undefined;
  } catch (error) {
    const sentence = `the watch after the shift could not go on: ${describeError(error)}`;
    return { ...NONE, ...undecided('internal-error', sentence) };
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
    identity: outcome.identity,
    preflight: outcome.preflight,
    checks: outcome.checks,
    liveChecks: outcome.liveChecks,
    customChecks: outcome.customChecks,
    alarms: outcome.alarms,
    comparison: outcome.comparison,
    bake: outcome.bake,
  };
}

export const handler = createGate(process.env, realClients);
