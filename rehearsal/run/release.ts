import { join } from 'node:path';
import type { RehearsalEvent } from '../events';
import type { LocalAws } from '../index';
import type { Plan, PlannedRelease } from '../plan/plan';
import type { ReleaseReport, RequestCounts, TimelineEntry } from '../report/document';
import { noRequests } from '../report/requests';
import { INTERNAL } from '../service';
import { type CdkResult, runCdk } from '../cdk';
import { deploymentsSince, type DeploymentView, findLiveService, hasEnded, type LiveService, viewStack } from './live';
import { Load } from './load';
import { failureReason, isAsExpected, outcomeOf } from './outcome';

export interface RunOptions {
  readonly plan: Plan;
  /** Folder of the rehearsal file: the CDK app's own. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** The CDK app itself failed: what it printed is its own error. */
export class SynthesisError extends Error {
  constructor(
    stack: string,
    readonly exitCode: number,
    readonly output: string,
  ) {
    const unknown = /No stacks match the name/.test(output);
    super(
      unknown
        ? `the CDK app has no stack "${stack}": set stack in the rehearsal file to one that it has`
        : 'the CDK app does not synthesize',
    );
    this.name = 'SynthesisError';
  }
}

/**
 * One `cdk deploy` under load, watched until its deployment has ended, the bake included.
 * @throws SynthesisError
 */
export async function runRelease(aws: LocalAws, planned: PlannedRelease, options: RunOptions): Promise<ReleaseReport> {
  const began = { awsMs: aws.clock.now(), wallMs: performance.now() };
  const { plan } = options;
  const before = await findLiveService(aws.world, plan.stack);
  const load = before && new Load(aws, before, plan);
  try {
    const cdk = await deploy(aws, planned, options);
    refuseUnsynthesized(aws, plan.stack, planned, cdk, began.awsMs);
    const deployment = before && (await untilEnded(aws, before, began.awsMs, options.signal));
    const requests = (await load?.end()) ?? noRequests;
    return await describe(aws, {
      planned,
      plan,
      began,
      existedBefore: before !== undefined,
      cdk,
      deployment,
      requests,
    });
  } finally {
    await load?.end();
  }
}

function deploy(aws: LocalAws, planned: PlannedRelease, { plan, directory, signal }: RunOptions): Promise<CdkResult> {
  const context = Object.entries(planned.context).flatMap(([key, value]) => [
    '--context',
    `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ]);
  const app = plan.app === undefined ? [] : ['--app', plan.app];
  const output = join(aws.world.directory, `cdk.out.${planned.name}`);
  aws.events.record('cdk', 'deploy', `cdk deploy ${plan.stack} (${planned.name})`, { release: planned.name });
  return runCdk(['deploy', plan.stack, ...app, '--output', output, ...context], aws.deployerEnvironment(), {
    cwd: directory,
    signal,
  });
}

/** A `cdk deploy` that failed without a word to CloudFormation never got past its app. */
function refuseUnsynthesized(
  aws: LocalAws,
  stack: string,
  planned: PlannedRelease,
  cdk: CdkResult,
  sinceMs: number,
): void {
  if (cdk.exitCode === 0 || planned.expect === 'refused') return;
  const reached = aws.events.all().some((event) => event.atMs >= sinceMs && event.source === 'cloudformation');
  if (!reached) throw new SynthesisError(stack, cdk.exitCode, cdk.output);
}

/** Follows the release's deployment, and the rollback of it, until neither runs: traffic goes on meanwhile. */
async function untilEnded(
  aws: LocalAws,
  service: LiveService,
  sinceMs: number,
  signal: AbortSignal,
): Promise<DeploymentView | undefined> {
  for (;;) {
    const deployments = await deploymentsSince(aws.world, service, sinceMs);
    if (deployments.every(hasEnded)) return deployments.filter((view) => view.creator !== 'codeDeployRollback').at(-1);
    await aws.clock.sleep(5_000, signal);
  }
}

interface Observed {
  readonly planned: PlannedRelease;
  readonly plan: Plan;
  readonly began: { readonly awsMs: number; readonly wallMs: number };
  readonly existedBefore: boolean;
  readonly cdk: CdkResult;
  readonly deployment: DeploymentView | undefined;
  readonly requests: RequestCounts;
}

async function describe(aws: LocalAws, observed: Observed): Promise<ReleaseReport> {
  const { planned, plan, began, cdk, deployment } = observed;
  const stackStatus = (await viewStack(aws.world, plan.stack))?.status ?? '';
  const outcome = outcomeOf({
    cdkExitCode: cdk.exitCode,
    stackStatus,
    existedBefore: observed.existedBefore,
    deploymentStatus: deployment?.status,
  });
  const healthy = outcome === 'created' || outcome === 'succeeded';
  const reason = healthy ? '' : await reasonOf(aws, plan.stack, observed);
  return {
    name: planned.name,
    outcome,
    expected: planned.expect,
    asExpected: isAsExpected(planned, outcome, reason),
    cdkExitCode: cdk.exitCode,
    stackStatus,
    deploymentId: deployment?.id ?? null,
    reason,
    awsSeconds: Math.round((aws.clock.now() - began.awsMs) / 1000),
    wallMs: Math.round(performance.now() - began.wallMs),
    requests: observed.requests,
    timeline: timeline(aws.events.all(), began.awsMs),
  };
}

/** CloudFormation's reason; without one, CodeDeploy's (a bake that failed after the stack was done), or the CLI's. */
async function reasonOf(aws: LocalAws, stackName: string, { began, cdk, deployment }: Observed): Promise<string> {
  const { StackEvents } = await aws.world
    .call<{
      StackEvents: { Timestamp: Date; ResourceStatus: string; ResourceStatusReason?: string }[];
    }>(INTERNAL, 'cloudformation', 'DescribeStackEvents', { StackName: stackName })
    .catch(() => ({ StackEvents: [] }));
  const oldestFirst = StackEvents.filter((event) => new Date(event.Timestamp).getTime() >= began.awsMs).reverse();
  return failureReason(oldestFirst) || deployment?.error || lastError(cdk.output);
}

function lastError(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.findLast((line) => /error|fail|❌/i.test(line)) ?? lines.findLast((line) => line !== '') ?? '';
}

function timeline(events: readonly RehearsalEvent[], beganMs: number): TimelineEntry[] {
  return events
    .filter((event) => event.atMs >= beganMs)
    .map(({ atMs, source, event, detail }) => ({ awsMs: Math.round(atMs - beganMs), source, event, detail }));
}
