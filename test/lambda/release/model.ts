/** A small model of CloudFormation, to drive the release's decisions through whatever can happen in production. */
import { decide, type Observed, type ReleaseEvent } from '../../../lambda/release/decide';
import { stateOf } from '../../../verdict/progress';
import { Production, type Revision, TASK_DEFINITION, view } from './production-model';

interface Request {
  readonly event: ReleaseEvent;
  readonly created: string[];
  follows?: string;
  responded: boolean;
  succeeded?: boolean;
}

export type Command =
  | { readonly kind: 'update'; readonly revision: Revision }
  /** A whole release, which an alarm of the bake rolls back. */
  | { readonly kind: 'bake-fails'; readonly revision: Revision }
  | { readonly kind: 'cancel' | 'retry' | 'poll' | 'delete' | 'advance' | 'time-passes' }
  /** Another resource of the same update fails; or an update changes only settings of the release. */
  | { readonly kind: 'other-fails' | 'settings' }
  | { readonly kind: 'fail' | 'stop'; readonly rollBack: boolean }
  | { readonly kind: 'foreign'; readonly revision: Revision };

export class Broken extends Error {}

/** Checks the invariants at every step. @throws Broken */
export class Model {
  private readonly production: Production;
  private declared: Revision;
  private request: Request | undefined;
  private deleted = false;
  /** The revision that the stack had before its newest update. */
  private before: Revision;
  private readonly tally = {
    created: 0,
    responded: 0,
    undone: 0,
    healed: 0,
    byOthers: 0,
    stackRollbacks: 0,
    left: 0,
    restored: 0,
  };

  /** How often each of what can happen did happen. */
  get counts() {
    return { ...this.tally, bakesRolledBack: this.production.bakesRolledBack };
  }

  constructor(private readonly initial: Revision) {
    this.production = new Production(initial);
    this.declared = initial;
    this.before = initial;
  }

  run(command: Command): void {
    switch (command.kind) {
      case 'update':
        return this.update(command.revision);
      case 'bake-fails':
        return this.bakeFails(command.revision);
      case 'cancel':
        if (this.request && !this.request.responded && !this.deleted && !this.request.event.stackRollsBack)
          this.ask('Update', this.declared, { stackRollsBack: true });
        return;
      case 'other-fails':
        return this.otherFails();
      case 'settings':
        if (!this.busy()) this.ask('Update', this.declared, { settingsOnly: true });
        return;
      case 'delete':
        return this.delete();
      case 'retry':
        if (this.request && !this.request.responded)
          this.step(this.request, this.production.observed(this.request.event));
        return;
      case 'poll':
        return this.poll();
      case 'advance':
        return this.production.advance();
      case 'fail':
        return this.production.end('Failed', command.rollBack);
      case 'stop':
        return this.production.end('Stopped', command.rollBack);
      case 'foreign':
        // Where a rollback is due, CodeDeploy is faster than any hand.
        if (this.production.inFlight() || this.deleted || this.production.deployments.at(-1)?.rollbackDue) return;
        this.tally.byOthers += 1;
        return void this.production.create(command.revision, false);
      case 'time-passes':
        return this.production.timePasses();
    }
  }

  /** What the release has deployed, in order. */
  released(): Revision[] {
    return this.production.deployments.filter(({ own }) => own).map(({ revision }) => revision);
  }

  /** Lets everything come to its end, and then releases something new. @throws Broken when one of them does not end well */
  settle(): void {
    this.rest();
    if (this.request && !this.request.responded) throw new Broken('a request never gets a response');
    if (this.deleted) return;
    this.ask('Update', 'd');
    this.rest();
    if (this.request?.succeeded !== true || this.production.primary.revision !== 'd' || this.production.second)
      throw new Broken('the next release does not work');
  }

  private rest(): void {
    for (let round = 0; round < 60; round++) {
      this.poll();
      this.production.advance();
      this.production.timePasses();
    }
  }

  /** CloudFormation takes one update at a time, and none of what is deleted. */
  private busy(): boolean {
    return this.deleted || (this.request !== undefined && !this.request.responded);
  }

  private update(revision: Revision): void {
    // CloudFormation sends no event for what did not change.
    if (!this.busy() && revision !== this.declared) this.ask('Update', revision);
  }

  private bakeFails(revision: Revision): void {
    this.update(revision);
    for (let round = 0; round < 10 && this.production.inFlight()?.phase !== 'bake'; round++) {
      this.poll();
      this.production.advance();
    }
    this.poll();
    if (this.production.inFlight()?.own) this.production.end('Stopped', true);
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
    why: { readonly stackRollsBack?: boolean; readonly settingsOnly?: boolean } = {},
  ): void {
    const { stackRollsBack = false } = why;
    // A rollback undoes what the request before it wanted.
    const previousRevision = stackRollsBack ? (this.request?.event.revision as Revision) : this.declared;
    const event = {
      requestType,
      revision,
      previousRevision,
      taskDefinition: TASK_DEFINITION[revision],
      initialRevision: this.initial,
      stackRollsBack,
    };
    if (stackRollsBack) this.tally.stackRollbacks += 1;
    this.request = { event, created: [], responded: false };
    // Two invocations of one event may see the same: asynchronous invocations come at least once.
    const found = this.production.observed(event);
    this.step(this.request, found);
    if (!this.request.responded && this.request.follows === undefined) this.step(this.request, found);
  }

  private poll(): void {
    const { request } = this;
    if (!request || request.responded) return;
    if (request.follows === undefined) return this.step(request, this.production.observed(request.event));
    const deployment = this.production.find(request.follows);
    const rollback = deployment.rollbackId ? this.production.find(deployment.rollbackId) : undefined;
    const now = stateOf(
      { deployment: view(deployment), rollback: rollback && view(rollback) },
      0,
      deployment.recent ? 0 : -60_000,
    );
    // What somebody else began after it had succeeded is not its matter.
    const since = this.production.deployments.slice(this.production.deployments.indexOf(deployment) + 1);
    if (now.kind === 'succeeded' && since.some((it) => !it.own)) this.record(request);
    else if (now.kind === 'succeeded') this.succeed(request);
    if (now.kind === 'failed') this.respondFailed(request);
  }

  private step(request: Request, observed: Observed): void {
    if (request.follows !== undefined) return;
    const action = decide(request.event, observed);
    switch (action.kind) {
      case 'done':
        if (request.event.requestType === 'Delete') return void (request.responded = true);
        return this.succeed(request);
      case 'leave':
        return this.leave(request);
      case 'refuse':
        return this.respondFailed(request);
      case 'adopt':
        return void (request.follows = action.deploymentId);
      case 'create':
        return this.createFor(request, observed);
      case 'undo':
        if (this.production.find(action.deploymentId) !== this.production.inFlight()) return;
        this.tally.undone += 1;
        return this.production.end('Stopped', true);
      case 'end-bake':
        if (this.production.find(action.deploymentId) === this.production.inFlight()) this.production.advance();
        return;
      case 'wait':
        return;
    }
  }

  private createFor(request: Request, observed: Observed): void {
    const { revision, requestType } = request.event;
    if (requestType === 'Delete') throw new Broken('a deletion releases');
    // CodeDeploy's own limit: DeploymentLimitExceededException, and the next poll decides again.
    if (this.production.inFlight()) return;
    if (this.production.deployments.at(-1)?.rollbackDue) throw new Broken('it releases although a rollback is to come');
    if (this.production.isLive(revision as Revision)) throw new Broken(`${revision} is released although it is live`);
    if (request.event.stackRollsBack) this.checkRestored(request.event);
    else if (
      revision === request.event.previousRevision &&
      this.production.fate.get(revision as Revision) === 'rolled back'
    )
      throw new Broken(`${revision} was rolled back, and is released again by an update of settings`);
    if (observed.other) this.tally.healed += 1;
    const { id } = this.production.create(revision as Revision, true);
    request.created.push(id);
    request.follows = id;
    this.tally.created += 1;
    if (request.created.length > 1) throw new Broken(`two deployments for one request: ${request.created.join(', ')}`);
  }

  /** What a rollback of the stack may deploy: what is known good, where the update that it undoes is what was deployed. */
  private checkRestored({ revision, previousRevision }: ReleaseEvent): void {
    this.tally.restored += 1;
    const fate = this.production.fate.get(revision as Revision) ?? 'never released';
    if (fate !== 'good') throw new Broken(`${revision} is released by a rollback of the stack although it is ${fate}`);
    if (!this.production.second && this.production.primary.revision !== previousRevision)
      throw new Broken(
        `a rollback of the stack replaces ${this.production.primary.revision}, which the update did not release`,
      );
  }

  private succeed(request: Request): void {
    const revision = request.event.revision as Revision;
    if (this.production.split) throw new Broken(`success is reported for ${revision} while traffic is split`);
    if (this.production.primary.revision !== revision)
      throw new Broken(`success is reported for ${revision}, but ${this.production.primary.revision} is live`);
    this.record(request);
  }

  private record(request: Request): void {
    this.before = this.declared;
    this.declared = request.event.revision as Revision;
    this.tally.responded += 1;
    request.responded = true;
    request.succeeded = true;
  }

  /** Something else is live than what the stack names. */
  private leave(request: Request): void {
    const { event } = request;
    if (!event.stackRollsBack && event.revision !== event.previousRevision)
      throw new Broken(`${event.revision} is new, and reported as released although it is not`);
    if (
      this.production.inFlight()?.own &&
      this.production.inFlight()?.revision !== event.revision &&
      event.stackRollsBack
    )
      throw new Broken('a rollback of the stack lets its release continue');
    this.tally.left += 1;
    this.record(request);
  }

  /** CloudFormation asks for what it had before. A rollback that fails leaves the stack stuck. */
  private respondFailed(request: Request): void {
    // The function reports the failed deployment of a rollback as a success: see wait.ts.
    if (request.event.stackRollsBack && request.follows === undefined) throw new Broken('the stack cannot roll back');
    request.responded = true;
    if (request.event.stackRollsBack) return this.record(request);
    if (!this.deleted) this.ask('Update', this.declared, { stackRollsBack: true });
  }
}
