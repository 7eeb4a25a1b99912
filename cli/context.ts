import { ExitCode } from './failure';
import type { Output } from './output';

/** What a command is given by the command line. */
export interface CommandContext {
  readonly output: Output;
  /** Sets the exit code of a command that has ended without a failure. */
  exit(code: number): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work` until it ends; its signal aborts with `interruption` on Ctrl-C and its kin, and with the output's own
 * reason when nobody reads it any more.
 */
export async function interruptible<Result>(
  { output }: CommandContext,
  interruption: Error,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stopping = new AbortController();
  const interrupt = () => {
    // A second signal means that the user does not want to wait: what is left ends as this process does.
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
