import type { Command } from 'commander';
import type { CommandContext } from '../context';
import type { Aws } from './aws';
import { type Act, actCommand, NONE } from './act';
import type { ReleaseStatus } from './status-types';

const help = `
Example:
  $ greenlight approve web
  Shop-Web  d-A1B2C3D4E Ready: Approval for 2 min (since 2026-01-01 14:03:07Z)
  Continue release d-A1B2C3D4E? Production traffic begins to move to the new version. [y/N]
  y
  Release d-A1B2C3D4E continues.

More examples:
  greenlight approve web --yes            in a script
  greenlight abort web                    the opposite: stop it, production stays on the old version

Exit codes: 0 the release continues, 1 none waits for approval or it was not confirmed, 2 no such service, no credentials
or no terminal to ask on, 3 AWS refused a call, 130 interrupted.
docs/cli.md has the IAM policy that the command needs.`;

export const approve: Act = {
  name: 'approve',
  description: 'Continue the release that waits for approval.',
  help,
  refusal: (release) => {
    if (!release) return NONE;
    if (release.waitsForApproval) return undefined;
    return `release ${release.id} does not wait for approval: it is ${release.status}${release.stage === undefined ? '' : ` (${release.stage})`}`;
  },
  question: ({ id }) => `Continue release ${id}? Production traffic begins to move to the new version.`,
  perform: proceed,
  done: ({ id }) => [`Release ${id} continues.`],
};

/**
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ContinueDeployment.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html
 */
function proceed(aws: Aws, { id, arn, hookId }: ReleaseStatus): Promise<unknown> {
  if (arn === undefined)
    return aws.codeDeploy('ContinueDeployment', { deploymentId: id, deploymentWaitType: 'READY_WAIT' });
  return aws.ecs('ContinueServiceDeployment', { serviceDeploymentArn: arn, hookId, action: 'CONTINUE' });
}

/** `greenlight approve`: continues a release that waits for a person. */
export function approveCommand(context: CommandContext): Command {
  return actCommand(context, approve);
}
