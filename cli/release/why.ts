import { Command } from 'commander';
import type { CommandContext } from '../context';
import { ExitCode } from '../failure';
import type { Output } from '../output';
import { withAws } from './aws';
import { type Explanation, explain } from './explanation';
import { clusterOption, findService, stackOption, type Wanted } from './services';
import { fromAws } from './text';

interface Options extends Omit<Wanted, 'service'> {
  readonly json?: true;
}

const help = `
Example:
  $ greenlight why web
  Shop-Web was not released: the AfterAllowTestTraffic gate says: check "orders" failed: status was 500, expected 200;
  deployment d-A1B2C3D4E stopped; production is back on the old version (rollback d-E4D3C2B1A).
  evidence  check "orders" failed: status was 500, expected 200 (smoke.yaml:12:7)
  do        fix what the check found, or the suite if it expects too much; then deploy again

More examples:
  greenlight why                       the last release of the only service with two sides
  greenlight why d-A1B2C3D4E           a deployment of CodeDeploy
  greenlight why arn:aws:ecs:...       a service deployment of ECS, by its ARN
  greenlight why web --json            with the whole verdict of the gate

The verdict of the gate is read from the log groups of the stack that has the service.
Exit codes: 0 the release succeeded, or is in progress and nothing has failed, 1 it did not succeed, 2 no such service or
deployment, or no credentials, 3 AWS refused a call, 130 interrupted.
docs/cli.md has the IAM policy that the command needs.`;

/** `greenlight why`: the sentence of the verdict on a release, its evidence, and what to do. */
export function whyCommand(context: CommandContext): Command {
  return new Command('why')
    .description('Say why a release was not released: the verdict, its evidence and what to do.')
    .argument('[release]', 'a deployment id or ARN, or the ECS service whose last release is meant')
    .addOption(clusterOption())
    .addOption(stackOption())
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action(async (named: string | undefined, options: Options) => {
      if (options.json) context.output.reserveStdout();
      const explanation = await withAws(context, async (aws) =>
        explain(aws, named, (service) => findService(aws, { ...options, service })),
      );
      if (options.json) context.output.json(explanation);
      else show(explanation, context.output);
      context.exit(explanation.outcome === 'failed' ? ExitCode.notAsExpected : ExitCode.ok);
    });
}

function show({ sentence, evidence, remedy, outcome }: Explanation, output: Output): void {
  const style = outcome === 'failed' ? 'bad' : outcome === 'succeeded' ? 'good' : 'warning';
  output.say({ text: fromAws(sentence, SENTENCE_MAX), style });
  for (const line of evidence) output.say({ text: 'evidence  ', style: 'dim' }, fromAws(line));
  if (remedy !== undefined) output.say({ text: 'do        ', style: 'dim' }, remedy);
}

/** The length of a reason of CloudFormation. */
const SENTENCE_MAX = 1_000;
