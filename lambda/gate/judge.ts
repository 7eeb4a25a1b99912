import type { HttpRequest } from '../../common/http';
import { type AlarmSource, isQuiet, readAlarms, underWatch } from './alarm-watch';
import { worse } from './alarms';
import { type BakeState, beginBake, hookLeftMs, nextStep, smoked } from './bake-schedule';
import { sleep } from '../../common/retry';
import type { Budget } from './budget';
import { comparisonPlan } from '../../smoke/comparison';
import { compareInGate } from './comparison';
import { runCustomChecks } from './custom-check';
import type { CheckResult } from '../../smoke/results';
import type { GateSettings } from './environment';
import { identify } from './identity';
import { failuresOnLiveSide } from './live-side';
import type { Clients } from './clients';
import { preflight } from './preflight';
import { addressesOf, runSuite } from './suite-run';
import type { Evidence } from './verdict';

/** At most, and a quarter of the checks' time at most. */
const IDENTITY_MS = 60_000;
const HEALTH_TIMEOUT_MS = 5_000;

/** One run of the gate: what is configured, for which deployment, by which means and until when. */
export interface Run {
  readonly settings: GateSettings;
  readonly deploymentId: string;
  readonly clients: Clients;
  readonly budget: Budget;
  /** When everything but the report must be over. */
  readonly endMs: number;
  readonly signal: AbortSignal;
  /** Told of each part of the evidence as soon as it is there: what a run that is cut off leaves. */
  readonly keep: (part: Partial<Evidence>) => void;
}

/** What a run comes to: evidence to decide on, or a watch that goes on in the next invocation. */
export type Gathered = { readonly evidence: Evidence } | { readonly goesOn: Handover };

/** What the next invocation is told: where the watch stands, and what was proved once and for all. */
export interface Handover extends BakeState {
  readonly proved: Pick<Evidence, 'identity' | 'customChecks'>;
}

/**
 * Looks at everything that the lifecycle event asks for.
 * @param hookMs when CodeDeploy called the hook
 * @param baking the watch that an earlier invocation began
 * @throws Error when it cannot begin
 */
export async function gather(run: Run, hookMs: number, baking: Handover | undefined): Promise<Gathered> {
  const { lifecycleEvent, bakeMs } = run.settings;
  if (lifecycleEvent === 'BeforeInstall') return { evidence: await beforeInstall(run) };
  if (baking) {
    const { proved, ...state } = baking;
    return bake(run, { ...state, invocations: state.invocations + 1 }, { ...proved, checks: [], alarms: [] });
  }
  const evidence = await testCandidate(run, hookMs);
  if (bakeMs === 0 || lifecycleEvent !== 'AfterAllowTraffic' || !isGood(evidence)) return { evidence };
  const nowMs = Date.now();
  const state = beginBake(hookMs, nowMs);
  return bake(run, smoked(state, limitsOf(run), nowMs), evidence);
}

/** Alarms quiet, the live side healthy, no blocker: all read at the same time, so that a refusal takes seconds. */
async function beforeInstall(run: Run): Promise<Evidence> {
  const { settings, clients, signal } = run;
  const addresses = await addressesOf(settings.loadBalancerFullName, clients, signal);
  const path = settings.healthPath;
  const health = path === undefined ? undefined : healthOf(settings, path, addresses[0]);
  const [alarms, preflights] = await Promise.all([
    kept(run, readAlarms(alarmsOf(run), 'before', signal), (it) => it),
    kept(run, preflight(settings.sides, health, clients, signal), (it) => ({ preflight: it })),
  ]);
  return { checks: [], ...alarms, preflight: preflights };
}

function healthOf(settings: GateSettings, path: string, address: string | undefined) {
  return { request: requestTo(settings, path, address), codes: settings.healthCodes };
}

/** Identity first: what another side answers proves nothing, and a listener that has not settled yet answers from it. */
async function testCandidate(run: Run, hookMs: number): Promise<Evidence> {
  const { settings, clients, signal } = run;
  const work = async () => {
    const addresses = await addressesOf(settings.loadBalancerFullName, clients, signal);
    const [identity] = await Promise.all([
      kept(run, proveIdentity(run, addresses), (it) => ({ identity: it })),
      clients.untilListenerSettles(hookMs, signal),
    ]);
    if (identity?.outcome === 'failed') return { identity, checks: [] };
    // What came before does not shorten the suite's own limit while the invocation has time.
    const leftMs = checksLeftMs(run);
    const [checks, customChecks] = await Promise.all([
      kept(run, runSuite(settings, addresses, clients, leftMs, signal), (it) => ({ checks: it })),
      kept(run, customChecksOf(run, leftMs), (it) => ({ customChecks: it })),
    ]);
    const failed = [...checks, ...(customChecks ?? [])].some((check) => check.outcome === 'failed');
    if (failed) return { identity, checks, customChecks, liveChecks: await onLiveSide(run, addresses, checks) };
    const comparison = await kept(run, comparisonOf(run, addresses, checksLeftMs(run)), (it) => ({ comparison: it }));
    return { identity, checks, customChecks, comparison };
  };
  const { done, ...alarms } = await underWatch(alarmsOf(run), signal, work, run.keep);
  return { checks: [], ...done, ...alarms };
}

async function kept<T>({ keep }: Run, part: Promise<T>, as: (found: T) => Partial<Evidence>): Promise<T> {
  const found = await part;
  keep(as(found));
  return found;
}

function checksLeftMs({ settings, endMs, budget }: Run): number {
  return Math.max(0, Math.min(settings.timeLimitMs, endMs - Date.now() - budget.alarmsMs));
}

function onLiveSide(run: Run, addresses: readonly string[], checks: readonly CheckResult[]) {
  const { settings, clients, signal } = run;
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  return failuresOnLiveSide(settings, addresses, clients, failed, checksLeftMs(run), signal);
}

/** Only before traffic shifts is the production listener blue's alone. */
async function comparisonOf(
  { settings, clients, signal }: Run,
  addresses: readonly string[],
  limitMs: number,
): Promise<Evidence['comparison']> {
  const { lifecycleEvent, liveTarget, target, hostName, tlsVerification, sides } = settings;
  const plan = comparisonPlan(clients.loadSuite());
  if (lifecycleEvent !== 'AfterAllowTestTraffic' || !liveTarget || !plan) return undefined;
  const sideAt = (base: URL) => ({ base, addresses, hostName, tlsVerification });
  const { listenerRules } = clients;
  return compareInGate({
    plan,
    green: sideAt(target),
    blue: sideAt(liveTarget),
    sides,
    listenerRules,
    limitMs,
    signal,
  });
}

async function proveIdentity(run: Run, addresses: readonly string[]): Promise<Evidence['identity']> {
  const { settings, deploymentId, clients, signal, budget } = run;
  const { sides, versionHeader, lifecycleEvent, healthPath = '/' } = settings;
  if (!sides && !versionHeader) return undefined;
  const production = lifecycleEvent === 'AfterAllowTraffic';
  const nodes = addresses.length === 0 ? [undefined] : addresses;
  return identify(
    {
      deploymentId,
      sides,
      listenerArn: (production ? sides?.productionListenerArn : sides?.testListenerArn) ?? '',
      version: versionHeader,
      requests: nodes.map((address) => requestTo(settings, healthPath, address)),
      limitMs: Math.min(IDENTITY_MS, budget.checksMs / 4),
    },
    clients,
    signal,
  );
}

/** Smoke again and again, and the alarms in between, until the time is over or this invocation's is. */
async function bake(run: Run, begun: BakeState, first: Evidence): Promise<Gathered> {
  let state = begun;
  let evidence = first;
  const withBake = (found: Evidence): Gathered => ({ evidence: { ...found, bake: bakeResult(run, state) } });
  for (let steps = 0; ; steps++) {
    const nowMs = Date.now();
    const step = nextStep(state, limitsOf(run), nowMs, run.endMs - nowMs, steps > 0);
    switch (step.kind) {
      case 'done':
        return withBake(evidence);
      case 'hand-over':
        return { goesOn: { ...state, proved: { identity: evidence.identity, customChecks: evidence.customChecks } } };
      case 'late':
        throw new Error(`the hook's hour is nearly over, and the watch of ${run.settings.bakeMs / 60_000} min is not`);
      case 'smoke': {
        evidence = { ...evidence, checks: await smokeAgain(run, state) };
        state = smoked(state, limitsOf(run), nowMs);
        break;
      }
      case 'watch':
        await sleep(step.waitMs, run.signal);
    }
    run.keep(evidence);
    const read = await readAlarms(alarmsOf(run), 'after', run.signal);
    state = { ...state, alarmReadings: state.alarmReadings + 1 };
    evidence = { ...evidence, alarms: worse(evidence.alarms, read.alarms), alarmsError: read.alarmsError };
    if (!isGood(evidence)) return withBake(evidence);
  }
}

async function smokeAgain(run: Run, state: BakeState): Promise<Evidence['checks']> {
  const { settings, clients, signal } = run;
  const addresses = await addressesOf(settings.loadBalancerFullName, clients, signal);
  const nowMs = Date.now();
  const leftMs = Math.min(checksLeftMs(run), hookLeftMs(state, nowMs));
  return runSuite(settings, addresses, clients, Math.max(0, leftMs), signal);
}

function bakeResult({ settings }: Run, state: BakeState): Evidence['bake'] {
  const { startMs, smokeRuns, alarmReadings, invocations } = state;
  const startedAt = new Date(startMs).toISOString();
  return { seconds: settings.bakeMs / 1_000, startedAt, smokeRuns, alarmReadings, invocations };
}

function limitsOf({ settings }: Run) {
  return { bakeMs: settings.bakeMs, suiteMs: settings.timeLimitMs };
}

function customChecksOf({ settings, deploymentId, clients }: Run, limitMs: number): Promise<Evidence['customChecks']> {
  const { serviceName: service, lifecycleEvent: event, target } = settings;
  const context = { service, deploymentId, event, targetUrl: target.origin, limitMs };
  return runCustomChecks(settings.customChecks, context, clients.invokeFunction);
}

function alarmsOf({ settings, clients }: Run): AlarmSource {
  return {
    names: settings.alarmNames,
    insufficientData: settings.insufficientData,
    describe: clients.describeAlarms,
  };
}

function isGood(evidence: Evidence): boolean {
  const { identity, checks, customChecks = [] } = evidence;
  const failed = [...checks, ...customChecks].some((check) => check.outcome === 'failed');
  return identity?.outcome !== 'failed' && !failed && isQuiet(evidence);
}

function requestTo(settings: GateSettings, path: string, address: string | undefined): HttpRequest {
  const { target, hostName, tlsVerification } = settings;
  const url = new URL(`${target.origin}${path}`);
  return { method: 'GET', url, headers: {}, address, hostName, tlsVerification, timeoutMs: HEALTH_TIMEOUT_MS };
}
