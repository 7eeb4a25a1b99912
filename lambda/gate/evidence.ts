import type { BreakGlass } from '../shared/break-glass';
import type { BakeState } from './bake-schedule';
import type { Verdict } from './types';

/** What a run of the gate finds: filled while it runs, and read once, by the verdict. */
export interface Evidence extends Filled<
  Pick<Verdict, 'checks' | 'liveChecks' | 'alarms' | 'identity' | 'preflight' | 'customChecks' | 'bake' | 'comparison'>
> {
  /** Why the alarms could not be read. */
  alarmsError?: string;
  /** Why the run ended before everything was found. */
  interruption?: Interruption;
  /** Set when the release is an emergency release. */
  breakGlass?: BreakGlass;
}

type Filled<T> = { -readonly [K in keyof T]: T[K] };

export interface Interruption {
  readonly rule: 'internal-error' | 'timeout';
  readonly reason: string;
}

/** What one invocation hands to the next: the state of the bake, and the evidence that is not collected again. */
export interface Handover extends BakeState {
  readonly proved: Pick<Verdict, 'identity' | 'customChecks'>;
}

export function emptyEvidence(): Evidence {
  return { checks: [], alarms: [] };
}
