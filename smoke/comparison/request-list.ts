import type { Side } from './differences';
import type { ComparedRequest } from './options';

/**
 * The requests that are sent in turn. One that a release brings is no comparison: the live side refuses it with 4xx, at
 * once, and counted as a failure of blue it would hide what is wrong with green elsewhere. It is left out when the first
 * pair of it shows that.
 */
export class RequestList {
  private sent: readonly ComparedRequest[];
  private readonly seen = new Set<ComparedRequest>();

  constructor(private readonly all: readonly ComparedRequest[]) {
    this.sent = all;
  }

  /** The request of the pair with this number; undefined when none is left. */
  at(index: number): ComparedRequest | undefined {
    return this.sent[index % this.sent.length];
  }

  /**
   * Whether a pair counts. The first pair of a request that one side refuses does not, whichever side it is: so that
   * leaving a request out favours neither.
   * @param status of each response; undefined where there was none
   */
  isComparable(request: ComparedRequest, status: Readonly<Record<Side, number | undefined>>): boolean {
    const isFirst = !this.seen.has(request);
    this.seen.add(request);
    if (!this.sent.includes(request)) return false;
    if (!isFirst) return true;
    const [blue, green] = [isRefusal(status.blue), isRefusal(status.green)];
    if (blue && !green && isResponse(status.green)) this.sent = this.sent.filter((each) => each !== request);
    return blue === green;
  }

  /** The requests that were left out. */
  unknownToBlue(): readonly ComparedRequest[] {
    return this.all.filter((request) => !this.sent.includes(request));
  }
}

function isResponse(status: number | undefined): boolean {
  return status !== undefined && status < 400;
}

/** 429 says that there were too many requests, and not that the request is unknown. */
function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429;
}
