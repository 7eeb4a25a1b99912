import { surviveFaults } from '../rehearsal/faults';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type LocalAws, startLocalAws } from '../rehearsal';
import { type RunPolicy, runPolicies } from '../rehearsal/images/step';
import { type Plan, PlanError, select } from '../rehearsal/plan/plan';
import { readPlan } from '../rehearsal/plan/read';
import { isProgress, progressLine, summary } from '../rehearsal/report/text';
import { rehearse } from '../rehearsal/run/rehearse';
import { SynthesisError } from '../rehearsal/run/synthesis';
import { whereToLook } from '../rehearsal/run/where';
import { CommandFailure, ExitCode } from './failure';

interface Options {
  readonly file: string;
  readonly speed?: number;
  readonly rate?: number;
  readonly release: readonly string[];
  readonly build?: RunPolicy;
  readonly containers?: string | true;
  readonly json?: true;
  readonly keep?: true;
  readonly verbose?: true;
}

const examples = `
Examples:
  greenlight rehearse                            every release of ./rehearsal.yaml
  greenlight rehearse --release v3               the first release, then v3
  greenlight rehearse --json > report.json       one document for machines; progress goes to standard error
  greenlight rehearse --keep                     leave the local AWS up and look around with the AWS CLI

Exit codes: 0 every release ended as expected, 1 one did not, 2 the file or an option is wrong,
3 the rehearsal itself failed, 130 interrupted; a CDK app that fails ends with its own code.`;

/** `greenlight rehearse`. */
export function rehearseCommand(exit: (code: number) => void): Command {
  return new Command('rehearse')
    .description('Run real releases with the real CDK CLI against a local AWS: no account, no Docker.')
    .option('-f, --file <path>', 'the rehearsal file', 'rehearsal.yaml')
    .option(
      '--speed <factor>',
      'AWS seconds in a second of yours, 1 to 600 (default: the file says, or 60)',
      number(1, 600),
    )
    .option('--rate <requests>', 'load, requests per AWS second, 0 to 50 (default: the file says, or 5)', number(0, 50))
    .addOption(
      new Option('--release <name>', 'only the first release and this one; may be repeated')
        .argParser(collect)
        .default([], 'all'),
    )
    .addOption(
      new Option(
        '--build <steps>',
        "RUN steps of a Dockerfile that run on this machine: those that stay in the image's folder, all, or none",
      ).choices(runPolicies),
    )
    .option('--containers [engine]', 'build and run images with a container engine (default: docker)')
    .option('--json', 'print one JSON document: docs/rehearsal-report.schema.json')
    .option('--keep', 'leave everything running afterwards, and say where')
    .option('--verbose', 'show every event, also those of single resources')
    .addHelpText('after', examples)
    .action(async (options: Options) => exit(await run(options)));
}

async function run(options: Options): Promise<number> {
  const plan = readSelected(options);
  const stopping = new AbortController();
  const interrupt = () => stopping.abort(new CommandFailure('interrupted', ExitCode.interrupted));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  const aws = await startLocalAws(plan);
  const endSurvival = surviveFaults(aws.events);
  try {
    return await runOn(aws, plan, options, stopping.signal);
  } catch (error) {
    throw explain(error, stopping.signal);
  } finally {
    await aws.stop();
    endSurvival();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupt);
  }
}

function readSelected(options: Options): Plan {
  try {
    const plan = select(readPlan(options.file), options.release);
    const traffic = { ...plan.traffic, rate: options.rate ?? plan.traffic.rate };
    const build = options.build === undefined ? plan.build : { run: options.build };
    const containers = options.containers === true ? 'docker' : (options.containers ?? plan.containers);
    return { ...plan, traffic, speed: options.speed ?? plan.speed, build, containers };
  } catch (error) {
    if (error instanceof PlanError) throw new CommandFailure(error.message, ExitCode.badInput);
    throw error;
  }
}

async function runOn(aws: LocalAws, plan: Plan, options: Options, signal: AbortSignal): Promise<number> {
  const say = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const beganMs = aws.clock.now();
  aws.events.subscribe((event) => {
    // What breaks off because everything is being ended is no news.
    if (signal.aborted) return;
    if (options.verbose || isProgress(event)) say(progressLine(event, beganMs));
  });
  say(`Local AWS at ${aws.endpoint}, ${plan.speed} times as fast as the clock on your wall.`);
  const report = await rehearse(aws, { plan, directory: dirname(resolve(options.file)), signal });
  if (options.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  else say(`\n${summary(report)}`);
  if (options.keep) {
    say(`\n${await whereToLook(aws)}\nCtrl-C ends it.`);
    await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  }
  if (report.faults.length > 0) return ExitCode.internal;
  return report.releases.every((release) => release.asExpected) ? ExitCode.ok : ExitCode.notAsExpected;
}

function explain(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof PlanError) return new CommandFailure(error.message, ExitCode.badInput);
  if (error instanceof SynthesisError) return new CommandFailure(`${error.message}:\n${error.output}`, error.exitCode);
  return error;
}

function number(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= minimum && value <= maximum)) {
      throw new InvalidArgumentError(`Give a number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
