/** A small model of CodeDeploy, ECS and CloudFormation, to drive the release's decisions through whatever can happen. */
import { decide, type Observed, type ReleaseEvent, type Shipped, type Side } from '../../../lambda/release/decide';
import { type Deployment, standing } from '../../../lambda/release/progress';

export type Revision = 'a' | 'b' | 'c' | 'd';
/** `a` and `b` share a task definition: they differ in their network configuration. */
export const TASK_DEFINITION: Readonly<Record<Revision, string>> = {
  a: 'web:1',
  b: 'web:1',
  c: 'web:2',
  d: 'web:3',
};

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
  /** All its traffic was moved, and its gates had passed. */
  complete: boolean;
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
  succeeded?: boolean;
}

export type Command =
  | { readonly kind: 'update'; readonly revision: Revision }
  /** A whole release, which an alarm of the bake rolls back. */
  | { readonly kind: 'bake-fails'; readonly revision: Revision }
  | { readonly kind: 'cancel' | 'retry' | 'look' | 'delete' | 'advance' | 'time-passes' }
  /** Another resource of the same update fails; or an update changes settings of the release alone. */
  | { readonly kind: 'other-fails' | 'settings' }
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
  /** What each revision has proved in production, told apart from what CodeDeploy says. */
  private readonly fate = new Map<Revision, 'good' | 'rolled back' | 'never whole'>();
  /** The revision that the stack had before its newest update. */
  private before: Revision;
  readonly counts = {
    created: 0,
    answered: 0,
    undone: 0,
    healed: 0,
    bakesRolledBack: 0,
    byOthers: 0,
    stackRollbacks: 0,
    left: 0,
    restored: 0,
  };

  constructor(private readonly initial: Revision) {
    this.primary = { revision: initial };
    this.declared = initial;
    this.before = initial;
    this.fate.set(initial, 'good');
  }

  run(command: Command): void {
    switch (command.kind) {
      case 'update':
        return this.update(command.revision);
      case 'bake-fails':
        return this.bakeFails(command.revision);
      case 'cancel':
        if (this.request && !this.request.answered && !this.deleted && !this.request.event.stackRollsBack)
          this.ask('Update', this.declared, { stackRollsBack: true });
        return;
      case 'other-fails':
        return this.otherFails();
      case 'settings':
        if (!this.busy()) this.ask('Update', this.declared, { settingsAlone: true });
        return;
      case 'delete':
        return this.delete();
      case 'retry':
        if (this.request && !this.request.answered) this.step(this.request, this.observed(this.request.event));
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
        // Where a rollback is due, CodeDeploy is faster than any hand.
        if (this.inFlight() || this.deleted || this.deployments.at(-1)?.rollbackDue) return;
        this.counts.byOthers += 1;
        return void this.create(command.revision, false);
      case 'time-passes':
        return this.timePasses();
    }
  }

  /** What the release has deployed, in order. */
  released(): Revision[] {
    return this.deployments.filter(({ own }) => own).map(({ revision }) => revision);
  }

  /** Lets everything come to its end, and then releases something new. @throws Broken when one of them does not end well */
  settle(): void {
    this.rest();
    if (this.request && !this.request.answered) throw new Broken('a request is never answered');
    if (this.deleted) return;
    this.ask('Update', 'd');
    this.rest();
    if (this.request?.succeeded !== true || this.primary.revision !== 'd' || this.second)
      throw new Broken('the next release does not work');
  }

  private rest(): void {
    for (let round = 0; round < 60; round++) {
      this.look();
      this.advance();
      this.timePasses();
    }
  }

  /** CloudFormation takes one update at a time, and none of what is deleted. */
  private busy(): boolean {
    return this.deleted || (this.request !== undefined && !this.request.answered);
  }

  private update(revision: Revision): void {
    // CloudFormation sends no event for what did not change.
    if (!this.busy() && revision !== this.declared) this.ask('Update', revision);
  }

  private bakeFails(revision: Revision): void {
    this.update(revision);
    for (let round = 0; round < 10 && this.inFlight()?.phase !== 'bake'; round++) {
      this.look();
      this.advance();
    }
    this.look();
    if (this.inFlight()?.own) this.end('Stopped', true);
  }

  /** The release had succeeded, and the update that it is part of is rolled back for another resource. */
  private otherFails(): void {
    if (this.busy() || !this.request?.succeeded || this.request.event.stackRollsBack) return;
    if (this.before !== this.declared) this.ask('Update', this.before, { stackRollsBack: true });
  }

  private delete(): void {
    if (this.busy()) return;
    this.deleted = true;
    this.ask('Delete', this.declared);
  }

  /** A new request ends the wait of the one before. */
  private ask(
    requestType: 'Update' | 'Delete',
    revision: Revision,
    why: { readonly stackRollsBack?: boolean; readonly settingsAlone?: boolean } = {},
  ): void {
    const { stackRollsBack = false } = why;
    // A rollback undoes what the request before it asked for.
    const previousRevision = stackRollsBack ? (this.request?.event.revision as Revision) : this.declared;
    const event = {
      requestType,
      revision,
      previousRevision,
      taskDefinition: TASK_DEFINITION[revision],
      initialRevision: this.initial,
      stackRollsBack,
    };
    if (stackRollsBack) this.counts.stackRollbacks += 1;
    this.request = { event, created: [], answered: false };
    // Two invocations of one event may see the same: asynchronous invocations come at least once.
    const seen = this.observed(event);
    this.step(this.request, seen);
    if (!this.request.answered && this.request.follows === undefined) this.step(this.request, seen);
  }

  private look(): void {
    const { request } = this;
    if (!request || request.answered) return;
    if (request.follows === undefined) return this.step(request, this.observed(request.event));
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
        return this.succeed(request);
      case 'leave':
        return this.leave(request);
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
    if (request.event.stackRollsBack) this.checkRestored(request.event);
    else if (revision === request.event.previousRevision && this.fate.get(revision as Revision) === 'rolled back')
      throw new Broken(`${revision} was rolled back, and is released again by an update of settings`);
    if (observed.other) this.counts.healed += 1;
    const { id } = this.create(revision as Revision, true);
    request.created.push(id);
    request.follows = id;
    this.counts.created += 1;
    if (request.created.length > 1) throw new Broken(`two deployments for one request: ${request.created.join(', ')}`);
  }

  /** What a rollback of the stack may deploy: what is known good, where the update that it undoes is what was deployed. */
  private checkRestored({ revision, previousRevision }: ReleaseEvent): void {
    this.counts.restored += 1;
    const fate = this.fate.get(revision as Revision) ?? 'never released';
    if (fate !== 'good') throw new Broken(`${revision} is released by a rollback of the stack although it is ${fate}`);
    if (!this.second && this.primary.revision !== previousRevision)
      throw new Broken(`a rollback of the stack replaces ${this.primary.revision}, which the update did not release`);
  }

  private succeed(request: Request): void {
    const revision = request.event.revision as Revision;
    if (this.split) throw new Broken(`success is reported for ${revision} while traffic is split`);
    if (this.primary.revision !== revision)
      throw new Broken(`success is reported for ${revision}, but ${this.primary.revision} is live`);
    this.record(request);
  }

  private record(request: Request): void {
    this.before = this.declared;
    this.declared = request.event.revision as Revision;
    this.counts.answered += 1;
    request.answered = true;
    request.succeeded = true;
  }

  /** Something else is live than what the stack names. */
  private leave(request: Request): void {
    const { event } = request;
    if (!event.stackRollsBack && event.revision !== event.previousRevision)
      throw new Broken(`${event.revision} is new, and reported as released although it is not`);
    if (this.inFlight()?.own && this.inFlight()?.revision !== event.revision && event.stackRollsBack)
      throw new Broken('a rollback of the stack lets its release go on');
    this.counts.left += 1;
    this.record(request);
  }

  /** CloudFormation asks for what it had before. A rollback that fails leaves the stack stuck. */
  private answerFailed(request: Request): void {
    // The function reports the failed deployment of a rollback as a success: see wait.ts.
    if (request.event.stackRollsBack && request.follows === undefined) throw new Broken('the stack cannot roll back');
    request.answered = true;
    if (request.event.stackRollsBack) return this.record(request);
    if (!this.deleted) this.ask('Update', this.declared, { stackRollsBack: true });
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
      complete: false,
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
    } else if (it.phase === 'gate') Object.assign(it, { phase: 'bake', complete: true });
    else {
      this.second = undefined;
      this.fate.set(it.revision, 'good');
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
    if (!it.rollbackOf) this.fate.set(it.revision, this.fateOf(it, rollBack));
    if (it.complete && rollBack) this.counts.bakesRolledBack += 1;
    Object.assign(it, { status, phase: 'ended', rollbackDue: rollBack && !it.rollbackOf, recent: true });
  }

  /** A bake that is stopped without a rollback leaves all traffic where it is. */
  private fateOf({ complete }: Modelled, rollBack: boolean) {
    if (!complete) return 'never whole';
    return rollBack ? 'rolled back' : 'good';
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
      complete: false,
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

  private shipped(revision: string): { shipped?: Shipped } {
    const newest = this.deployments.findLast(
      (it) => it.revision === revision && !it.rollbackOf && it.status !== 'InProgress',
    );
    if (!newest) return {};
    const gone = newest.status !== 'Succeeded' && this.primary.deploymentId !== newest.id;
    return { shipped: { complete: newest.complete, undone: gone || newest.rollbackId !== undefined } };
  }

  private observed({ revision }: Pick<ReleaseEvent, 'revision'>): Observed {
    const ended = this.deployments.findLast((it) => it.status === 'Failed' || it.status === 'Stopped');
    const it = this.inFlight();
    return {
      primary: sideOf(this.primary),
      ...(this.second && { other: sideOf(this.second) }),
      ...this.shipped(revision),
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
