import { ExitCode } from './failure';
import type { Output } from './output';

/** What a command gets from the command line. */
export interface CommandContext {
  readonly output: Output;
  /** Sets the exit code of a command that has ended without a failure. */
  exit(code: number): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work` until it ends. Its signal aborts with `interruption` on Ctrl-C and similar signals, and with the reason of the
 * output if its reader closed it.
 */
export async function interruptible<Result>(
  { output }: CommandContext,
  interruption: Error,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stopping = new AbortController();
  const interrupt = () => {
    // A second signal means that the user does not want to wait. The rest ends with this process.
    if (stopping.signal.aborted) process.exit(ExitCode.interrupted);
    stopping.abort(interruption);
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  try {
    return await work(AbortSignal.any([stopping.signal, output.lost]));
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
  }
}
