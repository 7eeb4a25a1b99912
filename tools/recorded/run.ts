import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalAws } from '../../rehearsal/local-aws';
import { Caller } from './clients';
import { type Bindings, type Difference, differencesOf } from './compare';
import type { Recordings } from './recordings';
import { resolved } from './references';
import type { CallStep, Sequence } from './sequences';

/** AWS time is fast, so that waits are short. */
const SPEED = 600;
/** Real milliseconds that a read is repeated while something changes, and while only its response differs. */
const CHANGING_MS_MAX = 15_000;
const DIFFERENT_MS_MAX = 600;
const POLL_MS = 40;

/** One comparison: no difference means that the response is equal. */
export interface Comparison {
  readonly key: string;
  readonly differences: readonly Difference[];
}

export interface Outcome {
  readonly comparisons: readonly Comparison[];
  /** Why the sequence ended early. */
  readonly notModelled?: string;
}

/** Makes the calls of a test against a local AWS of its own, and compares their responses with what AWS responded. */
export async function run(sequence: Sequence, recordings: Recordings): Promise<Outcome> {
  const aws = await startLocalAws({ speed: SPEED });
  const caller = new Caller(aws);
  try {
    const nowMs = Math.floor(aws.clock.now());
    return await new Run(caller, recordings, nowMs).perform(sequence);
  } finally {
    caller.close();
    await aws.stop();
  }
}

class Run {
  private readonly responses: unknown[] = [];
  private readonly comparisons: Comparison[] = [];
  private bindings: Bindings = new Map();

  constructor(
    private readonly caller: Caller,
    private readonly recordings: Recordings,
    private readonly nowMs: number,
  ) {}

  async perform({ steps }: Sequence): Promise<Outcome> {
    for (const step of steps) {
      if ('notModelled' in step) return { comparisons: this.comparisons, notModelled: step.notModelled };
      if ('call' in step) await this.call(step);
      else this.compare(step.compare, this.resolved(step.value));
    }
    return { comparisons: this.comparisons };
  }

  private async call({ call, input, compare }: CallStep): Promise<void> {
    const [service = '', operation = ''] = call.split(' ');
    const resolvedInput = this.resolved(input ?? {});
    const make = () => this.caller.call(service, operation, resolvedInput);
    const response = await this.settled(operation, make, compare);
    this.responses.push(response);
    if (compare !== undefined) this.compare(compare, response);
  }

  /** AWS's responses come later than a test's next call: reads are repeated, as the recorded tests repeat theirs. */
  private async settled(operation: string, make: () => Promise<unknown>, compare?: string): Promise<unknown> {
    const started = performance.now();
    for (;;) {
      const response = await make();
      if (!/^(Describe|Get|List|Head|Filter)/.test(operation)) return response;
      const differs = compare !== undefined && this.differences(compare, response, new Map(this.bindings)).length > 0;
      const changes = isChanging(response) && (compare === undefined || differs);
      if (!changes && !differs) return response;
      if (performance.now() - started > (changes ? CHANGING_MS_MAX : DIFFERENT_MS_MAX)) return response;
      await sleep(POLL_MS);
    }
  }

  private resolved(value: unknown): unknown {
    return resolved(value, { responses: this.responses, nowMs: this.nowMs });
  }

  private compare(key: string, response: unknown): void {
    this.comparisons.push({ key, differences: this.differences(key, response, this.bindings) });
  }

  private differences(key: string, response: unknown, bindings: Bindings): readonly Difference[] {
    return differencesOf(this.recordings.get(key), response, bindings);
  }
}

const isChanging = (response: unknown) =>
  /"(\w+_IN_PROGRESS|CREATE_PENDING|InProgress|Pending)"/.test(JSON.stringify(response));
