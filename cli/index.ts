import { Command, CommanderError } from 'commander';
import { SuiteError } from '../smoke/suite';
import { machineProblemOf } from '../rehearsal/core/machine-problem';
import { PlanError } from '../rehearsal/runner/plan/plan';
import type { CommandContext } from './context';
import { CommandFailure, ExitCode } from './failure';
import { Output } from './output';
import { rehearseCommand } from './rehearse';
import { abortCommand } from './release/abort';
import { approveCommand } from './release/approve';
import { statusCommand } from './release/status';
import { whyCommand } from './release/why';
import { smokeCommand } from './smoke';
import { packageVersion } from './version';

const guide = `
Start here:
  greenlight rehearse --init     write a rehearsal file for the CDK app in this folder
  greenlight rehearse            run its releases on your machine: no AWS account, no Docker
  greenlight smoke --init        write a first smoke suite, to run against any target

A release in AWS, or in a kept rehearsal:
  greenlight status              which side is live, the release in progress, what is wrong and what to do
  greenlight why                 why a release was not released: verdict, evidence and what to do
  greenlight approve             continue a release that waits for a person
  greenlight abort               stop a release: production traffic goes back to the old version

Files:
  rehearsal.yaml                 what \`rehearse\` runs, next to cdk.json
  smoke.yaml                     what \`smoke\` runs, and the gate before each release

Exit codes:
  0    every release or check ended as expected
  1    a release or a check did not, or \`status\` shows that something is wrong
  2    a file, an option, a value or the CDK app is invalid; nothing was started
  3    the command itself failed
  130  interrupted
  141  the reader closed the output

Colours: on a terminal; NO_COLOR=1 turns them off, FORCE_COLOR=1 on.

More about a command: greenlight <command> --help
Documentation: node_modules/cdk-greenlight/docs`;

/** Parses the arguments, runs the command, and returns its exit code: see `ExitCode`. */
export async function runCommandLine(
  argv: readonly string[],
  output = new Output(process.stdout, process.stderr),
): Promise<number> {
  let exitCode: number = ExitCode.ok;
  try {
    const program = createProgram({ output, exit: (code) => void (exitCode = code) });
    if (argv.length > 2) await program.parseAsync([...argv]);
    else output.say(program.helpInformation().trimEnd(), guide);
  } catch (error) {
    exitCode = explain(error, output, argv.includes('--json'));
  }
  return (await output.flush())?.exitCode ?? exitCode;
}

function createProgram(context: CommandContext): Command {
  const program = new Command('greenlight')
    .description(
      'Ship ECS services safely: blue and green twins, a gate, alarms that roll back, and releases you can rehearse.',
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .addHelpText('after', guide);
  const commands = [rehearseCommand, smokeCommand, statusCommand, whyCommand, approveCommand, abortCommand];
  for (const create of commands) program.addCommand(create(context));
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({
        writeOut: (text) => context.output.say(text.trimEnd()),
        // The error that commander throws has the message.
        writeErr: () => undefined,
      });
  }
  return program;
}

/** Reports each problem with the same prefix, and for programs as JSON. */
function explain(error: unknown, output: Output, json: boolean): number {
  if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.ok;
  const { problems, exitCode } = failureOf(error);
  for (const problem of problems) {
    const [first = '', ...more] = problem.trimEnd().split('\n');
    output.report({ text: 'greenlight:', style: 'bad' }, ` ${first}`);
    for (const line of more) output.report(`  ${line}`);
  }
  if (json && problems.length > 0) output.json({ error: { message: problems.join('\n'), exitCode } });
  return exitCode;
}

function failureOf(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const machine = machineProblemOf(error);
  if (machine) return new CommandFailure(machine.message, ExitCode.internal);
  if (error instanceof PlanError) return new CommandFailure(error.messages, ExitCode.badInput);
  if (error instanceof SuiteError) return new CommandFailure(error.problems, ExitCode.badInput);
  if (error instanceof CommanderError) {
    // Commander writes its suggestion in a separate line.
    const message = error.message.replace(/^error: /, '').replace(/\n(?=\(Did you mean)/, ' ');
    return new CommandFailure(`${message}`, ExitCode.badInput);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CommandFailure(text, ExitCode.internal);
}
