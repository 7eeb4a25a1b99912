import { checkAlarms, underAlarms } from './alarms';
import { bake, beginBake, resumeBake } from './bake';
import { compareWithBlue } from './comparison';
import { runCustomChecks } from './custom-check';
import type { Handover } from './evidence';
import { addressesOf, type GateRun, untilListenerSettles } from './gate-run';
import { proveIdentity } from './identity';
import { checkLiveSide } from './preflight';
import { checkGreen } from './suite-run';
import { greenPasses, passes } from './verdict';

/** Fills one part of the evidence. Leaves it empty where nothing of it is configured. */
type Probe = (run: GateRun) => Promise<void>;

/** Before a release begins: all at the same time, so that a release is refused in seconds. */
const PREFLIGHT: readonly Probe[] = [(run) => checkAlarms(run, 'before'), checkLiveSide];

/**
 * Once green gets traffic: one list after the other, as long as green passes. Identity first: what another side responds
 * proves nothing, and a listener that has not settled yet forwards to it.
 */
const TESTS: readonly (readonly Probe[])[] = [
  [proveIdentity, untilListenerSettles],
  [checkGreen, runCustomChecks],
  [compareWithBlue],
];

/**
 * Fills the evidence with everything that the lifecycle event asks for.
 * @returns the state of a bake that the next invocation must continue
 * @throws Error when it cannot begin
 */
export async function gather(run: GateRun): Promise<Handover | undefined> {
  const { request, engine, settings, evidence, signal } = run;
  if (request.bake) return bake(run, resumeBake(request.bake, evidence));
  const begun = { ...run, beginning: await engine.begin(settings.lifecycleEvent, signal) };
  if (settings.lifecycleEvent === 'BeforeInstall') return preflight(begun);
  await underAlarms(run, () => testGreen(begun));
  const bakes = settings.lifecycleEvent === 'AfterAllowTraffic' && settings.bakeMs > 0;
  return bakes && passes(evidence) ? bake(run, beginBake(run)) : undefined;
}

async function preflight(run: GateRun): Promise<undefined> {
  if (run.beginning?.first) return nothingToCheck(run);
  const ready = { ...run, addresses: await addressesOf(run) };
  await Promise.all(PREFLIGHT.map((probe) => probe(ready)));
}

/** The first version replaces nothing: there is no side that could be unfit, and its alarms have no data. */
function nothingToCheck({ evidence }: GateRun): undefined {
  const message = 'nothing is live yet: this is the first version';
  evidence.preflight = [{ name: 'one-live-side', outcome: 'passed', message }];
}

async function testGreen(run: GateRun): Promise<void> {
  const ready = { ...run, addresses: await addressesOf(run) };
  for (const probes of TESTS) {
    if (greenPasses(run.evidence)) await Promise.all(probes.map((probe) => probe(ready)));
  }
}
