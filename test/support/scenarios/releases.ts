import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type CdkResult, runCdk } from '../../../rehearsal/runner/synthesis/cdk';
import { findLiveServices, type LiveService } from '../../../rehearsal/runner/release/live';
import { appCommand } from '../app';
import { type Scenario, startScenario } from './scenario';

const ROOT = join(__dirname, '../../..');
const STACK = 'Greenlight';
const APP = appCommand('bin/app.ts');

export interface DeploymentInfo {
  readonly deploymentId: string;
  readonly status: string;
  readonly creator: string;
  readonly createTime: number;
  readonly completeTime?: number;
  readonly description?: string;
  readonly instanceTerminationWaitTimeStarted: boolean;
  readonly rollbackInfo?: { readonly rollbackDeploymentId?: string };
}

/** The service, whatever engine ships it. */
export interface ShippedService extends LiveService {
  readonly productionListenerArn: string;
}

export interface ReleasedService {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly productionListenerArn: string;
  readonly liveTargetGroupArn: string;
}

/** The sample app, released by the real CDK CLI. */
export interface Releases extends Scenario {
  shipped(): Promise<ShippedService>;
  /** The service that CodeDeploy ships. @throws Error when ECS itself ships it */
  service(): Promise<ReleasedService>;
  /** Of people and of the release, in order; without CodeDeploy's own rollbacks. */
  deployments(): Promise<readonly DeploymentInfo[]>;
  /** The deployment that is in flight once there is one and it is as `when` says. */
  inFlight(when?: (info: DeploymentInfo) => boolean): Promise<DeploymentInfo>;
  /** Ids of those that have not ended, CodeDeploy's own rollbacks among them. */
  activeDeployments(): Promise<readonly string[]>;
  /** Weight of each target group behind production, those without traffic left out. */
  traffic(): Promise<readonly number[]>;
  cdk(args: readonly string[], signal?: AbortSignal): Promise<CdkResult>;
  status(): Promise<string>;
  stackId(): Promise<string>;
  /** Begins an update of the stack to a template, by way of S3 as the CDK does it: it is too long for a request. */
  updateStack(template: string): Promise<void>;
  /** Whether any automatic scaling of the service is suspended. */
  scalingSuspended(): Promise<boolean>;
}

/** `-c` options of an app's context. */
export function context(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

export async function startReleases(speed?: number): Promise<Releases> {
  const scenario = await startScenario('../../../bin/app', STACK, speed);
  const { aws } = scenario;
  const call = <Output>(service: string, operation: string, input: object) =>
    scenario.call<Output>(service, operation, input);
  const service = () => serviceOf(aws);
  const deployments = async () => deploymentsOf(call, await service());
  const stack = async () => {
    const { Stacks } = await call<{ Stacks: Record<string, string>[] }>('cloudformation', 'DescribeStacks', {
      StackName: STACK,
    });
    return Stacks[0] ?? {};
  };
  let runs = 0;
  return {
    ...scenario,
    shipped: () => shippedOf(aws),
    service,
    deployments,
    inFlight: async (when = () => true) => {
      const running = async () => (await deployments()).find((it) => it.status === 'InProgress' && when(it));
      // Synthesis takes real time, which is much of AWS's on a busy machine.
      await scenario.until('a deployment in flight', async () => (await running()) !== undefined, 240);
      return (await running()) as DeploymentInfo;
    },
    activeDeployments: async () => activeDeployments(call, await service()),
    traffic: async () => {
      const weights = Object.values(await scenario.weights((await service()).productionListenerArn));
      return weights.filter((weight) => weight > 0);
    },
    cdk: (args, signal) => {
      const assembly = (run: number) => join(aws.world.directory, `cdk.out.releases.${run}`);
      // What destroys needs no synthesis, and comes while it still matters.
      const own =
        args[0] === 'destroy'
          ? ['--force', '--app', assembly(runs)]
          : ['--app', APP, '--output', assembly((runs += 1))];
      return runCdk([...args, STACK, ...own], aws.deployerEnvironment(), { cwd: ROOT, signal });
    },
    updateStack: (template) => updateStack(scenario, call, template),
    scalingSuspended: () => isScalingSuspended(call),
    status: async () => (await stack()).StackStatus ?? '',
    stackId: async () => (await stack()).StackId ?? '',
  };
}

type Call = Scenario['call'];

async function updateStack({ aws: { world } }: Scenario, call: Call, template: string): Promise<void> {
  const { accountId, region } = world;
  const [Bucket, Key] = [`cdk-hnb659fds-assets-${accountId}-${region}`, `${randomUUID()}.json`];
  await call('s3', 'PutObject', { Bucket, Key, Body: Buffer.from(template) });
  const { Stacks } = await call<{ Stacks: { StackId: string; Parameters?: object[] }[] }>(
    'cloudformation',
    'DescribeStacks',
    { StackName: STACK },
  );
  await call('cloudformation', 'UpdateStack', {
    StackName: Stacks[0]?.StackId,
    TemplateURL: `https://${Bucket}.s3.${region}.amazonaws.com/${Key}`,
    Parameters: Stacks[0]?.Parameters,
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
  });
}

async function shippedOf({ world }: Scenario['aws']): Promise<ShippedService> {
  const [found] = await findLiveServices(world);
  const [route] = found?.routes ?? [];
  if (!found || !route) throw new Error('there is no service');
  return { ...found, productionListenerArn: route.listener.arn };
}

async function serviceOf(aws: Scenario['aws']): Promise<ReleasedService> {
  const { deploymentGroup, productionListenerArn, liveTargetGroupArn } = await shippedOf(aws);
  if (!deploymentGroup) throw new Error('there is no deployment group');
  return { ...deploymentGroup, productionListenerArn, liveTargetGroupArn };
}

function listDeployments(call: Call, service: ReleasedService, filter: object = {}) {
  const { applicationName, deploymentGroupName } = service;
  const input = { applicationName, deploymentGroupName, ...filter };
  return call<{ deployments: string[] }>('codedeploy', 'ListDeployments', input);
}

async function deploymentsOf(call: Call, service: ReleasedService): Promise<readonly DeploymentInfo[]> {
  const { deployments } = await listDeployments(call, service);
  const infos = await Promise.all(
    deployments.map((deploymentId) =>
      call<{ deploymentInfo: DeploymentInfo }>('codedeploy', 'GetDeployment', { deploymentId }),
    ),
  );
  return infos
    .map(({ deploymentInfo }) => deploymentInfo)
    .filter((it) => it.creator !== 'codeDeployRollback')
    .reverse();
}

async function activeDeployments(call: Call, service: ReleasedService): Promise<readonly string[]> {
  const includeOnlyStatuses = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'];
  return (await listDeployments(call, service, { includeOnlyStatuses })).deployments;
}

async function isScalingSuspended(call: Call): Promise<boolean> {
  const { ScalableTargets } = await call<{ ScalableTargets: { SuspendedState: Record<string, boolean> }[] }>(
    'application-autoscaling',
    'DescribeScalableTargets',
    { ServiceNamespace: 'ecs' },
  );
  return ScalableTargets.some(({ SuspendedState }) => Object.values(SuspendedState).some(Boolean));
}
