import type { CdkResult } from '../synthesis/cdk';
import type { RehearsalEvent } from '../../core/events';
import type { LocalAws } from '../../local-aws';
import { expectationOf } from '../plan/expectation';
import type { Plan, PlannedRelease } from '../plan/plan';
import type { ReleaseReport, ServiceReport, TimelineEntry } from '../report/document';
import { noRequests } from '../report/requests';
import type { Assembly, AssemblyStack } from '../synthesis/assembly';
import { violations } from './assertions';
import type { DeploymentView } from './deployments';
import type { Endings } from './endings';
import { findLiveServices, type LiveService, withShortNames } from './live';
import type { LoadResult } from './load';
import { failureReason, outcomeOf } from './outcome';
import { overloadOf } from './overload';
import { placeOf } from './places';
import { eventsSince, isDeployed, type StackView, viewStacks } from './stacks';
import { deniedCalls, notModelledIn, unservedIn } from './unproven';

/** One release that is to be run. */
export interface ReleaseRun {
  readonly planned: PlannedRelease;
  readonly plan: Plan;
  /** Folder of the rehearsal file: the CDK app's own. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly assembly: Assembly;
  readonly stack: AssemblyStack;
  /** How many events there were before anything of this release. */
  readonly eventsBefore: number;
}

/** What there is at one moment. */
export interface Snapshot {
  readonly stacks: readonly StackView[];
  readonly services: readonly LiveService[];
}

/** By the service's name, oldest first. */
export type ServiceDeployments = ReadonlyMap<string, readonly DeploymentView[]>;

export interface Observed {
  readonly began: { readonly awsMs: number; readonly wallMs: number };
  readonly before: Snapshot;
  readonly cdk: CdkResult;
  readonly deployments: ServiceDeployments;
  readonly endings: Endings;
  readonly load: LoadResult;
}

export async function takeSnapshot(aws: LocalAws, assembly: Assembly): Promise<Snapshot> {
  const places = aws.places();
  const stacks = await Promise.all(places.map(({ world }) => viewStacks(world)));
  const services = await Promise.all(places.map(({ world }) => findLiveServices(world)));
  const ids = assembly.stacks.map(({ id }) => id);
  return { stacks: stacks.flat(), services: withShortNames(services.flat(), ids) };
}

/** The stack that is released. */
function released({ stackName, account, region }: AssemblyStack, stacks: readonly StackView[]): StackView | undefined {
  return stacks.find(({ id, name }) => {
    const [, , , itsRegion, itsAccount] = id.split(':');
    return name === stackName && itsRegion === (region ?? itsRegion) && itsAccount === (account ?? itsAccount);
  });
}

/** The report of a release, once nothing of it moves any more. */
export async function describe(aws: LocalAws, run: ReleaseRun, observed: Observed): Promise<ReleaseReport> {
  const { began, before, cdk, load } = observed;
  const after = await takeSnapshot(aws, run.assembly);
  const changed = after.stacks.filter(
    ({ id, changedMs }) => before.stacks.find((earlier) => earlier.id === id)?.changedMs !== changedMs,
  );
  const services = describeServices(before.services, after.services, observed);
  const outcome = outcomeOf({
    cdkExitCode: cdk.exitCode,
    changedStatuses: changed.map(({ status }) => status),
    existedBefore: isDeployed(released(run.stack, before.stacks)),
    deploymentStatuses: [...observed.deployments.values()]
      .flat()
      .filter(isOwn)
      .map((view) => view.status),
    newTasks: services.some((service) => service.outcome === 'succeeded'),
  });
  const isGood = !['rolled-back', 'refused'].includes(outcome);
  const reason = isGood ? '' : await reasonOf(aws, changed, observed);
  const awsSeconds = Math.round((aws.clock.now() - began.awsMs) / 1000);
  return {
    name: run.planned.name,
    outcome,
    ...judge(aws, run, { outcome, reason, awsSeconds, load, services }),
    overload: overloadIn(aws, run, load),
    cdkExitCode: cdk.exitCode,
    stackStatus: released(run.stack, after.stacks)?.status ?? '',
    deploymentId: services.find(({ deploymentId }) => deploymentId !== null)?.deploymentId ?? null,
    reason,
    awsSeconds,
    wallMs: Math.round(performance.now() - began.wallMs),
    requests: load.total,
    services,
    timeline: timeline(aws, run, began.awsMs),
  };
}

interface Result extends Pick<ReleaseReport, 'outcome' | 'reason' | 'awsSeconds'> {
  readonly load: LoadResult;
  readonly services: readonly ServiceReport[];
}

function judge(aws: LocalAws, run: ReleaseRun, { outcome, reason, awsSeconds, load: { total }, services }: Result) {
  const expectation = expectationOf(run.planned);
  const amounts = { lost: total.lost, failed: total.failed, exposed: total.exposed.total, minutes: awsSeconds / 60 };
  const events = eventsOf(aws, run);
  const denied = deniedCalls(events, run);
  const proof = { notModelled: notModelledIn(events, run.plan), unserved: unservedIn(services, run.plan) };
  const found = violations(expectation, { outcome, reason, amounts, denied, ...proof });
  return { expected: expectation.outcome, asExpected: found.length === 0, violations: found };
}

/** What happened since the release before this one had ended. */
function eventsOf(aws: LocalAws, { eventsBefore }: ReleaseRun): readonly RehearsalEvent[] {
  return aws.events.all().slice(eventsBefore);
}

export const isOfCloudFormation = ({ source }: RehearsalEvent) => source === 'cloudformation';

/** Until CloudFormation changes something, the load meets nothing but what ran well already. */
function overloadIn(aws: LocalAws, run: ReleaseRun, { requests }: LoadResult): string {
  const untilMs = eventsOf(aws, run).find(isOfCloudFormation)?.atMs ?? Infinity;
  const overload = overloadOf(requests.filter(({ atMs }) => atMs < untilMs));
  if (overload === '') return '';
  const { rate } = run.plan.traffic;
  const perSecond = Math.round(rate * aws.clock.speed);
  return (
    `before anything was changed, ${overload}: ${perSecond} requests a second (traffic.rate ${rate} at speed ` +
    `${aws.clock.speed}) are more than the service can take on this machine; lower traffic.rate or speed`
  );
}

/** Of people and of the release; CodeDeploy's own rollbacks only undo. */
const isOwn = ({ rollback }: DeploymentView) => !rollback;

function describeServices(
  before: readonly LiveService[],
  after: readonly LiveService[],
  { deployments, endings, load }: Pick<Observed, 'deployments' | 'endings' | 'load'>,
): readonly ServiceReport[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.map((name) => {
    const started = (deployments.get(name) ?? []).filter(isOwn);
    const [was, is] = [before, after].map((services) => services.find((service) => service.name === name));
    return {
      name,
      outcome: serviceOutcome(was, is, started),
      deploymentId: started[0]?.id ?? null,
      reason: failureOf(started, endings),
      requests: load.byService.get(name) ?? noRequests,
    };
  });
}

/** In Greenlight's words where it has ended in its bake, else in CodeDeploy's. */
function failureOf(deployments: readonly DeploymentView[], endings: Endings): string {
  const failed = deployments.find(({ error }) => error !== '');
  return failed ? (endings.get(failed.id) ?? failed.error) : '';
}

function serviceOutcome(
  before: LiveService | undefined,
  after: LiveService | undefined,
  started: readonly DeploymentView[],
): ServiceReport['outcome'] {
  if (!after) return 'deleted';
  if (!before || before.arn !== after.arn) return 'created';
  const isNew = before.taskDefinition !== after.taskDefinition;
  if (started.length === 0) return isNew ? 'succeeded' : 'unchanged';
  // A release may be undone by a second deployment, too: of the same stack's rollback.
  return started.every(({ status }) => status === 'Succeeded') && isNew ? 'succeeded' : 'rolled-back';
}

/** CloudFormation's reason; without one, that of a bake that failed after the stack was done, or the CLI's. */
async function reasonOf(aws: LocalAws, changed: readonly StackView[], observed: Observed): Promise<string> {
  const { began, cdk, deployments, endings } = observed;
  const events = await Promise.all(changed.map(({ id }) => eventsSince(placeOf(aws, id).world, id, began.awsMs)));
  // What failed in a nested stack failed before its parent did.
  const oldestFirst = events.flat().sort((a, b) => new Date(a.Timestamp).getTime() - new Date(b.Timestamp).getTime());
  return failureReason(oldestFirst) || failureOf([...deployments.values()].flat(), endings) || lastError(cdk.output);
}

export function lastError(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.findLast((line) => /error|fail|❌/i.test(line)) ?? lines.findLast((line) => line !== '') ?? '';
}

function timeline(aws: LocalAws, run: ReleaseRun, beganMs: number): TimelineEntry[] {
  return eventsOf(aws, run)
    .filter((event) => event.atMs >= beganMs)
    .map(({ atMs, source, event, detail }) => ({ awsMs: Math.round(atMs - beganMs), source, event, detail }));
}
