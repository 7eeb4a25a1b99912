import { Command } from 'commander';
import { confirm } from '../confirm';
import type { CommandContext } from '../context';
import { CommandFailure, ExitCode } from '../failure';
import { type Aws, withAws } from './aws';
import { releasesOf } from './releases';
import { clusterOption, findService, stackOption, type Wanted } from './services';
import type { ReleaseStatus } from './status-types';
import { releaseText } from './text';

interface Options extends Omit<Wanted, 'service'> {
  readonly yes?: true;
  readonly json?: true;
}

/** A command that acts on the release in progress of one service. */
export interface Act {
  readonly name: 'approve' | 'abort';
  readonly description: string;
  readonly help: string;
  /** Why it does not apply; undefined when it does. */
  refusal(release: ReleaseStatus | undefined): string | undefined;
  question(release: ReleaseStatus): string;
  perform(aws: Aws, release: ReleaseStatus): Promise<unknown>;
  /** What it says afterwards. */
  done(release: ReleaseStatus): readonly string[];
}

export function actCommand(context: CommandContext, act: Act): Command {
  return new Command(act.name)
    .description(act.description)
    .argument('[service]', 'the ECS service: name, a part of it, or ARN (default: the only one with two sides)')
    .addOption(clusterOption())
    .addOption(stackOption())
    .option('-y, --yes', 'do not ask: for scripts')
    .option('--json', 'print one JSON document')
    .addHelpText('after', act.help)
    .action(async (service: string | undefined, options: Options) => {
      if (options.json) context.output.reserveStdout();
      await withAws(context, (aws) => run(context, aws, act, { ...options, service }));
    });
}

async function run({ output }: CommandContext, aws: Aws, act: Act, options: Options & Wanted): Promise<void> {
  const service = await findService(aws, options);
  const { release } = await releasesOf(aws, service);
  const refusal = act.refusal(release);
  if (!release || refusal !== undefined)
    throw new CommandFailure(`${service.serviceName}: ${refusal ?? NONE}`, ExitCode.notAsExpected);
  output.say({ text: service.serviceName, style: 'bold' }, `  ${releaseText(release, Date.now())}`);
  if (!options.yes) await confirm(output, act.question(release));
  await act.perform(aws, release);
  for (const line of act.done(release)) output.say(line);
  output.say(`Follow it: greenlight status ${service.serviceName} --watch`);
  if (options.json) output.json({ service: service.serviceName, action: act.name, release });
}

export const NONE = 'no release is in progress';
