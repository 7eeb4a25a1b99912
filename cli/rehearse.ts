import { dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type LocalAws, startLocalAws } from '../rehearsal/local-aws';
import type { RehearsalEvent } from '../rehearsal/core/events';
import { surviveFaults } from '../rehearsal/core/faults';
import { type RunPolicy, runPolicies } from '../rehearsal/images/step';
import { machineProblemIn } from '../rehearsal/core/machine-problem';
import { type Plan, select } from '../rehearsal/runner/plan/plan';
import { readPlan } from '../rehearsal/runner/plan/read';
import type { RehearsalReport } from '../rehearsal/runner/report/document';
import { permissionLines } from '../rehearsal/runner/report/permissions';
import { isProgress, progressLine, summary } from '../rehearsal/runner/report/text';
import { rehearse } from '../rehearsal/runner/rehearse';
import { SynthesisError } from '../rehearsal/runner/synthesis/synthesis';
import { clientInstructions } from '../rehearsal/runner/release/where';
import { type CommandContext, interruptible } from './context';
import { CommandFailure, ExitCode } from './failure';
import { startHeartbeat } from './heartbeat';
import { collect, number, pair } from './options';
import type { Output, Style } from './output';
import { requireApp, synthesisHint } from './preflight';
import { initRehearsal } from './rehearse-init';
import { waitingFor } from './waiting';

interface Options {
  readonly file: string;
  readonly speed?: number;
  readonly rate?: number;
  readonly release: readonly string[];
  readonly context: Readonly<Record<string, string>>;
  readonly engine?: string;
  readonly build?: RunPolicy;
  readonly containers?: string | true;
  readonly json?: true;
  readonly permissions?: true;
  readonly keep?: true;
  readonly verbose?: true;
  readonly init?: true;
  readonly stdout?: true;
}

const examples = `
Examples:
  greenlight rehearse --init                     write a commented rehearsal.yaml for the CDK app in this folder
  greenlight rehearse --init --stdout            only print it
  greenlight rehearse                            every release of ./rehearsal.yaml
  greenlight rehearse --release v3               the first release, then v3
  greenlight rehearse --engine ecs               ECS's own deployments instead of CodeDeploy, in the sample app
  greenlight rehearse --json > report.json       one document for programs; progress goes to standard error
  greenlight rehearse --permissions              also list which permissions of each role no release needed
  greenlight rehearse --keep                     leave the local AWS running and explore it with the AWS CLI

Files:
  rehearsal.yaml                                 docs/rehearsal.md explains every field, and editors check them
  cdk.json                                       next to it: the command of the CDK app

Exit codes: 0 every release ended as expected, 1 one did not, 2 the file, an option or the CDK app is invalid and
nothing was started, 3 the rehearsal itself failed, 130 interrupted, 141 the reader closed the output.
With --json a failure is a document too: { "error": { "message", "exitCode" } }.`;

/** `greenlight rehearse`. */
export function rehearseCommand(context: CommandContext): Command {
  return new Command('rehearse')
    .description('Run real releases with the real CDK CLI against a local AWS: no account, no Docker.')
    .option('-f, --file <path>', 'the rehearsal file', 'rehearsal.yaml')
    .option(
      '--speed <factor>',
      'AWS seconds per second of real time, 1 to 600 (default: that of the file, or 60)',
      number(1, 600),
    )
    .option(
      '--rate <requests>',
      'load, requests per second of AWS time, 0 to 50 (default: that of the file, or 5)',
      number(0, 50),
    )
    .addOption(
      new Option('--release <name>', 'only the first release and this one; may be repeated')
        .argParser(collect)
        .default([], 'all'),
    )
    .addOption(
      new Option('-c, --context <key=value>', 'CDK context of every release, over that of the file; may be repeated')
        .argParser(pair)
        .default({}, 'none'),
    )
    .option('--engine <name>', 'the same as --context engine=<name>: codedeploy or ecs in the sample app')
    .addOption(
      new Option(
        '--build <steps>',
        "RUN steps of a Dockerfile that run on this machine: those that stay in the image's folder, all, or none",
      ).choices(runPolicies),
    )
    .option('--containers [engine]', 'build and run images with a container engine (default: docker)')
    .option('--json', 'print one JSON document: docs/rehearsal-report.schema.json')
    .option('--permissions', 'list the permissions of each role: used, unused and missing')
    .option('--keep', 'leave everything running afterwards, and print its addresses')
    .option('--verbose', 'print every event, also those of single resources')
    .option('--init', 'write a commented rehearsal file for the CDK app; an existing file is never overwritten')
    .addOption(new Option('--stdout', 'with --init: print the file, write nothing').implies({ init: true }))
    .addHelpText('after', examples)
    .action(async (options: Options) => context.exit(await run(context, options)));
}

async function run(context: CommandContext, options: Options): Promise<number> {
  if (options.json || options.stdout) context.output.reserveStdout();
  if (options.init) return initRehearsal(context, options);
  const plan = readSelected(options);
  const directory = dirname(resolve(options.file));
  requireApp(directory, plan.app);
  const interruption = new CommandFailure('interrupted', ExitCode.interrupted);
  return interruptible(context, interruption, async (interrupted) => {
    const { speed, parameters, build, containers } = plan;
    const aws = await startLocalAws({ speed, parameters, build, containers, appDirectory: directory });
    const signal = AbortSignal.any([interrupted, machineProblemSignal(aws)]);
    const endSurvival = surviveFaults(aws.events);
    try {
      return await runOn(aws, { plan, directory, options, output: context.output, signal });
    } catch (error) {
      throw explain(error, aws, signal);
    } finally {
      await aws.stop();
      endSurvival();
    }
  });
}

/** Aborts with the first fault of the machine, such as a full disk, which is no fault of the rehearsal. */
function machineProblemSignal(aws: LocalAws): AbortSignal {
  const found = new AbortController();
  aws.events.subscribe(({ event, data }) => {
    if (event === 'fault' && data.machineProblem) found.abort(data.machineProblem);
  });
  return found.signal;
}

/** @throws PlanError */
function readSelected(options: Options): Plan {
  const plan = select(readPlan(options.file), options.release);
  const traffic = { ...plan.traffic, rate: options.rate ?? plan.traffic.rate };
  const build = options.build === undefined ? plan.build : { run: options.build };
  const containers = options.containers === true ? 'docker' : (options.containers ?? plan.containers);
  const context = { ...options.context, ...(options.engine !== undefined && { engine: options.engine }) };
  const releases = plan.releases.map((release) => ({ ...release, context: { ...release.context, ...context } }));
  return { ...plan, traffic, releases, speed: options.speed ?? plan.speed, build, containers };
}

interface Run {
  readonly plan: Plan;
  readonly directory: string;
  readonly options: Options;
  readonly output: Output;
  readonly signal: AbortSignal;
}

async function runOn(aws: LocalAws, { plan, directory, options, output, signal }: Run): Promise<number> {
  const beganMs = aws.clock.now();
  aws.events.subscribe((event) => {
    // An event of something that is stopped on purpose is not printed.
    if (signal.aborted) return;
    if (options.verbose || isProgress(event)) output.say({ text: progressLine(event, beganMs), style: styleOf(event) });
  });
  output.say(`Local AWS at ${aws.endpoint} (clock speed ${plan.speed}x).`);
  const releases = plan.releases.map(({ name }) => name);
  let ended = 0;
  const course = () => ({ events: aws.events.all(), releases, ended });
  const endHeartbeat = startHeartbeat(output, () => waitingFor(course(), aws.clock.now()));
  let report: RehearsalReport;
  try {
    const permissions = options.permissions ?? false;
    report = await rehearse(aws, { plan, directory, signal, permissions }, () => (ended += 1));
  } finally {
    endHeartbeat();
  }
  const expected = report.faults.length === 0 && report.releases.every((release) => release.asExpected);
  if (options.json) output.json(report);
  else printSummary(output, report, expected);
  if (options.keep) {
    output.say(`\n${await clientInstructions(aws)}\nCtrl-C ends it.`);
    await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
    if (output.lost.aborted) throw output.lost.reason;
  }
  if (report.faults.length > 0) return ExitCode.internal;
  return expected ? ExitCode.ok : ExitCode.notAsExpected;
}

/** Prints the summary. Its last line is the verdict. */
function printSummary(output: Output, report: RehearsalReport, expected: boolean): void {
  if (report.permissions) output.say(permissionLines(report.permissions).join('\n'));
  const text = `\n${summary(report)}`;
  const verdict = text.lastIndexOf('\n') + 1;
  output.say(text.slice(0, verdict), { text: text.slice(verdict), style: expected ? 'good' : 'bad' });
}

const BAD_EVENTS = new Set([
  ...['resource-failed', 'not-delivered', 'rollback', 'task-stopped', 'exposed', 'unreachable', 'denied', 'lost'],
]);

/** The colour of an event that people search for. The text says the same without it. */
function styleOf({ event, source, data, detail }: RehearsalEvent): Style | undefined {
  if (source === 'cdk') return 'bold';
  if (BAD_EVENTS.has(event) || /_FAILED|ROLLBACK|\bFailed\b/.test(detail) || data.state === 'ALARM') return 'bad';
  if (/_COMPLETE$|\bSucceeded\b/.test(detail)) return 'good';
  return undefined;
}

function explain(error: unknown, aws: LocalAws, signal: AbortSignal): unknown {
  const cause: unknown = signal.aborted ? signal.reason : error;
  const problem = cause instanceof SynthesisError && machineProblemIn(cause.output);
  if (problem) return problem;
  if (signal.aborted || !(error instanceof SynthesisError)) return cause;
  const started = aws.events.all().some(({ source }) => source === 'cloudformation');
  const text = `${error.message}:\n${error.output}${synthesisHint(error.output)}`;
  return new CommandFailure(text, started ? ExitCode.internal : ExitCode.badInput);
}
