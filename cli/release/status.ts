import { Command } from 'commander';
import type { CommandContext } from '../context';
import { CommandFailure, ExitCode } from '../failure';
import type { Output } from '../output';
import { withAws } from './aws';
import { observe } from './observe';
import { clusterOption, findService, findServices, stackOption, type Wanted } from './services';
import type { ServiceStatus } from './status-types';
import { statusLines } from './text';
import { watch } from './watch';

interface Options extends Omit<Wanted, 'service'> {
  readonly watch?: true;
  readonly json?: true;
}

const help = `
Example, at 3 a.m.:
  $ greenlight status web
  Shop-Web (cluster Shop, eu-west-1, CodeDeploy)
  live      Shop-a Shop-Web:7 (you/web:1.4.0), 100 % of traffic, 2/2 tasks healthy
  traffic   Shop:443 default: Shop-a 100 %, Shop-b 0 %
  release   none in progress
  alarms    9 of 9 OK
  last      d-A1B2C3D4E succeeded at 2026-01-01 14:03:07Z

More examples:
  greenlight status                    every service with two sides in the region
  greenlight status --stack Shop       the services of a stack
  greenlight status web --watch        until the release in progress has ended
  greenlight status --json             one document

SERVICE is the name, a part of it, or the ARN. Credentials and region are those of any AWS client: AWS_PROFILE, AWS_REGION.
For a kept rehearsal, source the lines that \`greenlight rehearse --keep\` printed.

Exit codes: 0 nothing is wrong, 1 something is wrong or waits for a person (lines "wrong" and "waiting"),
2 no such service, or no credentials, 3 AWS refused a call, 130 interrupted, 141 the reader closed the output.
With --watch: 0 the release succeeded, 1 it did not.
docs/cli.md has the IAM policy that the command needs.`;

/** `greenlight status`: the live side, the release in progress, what is wrong and what to do. */
export function statusCommand(context: CommandContext): Command {
  return new Command('status')
    .description('Show which side of a service is live, the release in progress, and what is wrong.')
    .argument('[service]', 'the ECS service: name, a part of it, or ARN (default: all with two sides)')
    .addOption(clusterOption())
    .addOption(stackOption())
    .option('-w, --watch', 'show the release in progress until it has ended')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action(async (service: string | undefined, options: Options) =>
      context.exit(await run(context, { ...options, service }, options)),
    );
}

function run(context: CommandContext, wanted: Wanted, options: Options): Promise<number> {
  const { output } = context;
  if (options.json) output.reserveStdout();
  if (options.json && options.watch)
    throw new CommandFailure('--json prints one document; leave out --watch', ExitCode.badInput);
  return withAws(context, async (aws) => {
    if (options.watch) return watch(aws, await findService(aws, wanted), output);
    const services = await findServices(aws, wanted);
    const statuses = await Promise.all(services.map((service) => observe(aws, service)));
    publish(statuses, options, output);
    return exitCodeOf(statuses);
  });
}

function publish(services: readonly ServiceStatus[], { json }: Options, output: Output): void {
  if (json) return output.json({ services });
  services.forEach((status, at) => {
    if (at > 0) output.say('');
    for (const line of statusLines(status, Date.now())) output.say(...line);
  });
}

/** A note needs nobody. */
export function exitCodeOf(services: readonly ServiceStatus[]): number {
  const isUrgent = services.some(({ findings }) => findings.some(({ kind }) => kind !== 'note'));
  return isUrgent ? ExitCode.notAsExpected : ExitCode.ok;
}
