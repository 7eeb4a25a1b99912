import type { Command } from 'commander';
import type { CommandContext } from '../context';
import type { Aws } from './aws';
import { type Act, actCommand, NONE } from './act';
import type { ReleaseStatus } from './status-types';

const help = `
Example:
  $ greenlight abort web
  Shop-Web  d-A1B2C3D4E InProgress: AllowTraffic for 2 min (since 2026-01-01 14:03:07Z)
  Stop release d-A1B2C3D4E? All production traffic goes back to the old version. [y/N]
  y
  Release d-A1B2C3D4E is being stopped; production traffic goes back to the old version.

It works at any time until the bake of the release is over.
  greenlight abort web --yes              in a script

Exit codes: 0 the release is being stopped, 1 none is in progress or it was not confirmed, 2 no such service, no credentials
or no terminal to ask on, 3 AWS refused a call, 130 interrupted.
docs/cli.md has the IAM policy that the command needs.`;

export const abort: Act = {
  name: 'abort',
  description: 'Stop the release in progress, and put production traffic back on the old version.',
  help,
  refusal: (release) => {
    if (!release) return `${NONE}. To go back to an earlier version, deploy it`;
    return release.rollsBack ? `release ${release.id} is being rolled back already` : undefined;
  },
  question: ({ id }) => `Stop release ${id}? All production traffic goes back to the old version.`,
  perform: stop,
  done: (release) => [
    `Release ${release.id} is being stopped; production traffic goes back to the old version.`,
    whatTheStackHas(release),
  ],
};

/**
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_StopDeployment.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html
 */
function stop(aws: Aws, { id, arn }: ReleaseStatus): Promise<unknown> {
  if (arn === undefined) return aws.codeDeploy('StopDeployment', { deploymentId: id, autoRollbackEnabled: true });
  return aws.ecs('StopServiceDeployment', { serviceDeploymentArn: arn, stopType: 'ROLLBACK' });
}

/** docs/release.md, "When stack and production differ". CloudFormation follows the bake of ECS, and not that of CodeDeploy. */
function whatTheStackHas({ engine, bakes }: ReleaseStatus): string {
  return bakes && engine === 'codedeploy'
    ? 'The stack keeps the new version, because its deploy has ended. Deploying it again unchanged releases nothing: change the app first.'
    : 'A `cdk deploy` that waits for this release fails, and its stack rolls back to the old version.';
}

/** `greenlight abort`: stops a release, with a rollback. */
export function abortCommand(context: CommandContext): Command {
  return actCommand(context, abort);
}
