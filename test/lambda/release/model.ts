/** A small model of CodeDeploy, ECS and CloudFormation, to drive the release's decisions through whatever can happen. */
import { decide, type Observed, type ReleaseEvent, type Side } from '../../../lambda/release/decide';
import { type Deployment, standing } from '../../../lambda/release/progress';

export type Revision = 'a' | 'b' | 'c';
/** `a` and `b` share a task definition: they differ in their network configuration. */
export const TASK_DEFINITION: Readonly<Record<Revision, string>> = { a: 'web:1', b: 'web:1', c: 'web:2' };

type Phase = 'install' | 'shift' | 'gate' | 'bake' | 'ended';

interface Modelled {
  readonly id: string;
  readonly revision: Revision;
  readonly own: boolean;
  readonly rollbackOf?: Modelled;
  phase: Phase;
  status: 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped';
  rollbackId?: string;
  /** A rollback is to come in the next moments. */
  rollbackDue: boolean;
  /** Within the minute in which a rollback may still appear. */
  recent: boolean;
}

interface TaskSet {
  readonly revision: Revision;
  /** Absent for the one that the service was created with. */
  readonly deploymentId?: string;
}

interface Request {
  readonly event: ReleaseEvent;
  readonly created: string[];
  follows?: string;
  answered: boolean;
}

export type Command =
  | { readonly kind: 'update'; readonly revision: Revision }
  | { readonly kind: 'cancel' | 'retry' | 'look' | 'delete' | 'advance' | 'time-passes' }
  | { readonly kind: 'fail' | 'stop'; readonly rollBack: boolean }
  | { readonly kind: 'foreign'; readonly revision: Revision };

export class Broken extends Error {}

/** Checks the invariants at every step. @throws Broken */
export class Model {
  private readonly deployments: Modelled[] = [];
  private primary: TaskSet;
  private second: TaskSet | undefined;
  /** Share of traffic on the second task set; after the shift that one is primary. */
  private split = false;
  private declared: Revision;
  private request: Request | undefined;
  private deleted = false;
  readonly counts = { created: 0, answered: 0, undone: 0, healed: 0 };

  constructor(private readonly initial: Revision) {
    this.primary = { revision: initial };
    this.declared = initial;
  }

  run(command: Command): void {
    switch (command.kind) {
      case 'update':
        return this.update(command.revision);
      case 'cancel':
        if (this.request && !this.request.answered) this.ask('Update', this.declared);
        return;
      case 'delete':
        return this.delete();
      case 'retry':
        if (this.request && !this.request.answered) this.step(this.request, this.observed());
        return;
      case 'look':
        return this.look();
      case 'advance':
        return this.advance();
      case 'fail':
        return this.end('Failed', command.rollBack);
      case 'stop':
        return this.end('Stopped', command.rollBack);
      case 'foreign':
        if (!this.inFlight() && !this.deleted) this.create(command.revision, false);
        return;
      case 'time-passes':
        return this.timePasses();
    }
  }

  /** Lets everything come to its end. @throws Broken when it does not */
  settle(): void {
    for (let round = 0; round < 60; round++) {
      this.look();
      this.advance();
      this.timePasses();
    }
    if (this.request && !this.request.answered) throw new Broken('a request is never answered');
  }

  private update(revision: Revision): void {
    const busy = this.request && !this.request.answered;
    // CloudFormation sends no event for what did not change, and one request at a time.
    if (busy || this.deleted || revision === this.declared) return;
    this.ask('Update', revision);
  }

  private delete(): void {
    if (this.deleted || (this.request && !this.request.answered)) return;
    this.deleted = true;
    this.ask('Delete', this.declared);
  }

  /** A new request ends the wait of the one before. */
  private ask(requestType: 'Update' | 'Delete', revision: Revision): void {
    const event = { requestType, revision, taskDefinition: TASK_DEFINITION[revision], initialRevision: this.initial };
    this.request = { event, created: [], answered: false };
    // Two invocations of one event may see the same: asynchronous invocations come at least once.
    const seen = this.observed();
    this.step(this.request, seen);
    if (!this.request.answered && this.request.follows === undefined) this.step(this.request, seen);
  }

  private look(): void {
    const { request } = this;
    if (!request || request.answered) return;
    if (request.follows === undefined) return this.step(request, this.observed());
    const deployment = this.find(request.follows);
    const rollback = deployment.rollbackId ? this.find(deployment.rollbackId) : undefined;
    const now = standing(
      { deployment: view(deployment), rollback: rollback && view(rollback) },
      0,
      deployment.recent ? 0 : -60_000,
    );
    // What somebody else began after it had succeeded is not its matter.
    const since = this.deployments.slice(this.deployments.indexOf(deployment) + 1);
    if (now.kind === 'succeeded' && since.some((it) => !it.own)) this.record(request);
    else if (now.kind === 'succeeded') this.succeed(request);
    if (now.kind === 'failed') this.answerFailed(request);
  }

  private step(request: Request, observed: Observed): void {
    if (request.follows !== undefined) return;
    const action = decide(request.event, observed);
    switch (action.kind) {
      case 'answer':
        if (request.event.requestType === 'Delete') return void (request.answered = true);
        return /did not start/.test(action.reason) ? this.leaveToOthers(request) : this.succeed(request);
      case 'refuse':
        return this.answerFailed(request);
      case 'adopt':
        return void (request.follows = action.deploymentId);
      case 'create':
        return this.createFor(request, observed);
      case 'undo':
        if (this.find(action.deploymentId) !== this.inFlight()) return;
        this.counts.undone += 1;
        return this.end('Stopped', true);
      case 'end-bake':
        if (this.find(action.deploymentId) === this.inFlight()) this.advance();
        return;
      case 'wait':
        return;
    }
  }

  private createFor(request: Request, observed: Observed): void {
    const { revision, requestType } = request.event;
    if (requestType === 'Delete') throw new Broken('a deletion releases');
    // CodeDeploy's own limit: DeploymentLimitExceededException, and the next look decides anew.
    if (this.inFlight()) return;
    if (this.deployments.at(-1)?.rollbackDue) throw new Broken('it releases although a rollback is to come');
    if (this.isLive(revision as Revision)) throw new Broken(`${revision} is released although it is live`);
    if (observed.other) this.counts.healed += 1;
    const { id } = this.create(revision as Revision, true);
    request.created.push(id);
    request.follows = id;
    this.counts.created += 1;
    if (request.created.length > 1) throw new Broken(`two deployments for one request: ${request.created.join(', ')}`);
  }

  private succeed(request: Request): void {
    const revision = request.event.revision as Revision;
    if (this.split) throw new Broken(`success is reported for ${revision} while traffic is split`);
    if (this.primary.revision !== revision)
      throw new Broken(`success is reported for ${revision}, but ${this.primary.revision} is live`);
    this.record(request);
  }

  private record(request: Request): void {
    this.declared = request.event.revision as Revision;
    this.counts.answered += 1;
    request.answered = true;
  }

  /** CloudFormation wants back what somebody else is replacing: nothing of this stack moves traffic. */
  private leaveToOthers(request: Request): void {
    if (this.inFlight()?.own !== false) throw new Broken('its own deployment is taken for that of others');
    request.answered = true;
  }

  /** CloudFormation asks for what it had before; once, as a rollback that fails is for people. */
  private answerFailed(request: Request): void {
    request.answered = true;
    if (request.event.revision !== this.declared) this.ask('Update', this.declared);
  }

  private isLive(revision: Revision): boolean {
    return this.primary.revision === revision && !this.second && !this.split;
  }

  private create(revision: Revision, own: boolean): Modelled {
    const made: Modelled = {
      id: `d-${this.deployments.length + 1}`,
      revision,
      own,
      phase: 'install',
      status: 'InProgress',
      rollbackDue: false,
      recent: false,
    };
    this.deployments.push(made);
    // All traffic goes to the primary task set, and what was left over goes away.
    this.split = false;
    this.second = { revision, deploymentId: made.id };
    return made;
  }

  private advance(): void {
    const due = this.deployments.at(-1);
    if (due?.rollbackDue) return this.beginRollback(due);
    const it = this.inFlight();
    if (!it) return;
    if (it.rollbackOf) return this.advanceRollback(it);
    if (it.phase === 'install') {
      it.phase = 'shift';
      this.split = true;
    } else if (it.phase === 'shift') {
      it.phase = 'gate';
      this.swap();
      this.split = false;
    } else if (it.phase === 'gate') it.phase = 'bake';
    else {
      this.second = undefined;
      Object.assign(it, { phase: 'ended', status: 'Succeeded' });
    }
  }

  private swap(): void {
    if (this.second) [this.primary, this.second] = [this.second, this.primary];
  }

  private advanceRollback(it: Modelled): void {
    if (it.phase === 'install') {
      const failed = it.rollbackOf as Modelled;
      if (this.primary.deploymentId === failed.id) this.swap();
      this.split = false;
      it.phase = 'bake';
    } else {
      this.second = undefined;
      Object.assign(it, { phase: 'ended', status: 'Succeeded' });
    }
  }

  private end(status: 'Failed' | 'Stopped', rollBack: boolean): void {
    const it = this.inFlight();
    if (!it) return;
    // A rollback can fail while it moves traffic.
    if (it.rollbackOf && it.phase !== 'install') return;
    Object.assign(it, { status, phase: 'ended', rollbackDue: rollBack && !it.rollbackOf, recent: true });
  }

  private beginRollback(failed: Modelled): void {
    failed.rollbackDue = false;
    const made: Modelled = {
      id: `d-${this.deployments.length + 1}`,
      revision: failed.revision,
      own: false,
      rollbackOf: failed,
      phase: 'install',
      status: 'InProgress',
      rollbackDue: false,
      recent: false,
    };
    failed.rollbackId = made.id;
    this.deployments.push(made);
  }

  /** A rollback that is due appears within the minute. */
  private timePasses(): void {
    const newest = this.deployments.at(-1);
    if (newest?.rollbackDue) this.beginRollback(newest);
    for (const each of this.deployments) each.recent = false;
  }

  private inFlight(): Modelled | undefined {
    return this.deployments.find((it) => it.status === 'InProgress');
  }

  private find(id: string): Modelled {
    return this.deployments.find((it) => it.id === id) as Modelled;
  }

  private observed(): Observed {
    const ended = this.deployments.findLast((it) => it.status === 'Failed' || it.status === 'Stopped');
    const it = this.inFlight();
    return {
      primary: sideOf(this.primary),
      ...(this.second && { other: sideOf(this.second) }),
      rollbackDue: ended !== undefined && !ended.rollbackOf && !ended.rollbackId && ended.recent,
      inFlight: it
        ? [
            {
              deploymentId: it.id,
              revision: it.revision,
              terminationWait: it.phase === 'bake',
              rollback: it.rollbackOf !== undefined,
              own: it.own,
            },
          ]
        : [],
    };
  }
}

function sideOf({ revision, deploymentId }: TaskSet): Side {
  if (deploymentId === undefined) return { taskDefinition: TASK_DEFINITION[revision] };
  return { taskDefinition: TASK_DEFINITION[revision], deploymentId, revision };
}

function view(it: Modelled): Deployment {
  const bakes = it.phase === 'bake';
  return {
    id: it.id,
    status: it.status,
    ...(it.rollbackId !== undefined && { rollbackDeploymentId: it.rollbackId }),
    autoRollback: true,
    terminationWait: bakes,
    events: bakes ? [{ name: 'AfterAllowTraffic', status: 'Succeeded' }] : [],
  };
}
