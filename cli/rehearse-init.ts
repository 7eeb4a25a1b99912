import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { startLocalAws } from '../rehearsal/local-aws';
import { machineProblemIn } from '../rehearsal/core/machine-problem';
import { runCdk } from '../rehearsal/runner/synthesis/cdk';
import { contextKeys, findStacks, type FoundStack } from '../rehearsal/runner/init/found';
import {
  ASSET_SALT,
  type Change,
  isLikelyVersion,
  type Proposal,
  proposalText,
} from '../rehearsal/runner/init/propose';
import { type CommandContext, interruptible } from './context';
import { CommandFailure, ExitCode } from './failure';
import { startHeartbeat } from './heartbeat';
import type { Output } from './output';
import { requireApp, synthesisHint } from './preflight';
import { schemaPath } from './schema-line';

interface Options {
  readonly file: string;
  readonly stdout?: true;
}

/** Synthesizes the CDK app, with context. */
type Synthesize = (name: string, context: Readonly<Record<string, string>>) => Promise<readonly FoundStack[]>;

/** How many context keys are tried at most, because each takes a synthesis. */
const KEYS_TRIED_MAX = 2;

/** Writes a rehearsal file for the CDK app in the same folder, or prints it. */
export async function initRehearsal(context: CommandContext, { file, stdout }: Options): Promise<number> {
  if (!stdout && existsSync(file)) throw existing(file);
  const directory = dirname(resolve(file));
  requireApp(directory, undefined);
  const { output } = context;
  const interruption = new CommandFailure('interrupted', ExitCode.interrupted);
  const proposal = await interruptible(context, interruption, (signal) => propose(directory, output, signal));
  const text = proposalText(proposal);
  if (stdout) {
    output.document(text);
    return ExitCode.ok;
  }
  write(file, text);
  report(output, file, proposal);
  return ExitCode.ok;
}

async function propose(directory: string, output: Output, signal: AbortSignal): Promise<Proposal> {
  const keepContextFile = guardFile(join(directory, 'cdk.context.json'));
  let what = 'the local AWS is being started';
  let runs = 0;
  const endHeartbeat = startHeartbeat(output, () => what);
  const aws = await startLocalAws({ speed: 1, appDirectory: directory });
  try {
    return await explore(directory, async (name, context) => {
      what = `the CDK app is being synthesized (${name})`;
      const target = join(aws.world.directory, `cdk.out.${(runs += 1)}`);
      const args = Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
      const options = { cwd: directory, signal };
      // As in a rehearsal: the CDK's built-in validation takes most of a synthesis, and the first synthesis validated the app.
      const environment = { ...aws.deployerEnvironment(), ...(runs > 1 && { CDK_VALIDATION: 'false' }) };
      const cdk = await runCdk(['list', '--output', target, ...args], environment, options);
      if (cdk.exitCode === 0) return findStacks(target);
      const problem = machineProblemIn(cdk.output);
      if (problem) throw problem;
      const message = `the CDK app does not synthesize:\n${cdk.output}${synthesisHint(cdk.output)}`;
      throw new CommandFailure(message, ExitCode.badInput);
    });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    endHeartbeat();
    await aws.stop();
    keepContextFile();
  }
}

async function explore(directory: string, synthesize: Synthesize): Promise<Proposal> {
  const stacks = await synthesize('as it is', {});
  const weight = ({ services }: FoundStack) => services.reduce((sum, each) => sum + (each.isGreenlight ? 100 : 1), 0);
  const [stack, ...others] = [...stacks].sort((one, other) => weight(other) - weight(one));
  if (!stack) throw new CommandFailure('the CDK app has no stack: there is nothing to rehearse', ExitCode.badInput);
  if (stack.services.length === 0) {
    const names = stacks.map(({ id }) => id).join(', ');
    throw new CommandFailure(
      `the CDK app has no ECS service (stacks: ${names}): add a BlueGreenService of cdk-greenlight first, ` +
        'docs/reuse.md says how',
      ExitCode.badInput,
    );
  }
  const keys = contextKeys(directory);
  const change = await findChange(stack, keys, synthesize);
  const schema = schemaPath(directory, 'rehearsal.schema.json');
  return {
    ...(schema !== undefined && { schema }),
    stack,
    otherStacks: others.map(({ id }) => id),
    contextKeys: keys,
    ...(change && { change }),
  };
}

/** The first context key that makes the app deploy another task definition. */
async function findChange(
  stack: FoundStack,
  keys: readonly string[],
  synthesize: Synthesize,
): Promise<Change | undefined> {
  const tried = [...keys.filter(isLikelyVersion).slice(0, KEYS_TRIED_MAX), ASSET_SALT];
  for (const [index, key] of tried.entries()) {
    const stacks = await synthesize(`with another ${key}`, { [key]: 'v2' }).catch((error: unknown) => {
      // The app may refuse the value. Then the next key is tried.
      if (error instanceof CommandFailure && index < tried.length - 1) return [];
      throw error;
    });
    const changed = stacks.find(({ id }) => id === stack.id);
    if (changed && changed.taskDefinitions !== stack.taskDefinitions) return { key };
  }
  return undefined;
}

/** The CDK CLI writes the results of lookups into the app's folder. @returns a function that restores the file */
function guardFile(file: string): () => void {
  const before = existsSync(file) ? readFileSync(file) : undefined;
  return () => {
    if (!existsSync(file)) return;
    if (before === undefined) rmSync(file);
    else if (!readFileSync(file).equals(before)) writeFileSync(file, before);
  };
}

/** Writes the file, unless it exists. The file system checks that, so no other program can come between. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST' ? existing(file) : new CommandFailure(`${file}: ${message}`, ExitCode.badInput);
  }
}

function existing(file: string): CommandFailure {
  return new CommandFailure(
    `${file}: it exists, and is not overwritten; name another with --file, or print it with --stdout`,
    ExitCode.badInput,
  );
}

function report(output: Output, file: string, { stack, change }: Proposal): void {
  const names = stack.services.map(({ name }) => name).join(', ');
  const run = relative('.', file) === 'rehearsal.yaml' ? '' : ` --file ${file}`;
  output.say(`Wrote ${file} for stack ${stack.id} (${names}).`);
  if (!change) output.say('It has one release: read its last comment for a second one.');
  output.say(`Run it: npx greenlight rehearse${run}`);
}
