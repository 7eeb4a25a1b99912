import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  compareSides,
  comparisonPlan,
  type ComparisonResult,
  httpAttempts,
  planOf,
  safeRequests,
  type SideTarget,
} from '../smoke/comparison';
import {
  type CheckResult,
  type CheckTarget,
  runSuite,
  smokeClients,
  type SmokeReport,
  smokeReport,
  type TlsVerification,
} from '../smoke/runner';
import { bindVariables, readSuite, type Suite, SuiteError } from '../smoke/suite';
import { type CommandContext, interruptible } from './context';
import { awsCredentials } from './credentials';
import { CommandFailure, ExitCode } from './failure';
import { startHeartbeat } from './heartbeat';
import { wholeNumber } from './options';
import type { Output } from './output';
import { initSuite } from './smoke-init';
import { junit, progressLine, table } from './smoke-report';

interface Options {
  readonly target?: URL;
  readonly compare?: URL;
  readonly var: Readonly<Record<string, string>>;
  readonly json?: true;
  readonly junit?: string;
  readonly concurrency: number;
  readonly timeout: number;
  readonly host?: string;
  readonly tls: TlsVerification;
  readonly strict?: true;
  readonly init?: true;
}

const examples = `
Examples:
  greenlight smoke --init                                        write a commented first suite, smoke.yaml
  greenlight smoke smoke.yaml --target http://127.0.0.1:8080     run it
  greenlight smoke smoke.yaml --target URL --compare LIVE        compare it with the live side
  greenlight smoke smoke.yaml --target URL --var version=1.4.0   give a variable its value
  greenlight smoke smoke.yaml --target URL --json > run.json     one document; progress goes to standard error

Exit codes: 0 every check passed (degraded ones count as passed, but not with --strict), 1 a check failed,
2 the suite or an option is invalid, 130 interrupted, 141 the reader closed the output.
With --json a failure is a document too: { "error": { "message", "exitCode" } }.`;

/** `greenlight smoke`: runs a suite against any target, with the verdict of the gate. */
export function smokeCommand(context: CommandContext): Command {
  return new Command('smoke')
    .description('Run a smoke suite against a target, with the runner and the verdict of the gate.')
    .argument('[suite]', 'the suite file, YAML or JSON: docs/suite.md (default: smoke.yaml)')
    .option('-t, --target <url>', 'what to test: http(s)://host[:port]', parseTarget)
    .option('--compare <url>', 'the live side: compares the target with it, after the checks', parseTarget)
    .option('--var <name=value>', 'value of a variable of the suite; may be repeated', collectVariable, {})
    .option('--json', 'print one JSON document')
    .option('--junit <file>', 'write a JUnit report too')
    .option('--concurrency <checks>', 'checks that run at the same time, 1 to 100', wholeNumber(1, 100), 8)
    .option('--timeout <seconds>', 'timeout of the whole run, 1 to 3600', wholeNumber(1, 3_600), 120)
    .option('--host <name>', 'Host header and TLS server name, if the target has another name than its address')
    .addOption(
      new Option('--tls <what>', 'what of the certificate is verified')
        .choices(['full', 'chain', 'none'])
        .default('full'),
    )
    .option('--strict', 'degraded checks fail the run')
    .option('--init', 'write a commented first suite; an existing file is never overwritten')
    .addHelpText('after', examples)
    .action(async (file: string | undefined, options: Options) =>
      context.exit(await run(context, file ?? 'smoke.yaml', options)),
    );
}

async function run(context: CommandContext, file: string, options: Options): Promise<number> {
  const { output } = context;
  if (options.init) {
    initSuite(file);
    output.say(`Wrote ${file}. Run it: greenlight smoke ${file} --target http://127.0.0.1:8080`);
    return ExitCode.ok;
  }
  if (options.json) output.reserveStdout();
  const { target } = options;
  if (!target) throw new CommandFailure('say what to test with --target http(s)://host[:port]', ExitCode.badInput);
  const suite = readValid(file, options.var);
  if (options.compare) planOfComparison(suite);
  const interruption = new CommandFailure('interrupted', ExitCode.interrupted);
  return interruptible(context, interruption, async (signal) => {
    const report = await smoke(suite, target, { ...options, output }, signal);
    if (signal.aborted) throw signal.reason;
    publish(report, options, output);
    const failed = report.outcome === 'failed' || (report.outcome === 'degraded' && options.strict);
    return failed ? ExitCode.notAsExpected : ExitCode.ok;
  });
}

interface Run extends Options {
  readonly output: Output;
}

/** Reads the suite and its variables before anything is sent. @throws SuiteError with every problem */
function readValid(file: string, variables: Options['var']): Suite {
  const suite = readSuite(file);
  const { problems } = bindVariables(suite, variables);
  if (problems.length === 0) return suite;
  throw new SuiteError(problems.map((problem) => `${file}: ${problem}; give values with --var name=value`));
}

async function smoke(suite: Suite, base: URL, options: Run, interrupted: AbortSignal): Promise<SmokeReport> {
  const limitMs = options.timeout * 1_000;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error('timeout')), limitMs);
  interrupted.addEventListener('abort', () => limit.abort(interrupted.reason), { once: true });
  const startMs = Date.now();
  const beganMs = performance.now();
  let done = 0;
  const target: CheckTarget = {
    base,
    addresses: [],
    hostName: options.host,
    tlsVerification: options.tls,
    exchange: smokeClients.exchange,
    signal: limit.signal,
    limitMs,
    variables: options.var,
    readSecret: async (arn, signal) => smokeClients.readSecret(arn, signal, await awsCredentials()),
    concurrency: options.concurrency,
    onResult: (result: CheckResult) => options.output.say(progressLine(result, (done += 1), suite.checks.length)),
  };
  const endHeartbeat = startHeartbeat(options.output, () => `${done} of ${suite.checks.length} checks are done`);
  try {
    const suiteRun = await runSuite(suite, target);
    const comparison = suiteRun.outcome === 'failed' ? undefined : await compared(suite, base, options, limit.signal);
    const frame = { target: base, startMs, durationMs: performance.now() - beganMs };
    return smokeReport(suite, suiteRun, frame, comparison);
  } finally {
    endHeartbeat();
    clearTimeout(timer);
  }
}

const PROGRESS_EVERY_REQUESTS = 200;

/** Compares after the checks have passed, because a failed target needs no comparison. */
async function compared(
  suite: Suite,
  base: URL,
  options: Run,
  signal: AbortSignal,
): Promise<ComparisonResult | undefined> {
  const { compare, host, tls } = options;
  if (!compare) return undefined;
  const plan = planOfComparison(suite);
  const side = (url: URL): SideTarget => ({ base: url, addresses: [], hostName: host, tlsVerification: tls });
  const attempts = httpAttempts({ blue: side(compare), green: side(base) });
  try {
    const onProgress = (requests: number) => {
      if (requests % PROGRESS_EVERY_REQUESTS === 0)
        options.output.say(`comparing with ${compare.origin}: ${requests} requests`);
    };
    return await compareSides(plan, { attempt: attempts.attempt, signal, onProgress });
  } finally {
    attempts.close();
  }
}

/** @throws CommandFailure if the suite has no request that is safe to send many times */
function planOfComparison(suite: Suite) {
  try {
    // --compare compares also with a suite that the gate does not compare.
    return comparisonPlan(suite) ?? planOf({}, safeRequests(suite));
  } catch (error) {
    throw new CommandFailure((error as Error).message, ExitCode.badInput);
  }
}

function publish(report: SmokeReport, options: Options, output: Output): void {
  if (options.json) output.json(report);
  else output.say(`\n${table(report, options.strict === true)}`);
  if (options.junit === undefined) return;
  try {
    writeFileSync(options.junit, junit(report));
  } catch (error) {
    throw new CommandFailure(`--junit ${options.junit}: ${(error as Error).message}`, ExitCode.badInput);
  }
}

function parseTarget(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.username) return url;
  throw new InvalidArgumentError(`It is "${text}"; give http(s)://host[:port]; the paths are in the suite.`);
}

function collectVariable(text: string, earlier: Options['var']): Options['var'] {
  const [, name, value] = /^([A-Za-z_][\w-]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`It is "${text}"; give name=value.`);
  return { ...earlier, [name]: value ?? '' };
}
