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

/** Compares green with blue before traffic shifts: only then is the production listener blue's alone. */
export async function compareWithBlue(run: GateRun): Promise<void> {
  const { settings, clients, signal, addresses, evidence } = run;
  const { lifecycleEvent, liveTarget, target, hostName, tlsVerification, sides } = settings;
  const plan = comparisonPlan(run.suite());
  if (lifecycleEvent !== 'AfterAllowTestTraffic' || !liveTarget || !plan) return;
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
  const plan = { ...requested, timeLimitSeconds: Math.min(requested.timeLimitSeconds, limitMs / 1_000) };
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

/** Each listener must forward to one side alone, and not the same: else blue's answers could be green's. */
export function whyNotApart({ production, test }: Both): string | undefined {
  const [live, candidate] = [production[0], test[0]];
  if (production.length !== 1 || !live)
    return `production forwards to ${describeTraffic(production)}, expected the live side alone`;
  if (test.length !== 1 || !candidate)
    return `the test listener forwards to ${describeTraffic(test)}, expected the candidate alone`;
  if (live.targetGroupArn !== candidate.targetGroupArn) return undefined;
  return `production and test listener forward to the same side, ${targetGroupName(live.targetGroupArn)}`;
}
