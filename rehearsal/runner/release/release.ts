import type { LocalAws } from '../../local-aws';
import { expectationOf } from '../plan/expectation';
import type { ReleaseReport } from '../report/document';
import { noRequests } from '../report/requests';
import { type CdkResult, runCdk } from '../synthesis/cdk';
import { deploymentsSince, type DeploymentView, hasEnded, serviceDeploymentsSince } from './deployments';
import { describe, isOfCloudFormation, takeSnapshot, type ReleaseRun, type ServiceDeployments } from './describe';
import { machineProblemIn } from '../../core/machine-problem';
import { endingsOf } from './endings';
import { planLanes } from '../synthesis/lanes';
import { placeOf } from './places';
import type { LiveService } from './live';
import { Load, type LoadResult } from './load';
import { SynthesisError } from '../synthesis/synthesis';

const noLoad: LoadResult = { total: noRequests, byService: new Map(), requests: [] };

/**
 * One `cdk deploy` under load, watched until its deployments have ended, the bake included.
 * @throws SynthesisError when the CLI ends before it reached CloudFormation
 */
export async function runRelease(aws: LocalAws, run: ReleaseRun): Promise<ReleaseReport> {
  const before = await takeSnapshot(aws, run.assembly);
  const began = { awsMs: aws.clock.now(), wallMs: performance.now() };
  const { lanes, unserved } = planLanes(before.services, run.plan.traffic);
  announce(aws, run);
  aws.network.injections.begin(run.planned.fault);
  for (const detail of unserved) aws.events.record('traffic', 'unserved', detail);
  const load = lanes.length > 0 ? new Load(aws, before.services, lanes) : undefined;
  try {
    const cdk = await deploy(aws, run);
    const problem = cdk.exitCode === 0 ? undefined : machineProblemIn(cdk.output);
    if (problem) throw problem;
    refuseUnstarted(aws, run, cdk);
    aws.events.record('cdk', 'deployed', `cdk deploy ${run.stack.id} ended with ${cdk.exitCode}`);
    const deployments = await untilEnded(aws, before.services, began.awsMs, run.signal);
    const result = (await load?.end()) ?? noLoad;
    // A release that `cdk deploy` failed with has its reason there.
    const views = cdk.exitCode === 0 ? [...deployments.values()].flat() : [];
    const endings = await endingsOf(aws, views, run.signal);
    return await describe(aws, run, { began, before, cdk, deployments, endings, load: result });
  } finally {
    await load?.end();
  }
}

function announce(aws: LocalAws, { planned, stack }: ReleaseRun): void {
  const what = planned.description === undefined ? '' : `: ${planned.description}`;
  aws.events.record('cdk', 'deploy', `cdk deploy ${stack.id} (${planned.name})${what}`, { release: planned.name });
}

function deploy(aws: LocalAws, { stack, assembly, directory, signal }: ReleaseRun): Promise<CdkResult> {
  const args = ['deploy', stack.id, '--app', assembly.directory];
  return runCdk(args, aws.deployerEnvironment(), { cwd: directory, signal });
}

/** A `cdk deploy` that failed without a word to CloudFormation ends the rehearsal in the CLI's own words. */
function refuseUnstarted(aws: LocalAws, { planned, eventsBefore }: ReleaseRun, cdk: CdkResult): void {
  if (cdk.exitCode === 0 || expectationOf(planned).outcome === 'refused') return;
  const reached = aws.events.all().slice(eventsBefore).some(isOfCloudFormation);
  if (!reached) throw new SynthesisError('cdk deploy failed before it changed anything', cdk.exitCode, cdk.output);
}

/** Follows the release's deployments, and the rollbacks of them, until none runs: traffic continues meanwhile. */
async function untilEnded(
  aws: LocalAws,
  services: readonly LiveService[],
  sinceMs: number,
  signal: AbortSignal,
): Promise<ServiceDeployments> {
  for (;;) {
    const found = new Map<string, readonly DeploymentView[]>();
    for (const { name, arn, deploymentGroup, serviceDeployments } of services) {
      const { world } = placeOf(aws, arn);
      if (deploymentGroup) found.set(name, await deploymentsSince(world, deploymentGroup, sinceMs));
      if (serviceDeployments) found.set(name, await serviceDeploymentsSince(world, serviceDeployments, sinceMs));
    }
    if ([...found.values()].flat().every(hasEnded)) return found;
    await aws.clock.sleep(5_000, signal);
  }
}
