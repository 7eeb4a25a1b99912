import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { Plan, PlannedRelease } from '../../rehearsal/runner/plan/plan';
import { versions } from '../../rehearsal/runner/release/versions';
import { type Assembly, type AssemblyStack, resolveStack } from '../../rehearsal/runner/synthesis/assembly';
import { runCdk } from '../../rehearsal/runner/synthesis/cdk';
import { Synthesis } from '../../rehearsal/runner/synthesis/synthesis';
import { startTraffic, type Traffic, type TrafficRecord } from '../../rehearsal/runner/traffic';
import { cleanUp, type Deployed } from './clean-up';
import { Histories } from './histories';
import type { RecordedRelease, Recording } from './recording';
import type { Target } from './target';

export interface RecordOptions {
  readonly plan: Plan;
  /** The CDK app's own folder. */
  readonly directory: string;
  /** Where cloud assemblies go. */
  readonly output: string;
  readonly signal: AbortSignal;
  /** Asked once, before anything is deployed. @throws to stop */
  readonly confirm: (assembly: Assembly, stack: AssemblyStack) => void;
  readonly onLine: (line: string) => void;
}

/** How often AWS is asked whether a deployment has ended, milliseconds of AWS time. */
const POLL_MS = 15_000;

/**
 * Deploys the releases of the plan one after the other, under its load, writes down what AWS's own histories say of each, and
 * removes everything, also after a failure or an interruption.
 * @param save called after each release with all that is recorded by then, so that nothing of it is lost
 * @throws Error when something is left, with what else went wrong as its cause
 */
export async function record(
  target: Target,
  options: RecordOptions,
  save: (recording: Recording) => void,
): Promise<void> {
  const { plan, directory, output, signal } = options;
  const environment = () => target.environment();
  const synthesis = new Synthesis({ plan, directory, output, environment, signal });
  const releases: RecordedRelease[] = [];
  let deployed: Deployed | undefined;
  const deployAll = async () => {
    for (const planned of plan.releases) {
      const assembly = await synthesis.of(planned);
      const stack = resolveStack(assembly, plan.stack);
      if (!deployed) options.confirm(assembly, stack);
      deployed = { ...placeOf(stack, assembly, directory), resources: deployed?.resources ?? [] };
      const run = await ReleaseRun.begin(target, options, deployed);
      try {
        releases.push(await run.record(planned));
      } finally {
        deployed = { ...deployed, resources: await run.resources() };
      }
      save(recordingOf(target, directory, releases));
    }
  };
  const failure = await deployAll().then(
    () => undefined,
    (error: Error) => error,
  );
  await synthesis.end();
  const left = deployed ? await cleanUp(target, deployed, options.onLine) : [];
  if (left.length > 0) throw new Error(`not removed: ${left.join('; ')}. Remove it by hand`, { cause: failure });
  if (failure) throw failure;
}

function recordingOf(target: Target, directory: string, releases: readonly RecordedRelease[]): Recording {
  return {
    format: 1,
    source: target.source,
    recordedAt: new Date().toISOString(),
    region: target.region,
    versions: { ...versions(directory) },
    releases: [...releases],
  };
}

function placeOf({ id, stackName }: AssemblyStack, { directory: assembly }: Assembly, directory: string) {
  return { stackId: id, stackName, assembly, directory };
}

/** One release: deployed, followed to its end, and read from the histories. */
class ReleaseRun {
  private constructor(
    private readonly target: Target,
    private readonly options: RecordOptions,
    private readonly deployed: Deployed,
    private readonly histories: Histories,
  ) {}

  /** What is later than the stack's last event belongs to the release: the clock of this machine has no part in it. */
  static async begin(target: Target, options: RecordOptions, deployed: Deployed): Promise<ReleaseRun> {
    const { clients } = target;
    const afterMs = await Histories.lastEventMs(clients.cloudFormation, deployed.stackName);
    return new ReleaseRun(target, options, deployed, new Histories(clients, deployed.stackName, afterMs));
  }

  resources(): Promise<StackResourceSummary[]> {
    return this.histories.resources();
  }

  async record({ name }: PlannedRelease): Promise<RecordedRelease> {
    const { signal, onLine } = this.options;
    const { stackId, assembly, directory: cwd } = this.deployed;
    const traffic = await this.load();
    try {
      const args = ['deploy', stackId, '--app', assembly];
      const { exitCode } = await runCdk(args, this.target.environment(), { cwd, signal, onLine });
      const deployments = await this.ended();
      const { records } = await traffic.stop();
      const requests = { sent: records.length, failed: records.filter(isFailed).length };
      return fromItsBeginning({
        name,
        exitCode,
        requests,
        stack: await this.histories.stackEvents(),
        deployments: await Promise.all(deployments.map((info) => this.histories.recorded(info))),
        alarms: await this.histories.alarmChanges(await this.alarms()),
      });
    } finally {
      await traffic.stop();
    }
  }

  /** Follows the deployments, and the rollbacks of them, until none runs: the bake is a part of them. */
  private async ended() {
    for (;;) {
      const deployments = await this.histories.deployments();
      const isOver = deployments.every(({ status = '' }) => ['Succeeded', 'Failed', 'Stopped'].includes(status));
      if (isOver) return deployments;
      await this.target.clock.sleep(POLL_MS, this.options.signal);
    }
  }

  private async alarms(): Promise<Map<string, string>> {
    const resources = await this.resources();
    const alarms = resources.filter(({ ResourceType = '' }) =>
      /^AWS::CloudWatch::(Composite)?Alarm$/.test(ResourceType),
    );
    return new Map(
      alarms.map(({ PhysicalResourceId = '', LogicalResourceId = '' }) => [PhysicalResourceId, LogicalResourceId]),
    );
  }

  /** On the production listener, once there is one: the first release creates it. */
  private async load(): Promise<Pick<Traffic, 'stop'>> {
    const { rate, paths, host } = this.options.plan.traffic;
    const url = await this.productionUrl();
    if (url === undefined) return { stop: () => Promise.resolve({ records: [], dropped: 0, latencyMs: () => 0 }) };
    return startTraffic({
      url,
      clock: this.target.clock,
      ratePerSecond: rate,
      host,
      certificateAuthority: this.target.certificateAuthority(),
      paths: paths?.map((path) => (typeof path === 'string' ? { path } : path)),
    });
  }

  private async productionUrl(): Promise<string | undefined> {
    const { loadBalancing } = this.target.clients;
    const arns = this.deployed.resources
      .filter(({ ResourceType }) => ResourceType === 'AWS::ElasticLoadBalancingV2::LoadBalancer')
      .flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? []);
    if (arns.length === 0) return undefined;
    const { LoadBalancers = [] } = await loadBalancing.send(
      new DescribeLoadBalancersCommand({ LoadBalancerArns: arns }),
    );
    for (const { LoadBalancerArn, DNSName = '' } of LoadBalancers) {
      const { Listeners = [] } = await loadBalancing.send(new DescribeListenersCommand({ LoadBalancerArn }));
      const production = Listeners.filter(({ Port }) => Port === 443 || Port === 80).sort(byPort)[0];
      if (production) return this.target.urlOf(production, DNSName);
    }
    return undefined;
  }
}

/** A release begins when its stack begins to change; the review before it lasts as long as the CDK CLI needs. */
function fromItsBeginning(release: Omit<RecordedRelease, 'durationMs'>): RecordedRelease {
  const isReview = (status: string) => status === 'REVIEW_IN_PROGRESS';
  const begins = release.stack.find(({ status }) => !isReview(status));
  const beginMs = begins?.atMs ?? Math.min(...release.deployments.map(({ atMs }) => atMs), Infinity);
  const shifted = <T extends { atMs: number }>(all: readonly T[]): T[] =>
    all.map((each) => ({ ...each, atMs: Math.max(0, each.atMs - beginMs) }));
  const [stack, deployments] = [shifted(release.stack), shifted(release.deployments)];
  const ends = [...stack.map(({ atMs }) => atMs), ...deployments.map(({ atMs, durationMs = 0 }) => atMs + durationMs)];
  return { ...release, durationMs: Math.max(0, ...ends), stack, deployments, alarms: shifted(release.alarms) };
}

/** HTTPS first: with it, port 80 redirects. */
function byPort({ Port: one = 0 }: Listener, { Port: other = 0 }: Listener): number {
  return other - one;
}

/** What a user sees: no response, or a server's error. */
function isFailed({ status }: TrafficRecord): boolean {
  return status === undefined || status >= 500;
}
