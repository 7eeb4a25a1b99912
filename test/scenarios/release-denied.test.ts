import { context, type Releases, startReleases } from '../support/scenarios/releases';
import { succeeded } from '../support/scenarios/scenario';

/**
 * Each action of each role that a release uses, taken away for good: the release ends long before CloudFormation's hour, in
 * a sentence that names action and role. CodeDeploy names its role and the service.
 */
jest.setTimeout(600_000);

const SPEED = 120;
/** CloudFormation's hour is 60; a busy machine takes AWS time for what it does. */
const MINUTES_MAX = 40;

interface Statement {
  Action: string | string[];
}
interface Resource {
  readonly Type: string;
  readonly Properties: {
    PolicyDocument?: { Statement: Statement[] };
    Policies?: { PolicyDocument: { Statement: Statement[] } }[];
    ContainerDefinitions?: { Environment: object[] }[];
  };
}
interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** By the beginning of the logical id of what holds the policy. What is not in a list is not called in such a release. */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  GreenlightReleaseWaiterRole: ['lambda:InvokeFunction'],
  GreenlightReleaseRole: [
    'states:StartExecution',
    'states:ListExecutions',
    'states:DescribeExecution',
    'cloudformation:DescribeStacks',
    'codedeploy:CreateDeployment',
    'codedeploy:GetDeployment',
    'codedeploy:ListDeployments',
    'codedeploy:BatchGetDeploymentTargets',
    'ecs:DescribeServices',
    'application-autoscaling:RegisterScalableTarget',
  ],
  WebGateRole: [
    'ec2:DescribeNetworkInterfaces',
    'elasticloadbalancing:DescribeRules',
    'elasticloadbalancing:DescribeTargetHealth',
    'cloudwatch:DescribeAlarms',
    'codedeploy:BatchGetDeploymentTargets',
    'codedeploy:PutLifecycleEventHookExecutionStatus',
  ],
  WebCodeDeployRole: [
    'ecs:DescribeServices',
    'ecs:CreateTaskSet',
    'ecs:UpdateServicePrimaryTaskSet',
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeTargetGroups',
    'cloudwatch:DescribeAlarms',
    'iam:PassRole',
    'lambda:InvokeFunction',
  ],
};

let world: Releases;
let template: Template;
beforeAll(async () => {
  world = await startReleases(SPEED);
  const values = { version: 'v1', shift: 'all-at-once', bakeMinutes: '0', desiredCount: '1' };
  succeeded(await world.cdk(['deploy', ...context(values)]));
  const StackName = await world.stackId();
  const response = await world.call<{ TemplateBody: string }>('cloudformation', 'GetTemplate', { StackName });
  template = JSON.parse(response.TemplateBody) as Template;
});
afterAll(() => world?.stop());

const documentsOf = ({ Properties: { PolicyDocument, Policies = [] } }: Resource) => [
  ...(PolicyDocument ? [PolicyDocument] : []),
  ...Policies.map((policy) => policy.PolicyDocument),
];

/** A release whose template lacks the action. */
function without(holder: string, action: string): string {
  const changed = structuredClone(template);
  for (const [id, resource] of Object.entries(changed.Resources)) {
    const [container] = resource.Properties.ContainerDefinitions ?? [];
    container?.Environment.push({ Name: 'DENIED', Value: `${holder} ${action}` });
    if (!id.startsWith(holder)) continue;
    for (const document of documentsOf(resource)) {
      for (const each of document.Statement) each.Action = [each.Action].flat().filter((name) => name !== action);
      document.Statement = document.Statement.filter(({ Action }) => Action.length > 0);
    }
    const { Policies } = resource.Properties;
    if (Policies) resource.Properties.Policies = Policies.filter((each) => each.PolicyDocument.Statement.length > 0);
  }
  return JSON.stringify(changed);
}

/** @returns why the update failed, and after how many minutes; AWS time */
async function update(changed: string) {
  const StackName = await world.stackId();
  const begin = world.aws.clock.now();
  await world.updateStack(changed);
  await world.until('the end', async () => /^UPDATE_(ROLLBACK_)?(COMPLETE|FAILED)$/.test(await world.status()), 90);
  const { StackEvents } = await world.call<{
    StackEvents: { Timestamp: string; ResourceStatus: string; ResourceStatusReason?: string }[];
  }>('cloudformation', 'DescribeStackEvents', { StackName });
  const failed = StackEvents.filter((event) => event.ResourceStatus === 'UPDATE_FAILED');
  const first = failed.findLast(({ Timestamp }) => new Date(Timestamp).getTime() >= begin);
  const minutes = (new Date(first?.Timestamp ?? 0).getTime() - begin) / 60_000;
  return { reason: first?.ResourceStatusReason ?? '', minutes, status: await world.status() };
}

const rows = Object.entries(CALLED).flatMap(([holder, actions]) => actions.map((action) => [holder, action] as const));

test.each(rows)('%s without %s ends the release with that sentence', async (holder, action) => {
  const { reason, minutes, status } = await update(without(holder, action));
  expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
  const role = holder.replace('DefaultPolicy', '').slice(0, 15);
  const says =
    holder === 'WebCodeDeployRole'
      ? new RegExp(`The IAM role \\S*${role}\\S* does not give you permission`)
      : new RegExp(`\\S*${role}\\S* is not authorized to perform: ${action} on`);
  expect(reason).toMatch(says);
  expect(minutes).toBeLessThan(MINUTES_MAX);
  await world.until('everything to rest', async () => (await world.activeDeployments()).length === 0);
});
