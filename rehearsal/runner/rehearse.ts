import type { RehearsalEvent } from '../core/events';
import type { LocalAws } from '../local-aws';
import { expectationOf } from './plan/expectation';
import { imageProblems } from '../images/check';
import { type Plan, PlanError, type PlannedRelease } from './plan/plan';
import type { DeniedCall, Fault, RehearsalReport, ReleaseReport } from './report/document';
import { permissionsOf } from './report/permissions';
import { noRequests } from './report/requests';
import { INTERNAL } from '../core/service';
import { type Assembly, resolveStack } from './synthesis/assembly';
import { violations } from './release/assertions';
import { stackProblems } from './synthesis/deployable';
import { lastError } from './release/describe';
import { deniedCalls, notModelledIn } from './release/unproven';
import { runRelease } from './release/release';
import { seed } from './release/seed';
import { Synthesis, SynthesisError } from './synthesis/synthesis';
import { untilQuiet } from './release/quiet';
import { versions } from './release/versions';

export interface RunOptions {
  readonly plan: Plan;
  /** Folder of the rehearsal file: the CDK app's own. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Whether the report says which permissions were used. Default false. */
  readonly permissions?: boolean;
}

/**
 * Runs the plan's releases in order on a running local AWS. Continues after a release that did not end as expected,
 * because the next one shows whether the service can still be released.
 * @throws SynthesisError when the CDK app fails; PlanError when it has no such stack
 */
export async function rehearse(
  aws: LocalAws,
  options: RunOptions,
  onRelease: (release: ReleaseReport) => void = () => undefined,
): Promise<RehearsalReport> {
  const { plan, directory, signal } = options;
  seed(aws, plan.seed, directory);
  const environment = () => aws.deployerEnvironment();
  const inBackground = () => aws.clock.inBackground();
  const synthesis = new Synthesis({ plan, directory, output: aws.world.directory, environment, signal, inBackground });
  const releases: ReleaseReport[] = [];
  const denied: DeniedCall[] = [];
  const faults: Fault[] = [];
  try {
    for (const planned of plan.releases) {
      const eventsBefore = aws.events.all().length;
      const release = await runNext(aws, options, planned, synthesis, eventsBefore);
      faults.push(...faultsOf(aws.events.all().slice(eventsBefore), planned.name));
      denied.push(...deniedCalls(aws.events.all().slice(eventsBefore), { planned, plan }));
      releases.push(release);
      onRelease(release);
    }
  } finally {
    await synthesis.end();
  }
  return {
    releases,
    inertResources: countByType(aws.places().flatMap(({ services }) => services.cloudformation.inertResources())),
    notModelled: notModelledIn(aws.events.all(), plan),
    deniedCalls: denied,
    ...(options.permissions && { permissions: permissionsOf(aws.places()) }),
    faults,
    speed: aws.clock.speedReport(),
    versions: versions(directory),
  };
}

async function runNext(
  aws: LocalAws,
  { plan, directory, signal }: RunOptions,
  planned: PlannedRelease,
  synthesis: Synthesis,
  eventsBefore: number,
): Promise<ReleaseReport> {
  let assembly: Assembly;
  try {
    assembly = await withoutAwsTime(aws, () => synthesis.of(planned));
  } catch (error) {
    const isExpected = error instanceof SynthesisError && expectationOf(planned).outcome === 'refused';
    if (isExpected) return refusedBySynthesis(planned, error);
    throw error;
  }
  const stack = resolveStack(assembly, plan.stack);
  refuseUndeployable(plan, assembly, stack.id);
  await untilQuiet(planned, { clock: aws.clock, events: aws.events, firing: () => firingAlarms(aws), signal });
  return runRelease(aws, { planned, plan, directory, signal, assembly, stack, eventsBefore });
}

async function firingAlarms(aws: LocalAws): Promise<string[]> {
  const found = aws.places().map(async ({ world }) => {
    const { MetricAlarms, CompositeAlarms } = await world.call<Record<string, { AlarmName: string }[]>>(
      INTERNAL,
      'cloudwatch',
      'DescribeAlarms',
      { StateValue: 'ALARM', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
    );
    return [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])].map(({ AlarmName }) => AlarmName);
  });
  return (await Promise.all(found)).flat();
}

/** AWS has no part in local work: none of its time passes. */
async function withoutAwsTime<T>({ clock }: LocalAws, work: () => Promise<T>): Promise<T> {
  const release = clock.hold();
  try {
    return await work();
  } finally {
    release();
  }
}

/** What cannot run here is said before anything is deployed. @throws PlanError with the remedies */
function refuseUndeployable({ build, containers }: Plan, { directory }: Assembly, stackId: string): void {
  const images = containers === undefined ? imageProblems(directory, stackId, build?.run ?? 'confined') : [];
  const problems = [...stackProblems(directory, stackId), ...images];
  if (problems.length > 0) throw new PlanError(problems);
}

/** The CDK app itself refused the release: nothing was sent to AWS. */
function refusedBySynthesis(planned: PlannedRelease, { exitCode, output }: SynthesisError): ReleaseReport {
  const reason = lastError(output);
  const amounts = { lost: 0, failed: 0, exposed: 0, minutes: 0 };
  const expectation = expectationOf(planned);
  const found = violations(expectation, {
    outcome: 'refused',
    reason,
    amounts,
    denied: [],
    notModelled: [],
    unserved: [],
  });
  return {
    name: planned.name,
    outcome: 'refused',
    expected: expectation.outcome,
    asExpected: found.length === 0,
    violations: found,
    overload: '',
    cdkExitCode: exitCode,
    stackStatus: '',
    deploymentId: null,
    reason,
    awsSeconds: 0,
    wallMs: 0,
    requests: noRequests,
    services: [],
    timeline: [],
  };
}

function faultsOf(events: readonly RehearsalEvent[], release: string): Fault[] {
  const faults = events.filter(({ source, event }) => source === 'aws' && event === 'fault');
  return faults.map(({ data }) => ({ release, message: String(data.message) }));
}

function countByType(resources: readonly { readonly type: string }[]): { type: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => a.type.localeCompare(b.type));
}
