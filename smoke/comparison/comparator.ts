import { setMaxListeners } from 'node:events';
import { sleep } from '../../common/retry';
import { shorten } from '../../common/text';
import type { ComparisonResult } from './result';
import type { ComparedResponse } from './places';
import { ResponseComparison, type Side } from './differences';
import { FailureCount, TIMED_OUT } from './failures';
import { PairJudge, together } from './statistics/judge';
import type { ComparedRequest, ComparisonPlan } from './options';
import { RequestList } from './request-list';
import { failing, offending, sentenceOf } from './sentence';
import { Timeout } from './statistics/timeout';

/** The result of one attempt. */
export interface Sample {
  readonly durationMs: number;
  /** Absent if none came. */
  readonly response?: ComparedResponse;
  /** Why none came. */
  readonly error?: string;
  /** The attempt timed out. */
  readonly timedOut?: true;
}

/** One request to one side. It never rejects, because a missing response is a sample too. */
export type Attempt = (side: Side, request: ComparedRequest, signal: AbortSignal, timeoutMs: number) => Promise<Sample>;

/** Everything that the comparator does outside its own code. */
export interface ComparisonSurroundings {
  readonly attempt: Attempt;
  /**
   * Called before the first pair, after the last, and after every 200 pairs. It returns why the two targets are no longer
   * blue and green, or undefined. A measurement across such a change is discarded.
   */
  readonly mixedUp?: () => Promise<string | undefined>;
  /** A random number from 0 to 1. Default Math.random. */
  readonly random?: () => number;
  /** Ends the comparison early. */
  readonly signal: AbortSignal;
  /** Called after each pair, to show progress. */
  readonly onProgress?: (requests: number) => void;
}

/** The number of pairs from one check of the decision to the next, and from one check of the two sides to the next. */
const DECISION_EVERY = 10;
const SIDES_EVERY = 200;

type EndedBy = ComparisonResult['endedBy'];

/** Compares until a decision is reached, or the requests or the time of the plan are used up. Never throws. */
export async function compareSides(plan: ComparisonPlan, around: ComparisonSurroundings): Promise<ComparisonResult> {
  const startMs = Date.now();
  const run = new Run(plan, around, startMs);
  const mixedUp = (await run.checkSides()) ?? (await run.work()) ?? (await run.checkSides());
  return run.result(mixedUp, Date.now() - startMs);
}

class Run {
  private readonly judge: PairJudge;
  private readonly responses: ResponseComparison;
  private readonly failures = new FailureCount();
  private readonly timeout: Timeout;
  private readonly requests: RequestList;
  private readonly random: () => number;
  private started = 0;
  private finished = 0;
  private endedBy: EndedBy | undefined;
  private reason: string | undefined;
  private readonly stop = new AbortController();

  constructor(
    private readonly plan: ComparisonPlan,
    private readonly around: ComparisonSurroundings,
    private readonly startMs: number,
  ) {
    this.judge = new PairJudge(plan.rule);
    this.timeout = new Timeout(plan.requestTimeoutMs);
    this.requests = new RequestList(plan.requests);
    this.responses = new ResponseComparison(plan.headers, plan.requests.map(nameOf));
    this.random = around.random ?? Math.random;
    // Each attempt in flight listens to it.
    setMaxListeners(0, this.stop.signal);
  }

  async checkSides(): Promise<string | undefined> {
    const reason = await this.around
      .mixedUp?.()
      .catch((error: Error) => `blue and green could not be identified: ${error.message}`);
    if (reason === undefined) return undefined;
    this.end('sides-changed');
    return (this.reason ??= reason);
  }

  /** @returns why blue and green can no longer be identified */
  async work(): Promise<string | undefined> {
    const limit = setTimeout(() => this.end('timeout'), this.plan.timeoutSeconds * 1_000);
    const abort = () => this.end('timeout');
    if (this.around.signal.aborted) abort();
    this.around.signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.all(Array.from({ length: this.plan.concurrency }, () => this.worker()));
      return this.reason;
    } finally {
      clearTimeout(limit);
      this.around.signal.removeEventListener('abort', abort);
    }
  }

  private async worker(): Promise<void> {
    while (this.endedBy === undefined) {
      if (2 * (this.started + 1) > this.plan.maxRequests) return;
      const index = this.started++;
      const waitMs = this.dueInMs(index);
      if (waitMs > 0) await sleep(waitMs, this.stop.signal).catch(() => undefined);
      const request = this.requests.at(index);
      if (!request) return this.endWithoutRequests();
      if (this.endedBy === undefined) await this.pair(request);
    }
  }

  private endWithoutRequests(): void {
    this.reason ??= 'the live side refuses every request';
    this.end('requests');
  }

  /** No pair starts earlier than `requestsPerSecond` allows, because half of the requests go to the live side. */
  private dueInMs(index: number): number {
    return this.startMs + (index * 2_000) / this.plan.requestsPerSecond - Date.now();
  }

  /** The same request to both sides, one right after the other, in random order, because the second may find a warm cache. */
  private async pair(request: ComparedRequest): Promise<void> {
    const order: readonly [Side, Side] = this.random() < 0.5 ? ['blue', 'green'] : ['green', 'blue'];
    const timeoutMs = this.timeout.ms;
    const first = await this.around.attempt(order[0], request, this.stop.signal, timeoutMs);
    if (this.endedBy !== undefined) return;
    const second = await this.around.attempt(order[1], request, this.stop.signal, timeoutMs);
    // Half a pair, or a pair that the end interrupted, does not count.
    if (this.endedBy !== undefined) return;
    const [blue, green] = order[0] === 'blue' ? [first, second] : [second, first];
    this.record(request, blue, green);
    this.finished += 1;
    this.around.onProgress?.(2 * this.finished);
    await this.checkProgress();
  }

  private record(request: ComparedRequest, blue: Sample, green: Sample): void {
    const [ofBlue, ofGreen] = [observed(blue, green), observed(green, blue)];
    const name = nameOf(request);
    if (blue.response) this.responses.observe(name, 'blue', blue.response, ofBlue.failed);
    if (green.response) this.responses.observe(name, 'green', green.response, ofGreen.failed);
    if (!this.requests.isComparable(request, { blue: blue.response?.status, green: green.response?.status })) return;
    this.judge.observe(ofBlue, ofGreen, (Date.now() - this.startMs) / (1_000 * this.plan.timeoutSeconds));
    if (blue.response) this.timeout.learn(blue.durationMs);
    this.failures.add(name, {
      blue: ofBlue.failed ? whatOf(blue) : undefined,
      green: ofGreen.failed ? whatOf(green) : undefined,
    });
  }

  private async checkProgress(): Promise<void> {
    const pairs = this.finished;
    if (pairs % DECISION_EVERY === 0) {
      const decision = this.judge.decision();
      if (decision !== 'not-enough-data') return this.end(decision);
      if (offending(this.responses.settled(), this.plan).length > 0) return this.end('differences');
    }
    if (pairs % SIDES_EVERY === 0) await this.checkSides();
  }

  private end(by: EndedBy): void {
    if (this.endedBy !== undefined && by !== 'sides-changed') return;
    this.endedBy = by;
    this.stop.abort(new Error(by));
  }

  result(mixedUp: string | undefined, durationMs: number): ComparisonResult {
    if (this.endedBy === undefined || this.endedBy === 'timeout') this.judge.finish();
    const measures = this.judge.measures();
    // A measurement while the sides were mixed up decides nothing.
    const decision = mixedUp === undefined ? together(measures.map((it) => it.decision)) : 'not-enough-data';
    const { differences, noise } = this.responses.findings();
    const fails = offending(differences, this.plan);
    const found = {
      decision,
      measures,
      differences: differences.map((each) => ({ ...each, ...(fails.includes(each) && { fails: true as const }) })),
      noise,
      failures: this.failures.findings(),
      newRequests: this.requests.unknownToBlue().map(nameOf),
      requests: 2 * this.finished,
      durationMs,
      endedBy: this.endedBy ?? ('requests' as const),
    };
    const choice = { ...this.plan, isGross: mixedUp === undefined && this.judge.isGross() };
    const failed = failing(found, choice);
    return { ...found, outcome: failed ? 'failed' : 'passed', sentence: sentenceOf(found, choice, mixedUp) };
  }
}

function whatOf({ response, error = 'no response', timedOut }: Sample): string {
  if (response) return `status ${response.status}`;
  return timedOut ? TIMED_OUT : shorten(error, 60);
}

/** A 4xx is an error if the other side succeeds. If both sides refuse, it is the expected response. */
function observed({ response, durationMs }: Sample, other: Sample) {
  const status = response?.status ?? 599;
  return { failed: status >= 500 || (status >= 400 && (other.response?.status ?? 599) < 400), durationMs };
}

export function nameOf({ name, method = 'GET', path }: ComparedRequest): string {
  return name ?? `${method} ${path}`;
}
