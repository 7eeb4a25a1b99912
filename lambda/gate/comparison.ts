import {
  compareSides,
  type ComparisonPlan,
  type ComparisonResult,
  httpAttempts,
  type SideTarget,
} from '../../smoke/comparison';
import { groupName, inWords, type Share, sharesOf } from './forwards';
import type { LiveSides } from './types';

/** What the comparison in the gate needs: the two listeners of one load balancer. */
export interface GateComparison {
  readonly plan: ComparisonPlan;
  /** The test listener. */
  readonly green: SideTarget;
  /** The production listener, which is blue's until traffic shifts. */
  readonly blue: SideTarget;
  readonly sides?: LiveSides;
  readonly forwards: (listenerArn: string, signal: AbortSignal) => Promise<readonly Share[]>;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** Green on the test listener against live blue on the production listener. Never throws for what a side does. */
export async function compareInGate(comparison: GateComparison): Promise<ComparisonResult> {
  const { plan: requested, blue, green, sides, forwards, limitMs, signal } = comparison;
  const plan = { ...requested, timeLimitSeconds: Math.min(requested.timeLimitSeconds, limitMs / 1_000) };
  const attempts = httpAttempts({ blue, green });
  const mixedUp = sides && (async () => whyNotApart(await readBoth(sides, forwards, signal)));
  try {
    return await compareSides(plan, { attempt: attempts.attempt, mixedUp, signal });
  } finally {
    attempts.close();
  }
}

interface Both {
  readonly production: readonly Share[];
  readonly test: readonly Share[];
}

async function readBoth(sides: LiveSides, forwards: GateComparison['forwards'], signal: AbortSignal): Promise<Both> {
  const [production, test] = await Promise.all([
    forwards(sides.productionListenerArn, signal),
    forwards(sides.testListenerArn, signal),
  ]);
  return { production: sharesOf(sides.targetGroupArns, production), test: sharesOf(sides.targetGroupArns, test) };
}

/** Each listener must forward to one side alone, and not the same: else blue's answers could be green's. */
export function whyNotApart({ production, test }: Both): string | undefined {
  const [live, candidate] = [production[0], test[0]];
  if (production.length !== 1 || !live)
    return `production forwards to ${inWords(production)}, expected the live side alone`;
  if (test.length !== 1 || !candidate)
    return `the test listener forwards to ${inWords(test)}, expected the candidate alone`;
  if (live.targetGroupArn !== candidate.targetGroupArn) return undefined;
  return `production and test listener forward to the same side, ${groupName(live.targetGroupArn)}`;
}
