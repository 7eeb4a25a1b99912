import {
  describeTraffic,
  groupsWithTraffic,
  type ListenerRule,
  targetGroupName,
  type WeightedGroup,
} from '../../aws/traffic';
import {
  comparisonPlan,
  compareSides,
  type ComparisonPlan,
  type ComparisonResult,
  httpAttempts,
  type SideTarget,
} from '../../smoke/comparison';
import { checksLeftMs, type GateRun } from './gate-run';
import type { LiveSides } from './types';

/** What the comparison in the gate needs: the two listeners of one load balancer. */
export interface GateComparison {
  readonly plan: ComparisonPlan;
  /** The test listener. */
  readonly green: SideTarget;
  /** The production listener, which is blue's until traffic shifts. */
  readonly blue: SideTarget;
  readonly sides?: LiveSides;
  readonly listenerRules: (listenerArn: string, signal: AbortSignal) => Promise<readonly ListenerRule[]>;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** Compares green with blue before traffic shifts: only then does the production listener forward only to blue. */
export async function compareWithBlue(run: GateRun): Promise<void> {
  const { settings, clients, signal, addresses, evidence } = run;
  const { lifecycleEvent, liveTarget, target, hostName, tlsVerification, sides } = settings;
  const plan = comparisonPlan(run.suite());
  if (lifecycleEvent !== 'AfterAllowTestTraffic' || !liveTarget || !plan || run.beginning?.first) return;
  const sideAt = (base: URL) => ({ base, addresses, hostName, tlsVerification });
  evidence.comparison = await compareInGate({
    ...{ plan, green: sideAt(target), blue: sideAt(liveTarget), sides, signal },
    listenerRules: clients.listenerRules,
    limitMs: checksLeftMs(run),
  });
}

/** Green on the test listener against live blue on the production listener. Never throws for what a side does. */
export async function compareInGate(comparison: GateComparison): Promise<ComparisonResult> {
  const { plan: requested, blue, green, sides, listenerRules, limitMs, signal } = comparison;
  const plan = { ...requested, timeoutSeconds: Math.min(requested.timeoutSeconds, limitMs / 1_000) };
  const attempts = httpAttempts({ blue, green });
  const mixedUp = sides && (async () => whyNotApart(await readBoth(sides, listenerRules, signal)));
  try {
    return await compareSides(plan, { attempt: attempts.attempt, mixedUp, signal });
  } finally {
    attempts.close();
  }
}

interface Both {
  readonly production: readonly WeightedGroup[];
  readonly test: readonly WeightedGroup[];
}

async function readBoth(
  sides: LiveSides,
  listenerRules: GateComparison['listenerRules'],
  signal: AbortSignal,
): Promise<Both> {
  const [production, test] = await Promise.all([
    listenerRules(sides.productionListenerArn, signal),
    listenerRules(sides.testListenerArn, signal),
  ]);
  return {
    production: groupsWithTraffic(sides.targetGroupArns, production),
    test: groupsWithTraffic(sides.targetGroupArns, test),
  };
}

/** Each listener must forward to only one side, and not to the same: else responses of blue could be green's. */
export function whyNotApart({ production, test }: Both): string | undefined {
  const [live, green] = [production[0], test[0]];
  if (production.length !== 1 || !live)
    return `production forwards to ${describeTraffic(production)}, expected only the live side`;
  if (test.length !== 1 || !green) return `the test listener forwards to ${describeTraffic(test)}, expected only green`;
  if (live.targetGroupArn !== green.targetGroupArn) return undefined;
  return `production and test listener forward to the same side, ${targetGroupName(live.targetGroupArn)}`;
}
