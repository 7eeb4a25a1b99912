/** Exit codes of every command. */
export const ExitCode = {
  ok: 0,
  /** The command ran, and what it looked at is not as it should be. */
  notAsExpected: 1,
  /** A file, option or value is wrong; nothing was started. */
  badInput: 2,
  /** The command itself could not go on. */
  internal: 3,
  interrupted: 130,
} as const;

/** Ends a command with `message` on standard error and `exitCode`. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
    this.name = 'CommandFailure';
  }
}
