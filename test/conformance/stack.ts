import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { INTERNAL } from '../../rehearsal/core/service';
import type { LocalAws } from '../../rehearsal/local-aws';
import { until } from '../support/until';

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Properties: Record<string, unknown> }>>;
}

/** Creates the stack of the steps, with a deployment group that releases at once. */
export async function createQuickStack(aws: LocalAws): Promise<void> {
  const template = parse(readFileSync(join(__dirname, 'steps', 'stack.yaml'), 'utf8')) as Template;
  Object.assign(template.Resources['DeploymentGroup']!.Properties, {
    DeploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
    BlueGreenDeploymentConfiguration: {
      DeploymentReadyOption: { ActionOnTimeout: 'CONTINUE_DEPLOYMENT' },
      TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: 0 },
    },
  });
  const call = <Output>(operation: string, input: object) =>
    aws.world.call<Output>(INTERNAL, 'cloudformation', operation, { StackName: 'conformance', ...input });
  await call('CreateStack', { TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_NAMED_IAM'] });
  await until('the stack to be there', async () => {
    const { Stacks } = await call<{ Stacks: { StackStatus: string }[] }>('DescribeStacks', {});
    return Stacks[0]?.StackStatus === 'CREATE_COMPLETE';
  });
}
