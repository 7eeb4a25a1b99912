/** Runs the sequence of a seed in its world, and makes a failing one short. */
import { INTERNAL } from '../../rehearsal/core/service';
import { Broken, Invariants } from './invariants';
import { type Event, type Step, sequenceOf } from './sequence';
import { type DeploymentInfo, STACK, World } from './world';

const FIRST = 'good-1';
const ENDED = ['Succeeded', 'Failed', 'Stopped'];

export type Counts = Record<string, number>;

export interface Ran {
  readonly broken: Error | undefined;
  readonly counts: Counts;
  /** What happened in the world, a line each. */
  readonly story: readonly string[];
}

/** The person and the machines around the service. */
export class Hands {
  private released = 1;
  private settings = 0;
  private routes = 0;
  private readonly versions = [FIRST];
  readonly counts: Counts = {};

  constructor(
    private readonly world: World,
    private readonly invariants: Invariants,
  ) {}

  async perform(event: Event): Promise<void> {
    if (await this.happens(event)) this.count(event.kind);
  }

  count(what: string, times = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + times;
  }

  private happens(event: Event): Promise<boolean> {
    const { faults, machines } = this.world;
    switch (event.kind) {
      case 'release':
        return this.release(`${event.version}-${this.released + 1}`, event.breaks);
      case 'release-again':
        return this.release(this.versions.at(-1 - event.back) ?? FIRST, false);
      case 'settings':
        return this.change({ settings: this.settings + 1 });
      case 'routes':
        return this.change({ routes: this.routes + 1 });
      case 'cancel':
        return this.world.attempt('cloudformation', 'CancelUpdateStack', { StackName: 'Shop' });
      case 'alarm':
        return this.alarm(event.index);
      case 'lose-machines':
        this.invariants.lostMachinesAtMs = this.world.clock.now();
        return done(machines.lose(event.count) > 0);
      case 'throttled':
      case 'failed':
        return done(faults.failCalls(event.kind, event.seconds * 1_000));
      case 'lose-invocations':
        return done(faults.loseInvocations(event.count));
      case 'lose-halfway':
        return done(faults.loseHalfway(event.count));
      case 'repeat-events':
        return done(faults.repeatEvents(event.count));
      case 'refuse-responses':
        return done(faults.refuseResponses(event.count * 4));
      default:
        return this.touchDeployment(event);
    }
  }

  /** @returns whether CloudFormation takes it */
  async release(version: string, breaks: boolean): Promise<boolean> {
    const taken = await this.world.deploy({ version, breaks, settings: this.settings, routes: this.routes });
    if (!taken) return false;
    this.world.isSettingsOnly = false;
    if (!this.versions.includes(version)) this.released += 1;
    this.versions.push(version);
    return true;
  }

  /** As a person does with `cdk rollback`, when AWS has failed for longer than any handler waits for it, and works again. */
  async continueRollback(): Promise<void> {
    const { faults, clock } = this.world;
    const { status } = await this.world.stack();
    if (status !== 'UPDATE_ROLLBACK_FAILED' || !faults.outlastedPatience) return;
    await clock.advance(faults.leftMs());
    if (await this.world.attempt('cloudformation', 'ContinueUpdateRollback', { StackName: STACK }))
      this.count('continue-rollback');
  }

  /** Nothing that ships. */
  private async change(changed: { readonly settings?: number; readonly routes?: number }): Promise<boolean> {
    const { settings = this.settings, routes = this.routes } = changed;
    const taken = await this.world.deploy({ version: this.versions.at(-1) ?? FIRST, settings, routes });
    if (taken) Object.assign(this, { settings, routes });
    return taken;
  }

  private async alarm(index: number): Promise<boolean> {
    const { MetricAlarms } = await this.world.local.call<{ MetricAlarms: { AlarmName: string }[] }>(
      ...[INTERNAL, 'cloudwatch', 'DescribeAlarms', { AlarmTypes: ['MetricAlarm'] }],
    );
    const AlarmName = MetricAlarms[index % MetricAlarms.length]?.AlarmName;
    const input = { AlarmName, StateValue: 'ALARM', StateReason: 'the world says so' };
    return this.world.attempt('cloudwatch', 'SetAlarmState', input);
  }

  private async touchDeployment(event: Extract<Event, { kind: 'stop' | 'end-bake' | 'foreign' }>): Promise<boolean> {
    const deployments = await this.world.deployments();
    const deploymentId = deployments.findLast(({ status }) => !ENDED.includes(status))?.deploymentId;
    if (event.kind === 'foreign') return this.foreign(event.back, deployments);
    if (deploymentId === undefined) return false;
    if (event.kind === 'end-bake')
      return this.world.attempt('codedeploy', 'ContinueDeployment', {
        deploymentId,
        deploymentWaitType: 'TERMINATION_WAIT',
      });
    // A side that is left unhealthy keeps an alarm firing, and then only break-glass gets a release out: docs/release.md.
    const autoRollbackEnabled = event.rollBack || this.versions.some((version) => !version.startsWith('good'));
    return this.world.attempt('codedeploy', 'StopDeployment', { deploymentId, autoRollbackEnabled });
  }

  /** With an AppSpec that a release has used before, and a description of its own. */
  private async foreign(back: number, deployments: readonly DeploymentInfo[]): Promise<boolean> {
    const known = this.world.appSpecs.at(-1 - back);
    if (!known || deployments.length === 0) return false;
    return this.world.attempt('codedeploy', 'CreateDeployment', { ...known, description: 'by another tool' });
  }
}

const done = (result: boolean | void) => Promise.resolve(result !== false);

export async function runSteps(seed: number, steps: readonly Step[]): Promise<Ran> {
  const world = new World(seed);
  const invariants = new Invariants(world);
  const hands = new Hands(world, invariants);
  let broken: Error | undefined;
  try {
    await world.create({ version: FIRST });
    for (const { afterSeconds, event } of steps) {
      await world.clock.advance(afterSeconds * 1_000, () => invariants.broken !== undefined);
      await hands.perform(event);
      await invariants.checkOne();
      if (invariants.broken) break;
    }
    if (!invariants.broken) await end(world, invariants, hands);
  } catch (error) {
    broken = error as Error;
  } finally {
    await world.stop();
  }
  countEvents(world, hands);
  return { broken: broken ?? invariants.broken, counts: hands.counts, story: storyOf(world) };
}

/** Everything comes to its end, and then something new is released. */
async function end(world: World, invariants: Invariants, hands: Hands): Promise<void> {
  if (!(await world.rest())) throw new Broken('a stack or a deployment never ends');
  await hands.continueRollback();
  await world.rest();
  await invariants.checkEnd();
  world.faults.end();
  await world.clock.advance(15 * 60_000);
  if (!(await hands.release('good-last', false))) throw new Broken('the next release is not taken');
  await world.rest();
  const { status, reason } = await world.stack();
  if (status !== 'UPDATE_COMPLETE') throw new Broken(`the next release ends in ${status}: ${reason}`);
  const live = world.liveVersions();
  if (live.join() !== 'good-last') throw new Broken(`the next release is not live: ${live.join(' and ')}`);
}

function countEvents(world: World, hands: Hands): void {
  for (const { source, event, data } of world.local.events.all()) {
    if (source === 'codedeploy' && event === 'deployment') hands.count(`deployment ${String(data.status)}`);
    if (source === 'codedeploy' && event === 'rollback') hands.count('rollback');
  }
}

const SOURCES = ['codedeploy', 'cloudformation', 'states', 'lambda'];

function storyOf(world: World): string[] {
  const lines = world.local.events.all().filter(({ source }) => SOURCES.includes(source));
  return lines.map(({ atMs, source, detail }) => `${new Date(atMs).toISOString().slice(11, 19)} ${source}: ${detail}`);
}

export interface Failure {
  readonly seed: number;
  readonly steps: readonly Step[];
  readonly ran: Ran;
}

/** @returns undefined when everything holds */
export async function failureOf(
  seed: number,
  { count, shrinks }: { readonly count: (counts: Counts) => void; readonly shrinks: boolean },
): Promise<Failure | undefined> {
  const steps = sequenceOf(seed);
  const ran = await runSteps(seed, steps);
  count(ran.counts);
  const failure = { seed, steps, ran };
  if (!ran.broken) return undefined;
  return shrinks ? shrunk(failure) : failure;
}

/** Leaves out each step that the failure does not need. */
async function shrunk(failure: Failure): Promise<Failure> {
  for (let at = failure.steps.length - 1; at >= 0; at--) {
    const steps = failure.steps.filter((_, index) => index !== at);
    const ran = await runSteps(failure.seed, steps);
    if (ran.broken) return shrunk({ ...failure, steps, ran });
  }
  return failure;
}
