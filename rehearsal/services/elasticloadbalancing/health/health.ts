/**
 * A target's health as a pure state machine.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export interface Health {
  readonly state: 'initial' | 'healthy' | 'unhealthy';
  /** As DescribeTargetHealth gives it; absent while healthy. */
  readonly reason?: HealthReason;
  readonly description?: string;
  /** Consecutive outcomes that speak against the state. */
  readonly streak: number;
}

export type HealthReason =
  | 'Elb.RegistrationInProgress'
  | 'Elb.InitialHealthChecking'
  | 'Target.ResponseCodeMismatch'
  | 'Target.Timeout'
  | 'Target.FailedHealthChecks';

export type ProbeOutcome =
  { readonly ok: true } | { readonly ok: false; readonly reason: HealthReason; readonly description: string };

export interface Thresholds {
  readonly healthy: number;
  readonly unhealthy: number;
}

export const registered: Health = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
  streak: 0,
};

/**
 * The health after one more check. A new target is healthy after its first good check; an unhealthy one only after
 * `thresholds.healthy` in a row; either turns unhealthy after `thresholds.unhealthy` bad ones in a row.
 */
export function afterProbe(health: Health, outcome: ProbeOutcome, thresholds: Thresholds): Health {
  if (outcome.ok) {
    if (health.state !== 'unhealthy') return { state: 'healthy', streak: 0 };
    const streak = health.streak + 1;
    return streak >= thresholds.healthy ? { state: 'healthy', streak: 0 } : { ...health, streak };
  }
  const { reason, description } = outcome;
  if (health.state === 'unhealthy') return { state: 'unhealthy', reason, description, streak: 0 };
  const streak = health.streak + 1;
  if (streak >= thresholds.unhealthy) return { state: 'unhealthy', reason, description, streak: 0 };
  if (health.state === 'healthy') return { state: 'healthy', streak };
  return {
    state: 'initial',
    reason: 'Elb.InitialHealthChecking',
    description: 'Initial health checks in progress',
    streak,
  };
}

/** `200`, `200,202` or `200-299`, as a target group's Matcher has it. */
export function matchesStatus(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [low, high = low] = part.split('-').map(Number);
    return low !== undefined && high !== undefined && status >= low && status <= high;
  });
}
