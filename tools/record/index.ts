/**
 * Records what AWS, or the rehearsal, does in the releases of a rehearsal file: npm run record -- --help
 * docs/recordings.md explains the format and how to contribute one.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { readPlan } from '../../rehearsal/runner/plan/read';
import { type Plan, PlanError, select } from '../../rehearsal/runner/plan/plan';
import { differences } from './compare';
import { costPerHour } from './cost';
import { record } from './record';
import { readRecording, type Recording } from './recording';
import { WrongUse } from './wrong-use';
import { awsTarget, rehearsalTarget, type Target } from './target';

interface Options {
  readonly file: string;
  readonly release: readonly string[];
  readonly out?: string;
  readonly compare?: string;
  readonly account?: string;
  readonly region?: string;
  readonly acceptCost?: true;
}

/** Nothing was started. */
const WRONG_USE = 2;
/** Hours that one release takes at most, with its bake: for the estimate of the cost. */
const HOURS_PER_RELEASE = 0.75;

const examples = `
Examples:
  npm run record -- --out recording.json                  the releases of rehearsal.yaml, in a rehearsal
  npm run record -- --compare recording.json              the same, and how it differs from a recording
  npm run record -- --account 111111111111 --region us-east-1 --out aws.json
                                                          on AWS: says what it costs, and stops
  npm run record -- --account 111111111111 --region us-east-1 --accept-cost --out aws.json
                                                          on AWS, with the credentials of your shell

Without --account no credentials are read and nothing is sent to AWS. With it a container engine must run, as for any
cdk deploy of an image. Everything is removed at the end, also after Ctrl-C.

Exit codes: 0 done, and equal to the recording; 1 it differs, or something failed; 2 wrong use, nothing was started.`;

async function main(): Promise<number> {
  const program = new Command('record')
    .description('Records the states, sentences and durations of releases, of AWS or of the rehearsal.')
    .option('-f, --file <path>', 'the rehearsal file', 'rehearsal.yaml')
    .option('--release <name...>', 'only the first release and these', [])
    .option('--out <path>', 'where the recording goes')
    .option('--compare <path>', 'a recording to hold the run against')
    .option('--account <id>', 'run on AWS, in this account')
    .option('--region <name>', 'with --account: the region')
    .option('--accept-cost', 'with --account: deploy, after the estimate of the cost')
    .addHelpText('after', examples)
    .parse();
  const options = program.opts<Options>();
  if (!options.out && !options.compare) throw new WrongUse('give --out, --compare or both: else nothing is kept');
  if (options.account && !options.region) throw new WrongUse('--account needs --region');
  const expected = options.compare === undefined ? undefined : readRecording(options.compare);
  const actual = await run(options, select(readPlan(options.file), options.release));
  if (!expected) return 0;
  const found = differences(expected, actual);
  console.log(found.length === 0 ? `as in ${options.compare}` : found.join('\n'));
  return found.length === 0 ? 0 : 1;
}

async function run(options: Options, plan: Plan): Promise<Recording> {
  const directory = dirname(resolve(options.file));
  const { account, region = '' } = options;
  const target = account ? await awsTarget(account, region) : await rehearsalTarget(plan, directory);
  const output = mkdtempSync(join(tmpdir(), 'greenlight-record-'));
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error('interrupted'));
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  let recording: Recording | undefined;
  try {
    const confirm = confirmation(target, options, plan);
    const run = { plan, directory, output, signal: interruption.signal, confirm, onLine: console.error };
    await record(target, run, (current) => {
      recording = current;
      if (options.out) writeFileSync(options.out, `${JSON.stringify(current, undefined, 2)}\n`);
    });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await target.stop();
    rmSync(output, { recursive: true, force: true });
  }
  if (!recording) throw new Error('no release was recorded');
  return recording;
}

/** @throws WrongUse unless the cost was accepted */
function confirmation({ source }: Target, { acceptCost }: Options, { releases }: Plan) {
  return (...[assembly, stack]: Parameters<typeof costPerHour>): void => {
    if (source === 'rehearsal') return;
    const perHour = costPerHour(assembly, stack);
    const hours = releases.length * HOURS_PER_RELEASE;
    console.error(
      `${stack.stackName} costs about ${perHour.toFixed(2)} USD an hour at list prices of us-east-1; ` +
        `${releases.length} releases take ${hours} hours at most: ${(perHour * hours).toFixed(2)} USD.`,
    );
    if (!acceptCost) throw new WrongUse('nothing was deployed: --accept-cost does it');
  };
}

main().then(
  (exitCode) => (process.exitCode = exitCode),
  (error: Error) => {
    const cause = error.cause instanceof Error ? `\ncaused by: ${error.cause.message}` : '';
    console.error(`error: ${error.message}${cause}`);
    process.exitCode = error instanceof WrongUse || error instanceof PlanError ? WRONG_USE : 1;
  },
);
