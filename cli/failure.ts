/** Exit codes of every command. */
export const ExitCode = {
  ok: 0,
  /** The command ran, and a release or a check did not end as expected. */
  notAsExpected: 1,
  /** A file, an option, a value or the CDK app is invalid. Nothing was started. */
  badInput: 2,
  /** The command itself failed. */
  internal: 3,
  interrupted: 130,
  /** The reader of the output closed it: 128 and the number of SIGPIPE, as shells count. */
  outputClosed: 141,
} as const;

/** Ends a command with its problems on standard error and `exitCode`. */
export class CommandFailure extends Error {
  /** One text per problem, which may have several lines. Empty if nobody reads it. */
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
