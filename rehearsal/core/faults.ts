import type { EventLog } from './events';
import { machineProblemOf } from './machine-problem';

/** What goes wrong in the rehearsal itself is an event, listed in the report, and never the end of the local AWS. */

type Recorder = Pick<EventLog, 'record'>;

export function recordFault(events: Recorder, error: unknown): void {
  const fault = error instanceof Error ? error : new Error(String(error));
  events.record('aws', 'fault', `The rehearsal failed: ${fault.message}`, {
    message: fault.message,
    stack: fault.stack,
    machineProblem: machineProblemOf(error),
  });
}

/** For work that nobody waits for. */
export function inBackground({ events }: { readonly events: Recorder }, work: Promise<unknown>): void {
  work.catch((error: unknown) => recordFault(events, error));
}

/**
 * The last resort of a process that runs a local AWS: what nobody caught becomes a fault.
 * @returns a function that ends it
 */
export function surviveFaults(events: Recorder): () => void {
  const survive = (error: unknown) => recordFault(events, error);
  process.on('uncaughtException', survive);
  process.on('unhandledRejection', survive);
  return () => {
    process.off('uncaughtException', survive);
    process.off('unhandledRejection', survive);
  };
}
