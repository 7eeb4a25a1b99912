/** What goes wrong between the product's functions and AWS, and for how long. */
import { PATIENCE_MS } from '../../aws/patience';
import { AwsError } from '../../rehearsal/core/service';
import type { WorldClock } from './clock';
import type { Chance } from './chance';

/** Of the product's calls while AWS throttles or fails, this share. */
const FAILING_SHARE = 0.6;
/** A call now and then takes this long at most, so that others overtake it. */
const SLOW_SHARE = 0.25;
const SLOW_MS_MAX = 800;

export class Faults {
  private failingSinceMs = 0;
  private failingUntilMs = 0;
  private longestMs = 0;
  private failure: 'throttled' | 'failed' = 'throttled';
  private lostInvocations = 0;
  private lostHalfway = 0;
  private repeatedEvents = 0;
  private refusedResponses = 0;

  constructor(
    private readonly clock: WorldClock,
    private readonly chance: Chance,
  ) {}

  failCalls(failure: 'throttled' | 'failed', durationMs: number): void {
    const nowMs = this.clock.now();
    if (nowMs >= this.failingUntilMs) this.failingSinceMs = nowMs;
    this.failure = failure;
    this.failingUntilMs = nowMs + durationMs;
    this.longestMs = Math.max(this.longestMs, this.failingUntilMs - this.failingSinceMs);
  }

  /** Whether AWS has failed for longer than any handler repeats its calls. */
  get outlastedPatience(): boolean {
    return this.longestMs > PATIENCE_MS;
  }

  /** How long AWS still fails. */
  leftMs(): number {
    return Math.max(0, this.failingUntilMs - this.clock.now());
  }

  loseInvocations(count: number): void {
    this.lostInvocations += count;
  }

  loseHalfway(count: number): void {
    this.lostHalfway += count;
  }

  repeatEvents(count: number): void {
    this.repeatedEvents += count;
  }

  refuseResponses(count: number): void {
    this.refusedResponses += count;
  }

  /** From now on nothing goes wrong. */
  end(): void {
    this.failingUntilMs = 0;
    this.lostInvocations = this.lostHalfway = this.repeatedEvents = this.refusedResponses = 0;
  }

  /** What a call meets before it arrives. @throws AwsError */
  async meet(): Promise<void> {
    if (this.chance.below(1) < SLOW_SHARE) await this.clock.sleep(this.chance.below(SLOW_MS_MAX));
    if (this.clock.now() >= this.failingUntilMs || this.chance.below(1) >= FAILING_SHARE) return;
    if (this.failure === 'throttled') throw new AwsError('ThrottlingException', 'Rate exceeded');
    throw new AwsError('InternalFailure', 'An internal error occurred.', 500);
  }

  takesInvocation(): boolean {
    return this.lostInvocations > 0 && this.lostInvocations-- > 0;
  }

  callsUntilLost(): number {
    return this.lostHalfway > 0 && this.lostHalfway-- > 0 ? 1 + Math.floor(this.chance.below(14)) : Infinity;
  }

  repeatsEventAfterMs(): number | undefined {
    return this.repeatedEvents > 0 && this.repeatedEvents-- > 0 ? this.chance.below(90_000) : undefined;
  }

  refusesResponse(): boolean {
    return this.refusedResponses > 0 && this.refusedResponses-- > 0;
  }
}
