/** Exit codes of every command. */
export const ExitCode = {
  ok: 0,
  /** The command ran, and what it looked at is not as it should be. */
  notAsExpected: 1,
  /** A file, option, value or the CDK app is wrong; nothing was started. */
  badInput: 2,
  /** The command itself could not go on. */
  internal: 3,
  interrupted: 130,
  /** The reader of the output closed it: 128 and the number of SIGPIPE, as shells count. */
  outputClosed: 141,
} as const;

/** Ends a command with its problems on standard error and `exitCode`. */
export class CommandFailure extends Error {
  /** One each; a problem may have more lines. Empty where there is nothing to say or nobody to say it to. */
  readonly problems: readonly string[];

  constructor(
    problems: string | readonly string[],
    readonly exitCode: number,
  ) {
    const list = typeof problems === 'string' ? [problems] : problems;
    super(list.join('\n'));
    this.name = 'CommandFailure';
    this.problems = list;
  }
}
