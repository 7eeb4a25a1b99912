import type { Side } from './differences';
import type { ComparedRequest } from './options';

/**
 * The requests that are sent in turn. A request that only the new version supports is not compared: the live side refuses it
 * with 4xx, and these failures of blue would hide failures of green in other requests. The first pair of a request shows
 * whether it is left out.
 */
export class RequestList {
  private sent: readonly ComparedRequest[];
  private readonly sentOnce = new Set<ComparedRequest>();

  constructor(private readonly all: readonly ComparedRequest[]) {
    this.sent = all;
  }

  /** The request of the pair with this number; undefined if none is left. */
  at(index: number): ComparedRequest | undefined {
    return this.sent[index % this.sent.length];
  }

  /**
   * Whether a pair counts. If one side refuses the first pair of a request, it does not count, whichever side it is, so that
   * leaving a request out favours neither.
   * @param status the status of each response; undefined if none came
   */
  isComparable(request: ComparedRequest, status: Readonly<Record<Side, number | undefined>>): boolean {
    const isFirst = !this.sentOnce.has(request);
    this.sentOnce.add(request);
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

/** 429 means too many requests, not an unknown request. */
function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429;
}
