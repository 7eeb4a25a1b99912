import { z } from 'zod';

/**
 * A fault that the rehearsal gives the tasks of a release, so that a bad release of any app can be rehearsed without
 * code for it. It is no part of the template: AWS never sees it.
 */
export const faultSchema = z
  .strictObject({
    status: z.number().int().min(400).max(599).optional().describe('The status that is sent instead of the response'),
    latencyMs: z
      .number()
      .int()
      .min(1)
      .max(60_000)
      .optional()
      .describe('How much later a response comes, real milliseconds'),
    path: z.string().startsWith('/').default('/').describe('Requests whose path begins so have the fault'),
    percent: z.number().min(1).max(100).default(100).describe('The share of these requests that has it'),
    afterRequests: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('How many of these requests each task serves well before'),
  })
  .refine(({ status, latencyMs }) => status !== undefined || latencyMs !== undefined, 'give status, latencyMs or both');

export type Fault = z.infer<typeof faultSchema>;

/** What happens to one request. */
export type FaultEffect = Pick<Fault, 'status' | 'latencyMs'>;

/** The fault of one task: counts its requests, so that the share is kept exactly. */
export class TaskFault {
  private matching = 0;

  constructor(private readonly fault: Fault) {}

  /** @param url path and query of a request. @returns undefined when it is served as always */
  effectOn(url: string): FaultEffect | undefined {
    const { path, percent, afterRequests, status, latencyMs } = this.fault;
    if (!url.startsWith(path)) return undefined;
    this.matching += 1;
    const turn = this.matching - afterRequests;
    if (turn <= 0) return undefined;
    const share = percent / 100;
    const isDue = Math.floor(turn * share) > Math.floor((turn - 1) * share);
    return isDue ? { status, latencyMs } : undefined;
  }
}
