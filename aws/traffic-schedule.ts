/** How production traffic moves to green: pure arithmetic, shared by the constructs and the rehearsal's CodeDeploy. */

export interface AllAtOnce {
  readonly type: 'AllAtOnce';
}

export interface TimeBased {
  readonly type: 'TimeBasedCanary' | 'TimeBasedLinear';
  readonly percent: number;
  readonly intervalMinutes: number;
}

export type Schedule = AllAtOnce | TimeBased;

export interface ShiftStep {
  /** Since AllowTraffic began, milliseconds. */
  readonly atMs: number;
  /** Green's share from then on, percent. */
  readonly percent: number;
}

/**
 * The steps of a schedule. The first is at 0: linear "shifts at the start of each increment".
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
export function shiftSteps(schedule: Schedule): readonly ShiftStep[] {
  if (schedule.type === 'AllAtOnce') return [{ atMs: 0, percent: 100 }];
  const intervalMs = schedule.intervalMinutes * 60_000;
  if (schedule.type === 'TimeBasedCanary') {
    return [
      { atMs: 0, percent: schedule.percent },
      { atMs: intervalMs, percent: 100 },
    ];
  }
  const count = Math.ceil(100 / schedule.percent);
  return Array.from({ length: count }, (_, step) => ({
    atMs: step * intervalMs,
    percent: Math.min(100, (step + 1) * schedule.percent),
  }));
}

/** From the first step to the last: how long production traffic is split, milliseconds. */
export function shiftDurationMs(schedule: Schedule): number {
  return shiftSteps(schedule).at(-1)?.atMs ?? 0;
}
