import type { BreakGlass } from '../../shared/break-glass';

/** What the engine that ships says of the release. */
export interface Engine {
  /** Its name in sentences. */
  readonly name: string;
  /** What it says at the beginning. @throws Error when it calls a gate that is not for this moment of the release */
  readonly begin: (lifecycleEvent: string, signal: AbortSignal) => Promise<Beginning>;
  /** Name of green's target group; undefined before the engine has it. */
  readonly greenTargetGroup: (signal: AbortSignal) => Promise<string | undefined>;
  /** Set when the release is an emergency release. */
  readonly breakGlass: () => Promise<BreakGlass | undefined>;
}

export interface Beginning {
  /** Whether nothing is live yet: there is no side to release from, nor to compare with. */
  readonly first: boolean;
}
