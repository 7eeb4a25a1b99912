import { Command, CommanderError } from 'commander';
import { CommandFailure, ExitCode } from './failure';
import { rehearseCommand } from './rehearse';
import { smokeCommand } from './smoke';
import { packageVersion } from './version';

/** Parses, dispatches, and turns every ending into an exit code: see `ExitCode`. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let exitCode: number = ExitCode.ok;
  const program = new Command('greenlight')
    .description(
      'Ship ECS services safely: blue and green twins, a gate, alarms that roll back, and releases you can rehearse.',
    )
    .version(packageVersion())
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nStart here:\n  greenlight rehearse          the whole story on your machine, no AWS account\n' +
        '  greenlight smoke --init      a first smoke suite, to run against any target\n',
    );
  const exit = (code: number) => void (exitCode = code);
  for (const command of [rehearseCommand(exit), smokeCommand(exit)]) program.addCommand(command.exitOverride());
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.badInput;
  if (error instanceof CommandFailure) {
    process.stderr.write(`greenlight: ${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`greenlight: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return ExitCode.internal;
}
