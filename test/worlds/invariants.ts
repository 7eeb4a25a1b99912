/** What must hold in every world, whatever happens. */
import type { Routing } from '../../rehearsal/services/elasticloadbalancing/data-plane/routing';
import type { GroupRuntime } from '../../rehearsal/services/elasticloadbalancing/data-plane/targets';
import { type DeploymentInfo, PRODUCTION_PORT, type World } from './world';

export class Broken extends Error {}

const SAMPLE_MS = 20_000;
/** A side that loses its machines has this long to get new ones. */
const RECOVERS_MS = 600_000;
/** A load balancer finds out within two failed checks. */
const STARVED_MS_MAX = 60_000;
const ENDED = ['Succeeded', 'Failed', 'Stopped'];

export class Invariants {
  /** The first that did not hold. */
  broken: Broken | undefined;
  lostMachinesAtMs = -Infinity;
  private readonly groups = new Set<GroupRuntime>();
  private starvedSinceMs: number | undefined;

  constructor(private readonly world: World) {
    world.onRoute = (port, routing) => this.onRoute(port, routing);
    world.onCall = async (operation, input) => {
      if (operation === 'CreateDeployment') await this.onDeployment(input as Created);
    };
    world.onResponse = (body) => this.onResponse(JSON.parse(body) as Response);
    this.sample();
  }

  fail(message: string): void {
    this.broken ??= new Broken(message);
  }

  private sample(): void {
    this.world.clock.after(SAMPLE_MS, () => {
      this.checkStarved();
      this.sample();
    });
  }

  private onRoute(port: number, { fallback }: Routing): void {
    if (port !== PRODUCTION_PORT || fallback.kind !== 'forward') return;
    for (const group of fallback.groups) this.groups.add(group);
    const total = fallback.upTo.at(-1) ?? 0;
    const isWhole = fallback.groups.length === 1 ? total > 0 : total === 100;
    if (!isWhole) this.fail(`production's weights add up to ${total}`);
  }

  /** The groups that get production traffic. */
  private serving(): GroupRuntime[] {
    const forward = this.world.routings.get(PRODUCTION_PORT)?.fallback;
    if (forward?.kind !== 'forward') return [];
    return forward.groups.filter((_, at) => (forward.upTo[at] ?? 0) > (forward.upTo[at - 1] ?? 0));
  }

  private checkStarved(): void {
    const serving = this.serving();
    const healthy = (group: GroupRuntime) => group.counts().healthy > 0;
    const spare = [...this.groups].some(healthy);
    const starved = serving.length > 0 && serving.some((group) => !healthy(group)) && spare;
    const nowMs = this.world.clock.now();
    this.starvedSinceMs = starved ? (this.starvedSinceMs ?? nowMs) : undefined;
    if (this.starvedSinceMs === undefined || nowMs - this.lostMachinesAtMs < RECOVERS_MS) return;
    if (nowMs - this.starvedSinceMs > STARVED_MS_MAX)
      this.fail('traffic goes to a side without a healthy target while the other side has some');
  }

  /** The release function is about to deploy. */
  private async onDeployment({ revision }: Created): Promise<void> {
    const { content, sha256 } = revision.appSpecContent;
    const [{ status }, deployments] = [await this.world.stack(), await this.world.deployments()];
    const open = deployments.filter((each) => !ENDED.includes(each.status));
    if (open.length > 0) return;
    const fate = fateOf(sha256, deployments);
    const version = /task-definition\/[^"]*:(\d+)/.exec(content)?.[1] ?? '?';
    if (status === 'UPDATE_ROLLBACK_IN_PROGRESS' && (fate === 'rolled back' || fate === 'never whole'))
      this.fail(`a rollback of the stack releases task definition ${version}, which was ${fate}`);
    if (this.world.isSettingsOnly && fate === 'rolled back')
      this.fail(`an update of settings releases task definition ${version}, which was rolled back`);
  }

  /** CloudFormation gets the response that a deployment has succeeded. */
  private onResponse({ Status, Data }: Response): void {
    if (Status !== 'SUCCESS' || !Data?.DeploymentId) return;
    if (this.serving().length > 1) this.fail(`success is reported for ${Data.DeploymentId} while traffic is split`);
  }

  /** When everything has ended. */
  async checkEnd(): Promise<void> {
    const { status, reason } = await this.world.stack();
    if (!['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'].includes(status))
      this.fail(`the stack ends in ${status}: ${reason}`);
    for (const { deploymentId } of await this.world.deployments()) {
      for (const { lifecycleEventName, status: eventStatus } of await this.world.lifecycle(deploymentId)) {
        if (!['Succeeded', 'Failed', 'Skipped', 'Unknown'].includes(eventStatus))
          this.fail(`${deploymentId} has ended, and ${lifecycleEventName} is ${eventStatus}`);
      }
    }
  }

  /** Two deployments at once, apart from one and its rollback. */
  async checkOne(): Promise<void> {
    const open = (await this.world.deployments()).filter((each) => !ENDED.includes(each.status));
    const own = open.filter((each) => each.creator !== 'codeDeployRollback');
    if (own.length > 1) this.fail(`${own.map(({ deploymentId }) => deploymentId).join(' and ')} run at once`);
  }
}

interface Created {
  readonly revision: { readonly appSpecContent: { readonly content: string; readonly sha256: string } };
}

interface Response {
  readonly Status: string;
  readonly Data?: { readonly DeploymentId?: string };
}

/** What a revision has proved in production, from CodeDeploy's own record. */
function fateOf(sha256: string, deployments: readonly DeploymentInfo[]) {
  const newest = deployments.findLast(
    (each) =>
      each.revision.appSpecContent.sha256 === sha256 &&
      each.creator !== 'codeDeployRollback' &&
      ENDED.includes(each.status),
  );
  if (!newest) return 'not released yet';
  const isWhole = newest.status === 'Succeeded' || newest.instanceTerminationWaitTimeStarted === true;
  if (!isWhole) return 'never whole';
  return newest.rollbackInfo?.rollbackDeploymentId === undefined ? 'good' : 'rolled back';
}
