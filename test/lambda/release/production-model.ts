/** A small model of CodeDeploy and ECS: what production runs on, and what a release sees of it. */
import type { Observed, ReleaseEvent, Shipped, Side } from '../../../lambda/release/decide';
import type { Deployment } from '../../../verdict/progress';

export type Revision = 'a' | 'b' | 'c' | 'd';
/** `a` and `b` share a task definition: they differ in their network configuration. */
export const TASK_DEFINITION: Readonly<Record<Revision, string>> = {
  a: 'web:1',
  b: 'web:1',
  c: 'web:2',
  d: 'web:3',
};

type Phase = 'install' | 'shift' | 'gate' | 'bake' | 'ended';

export interface Modelled {
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

/** What a revision has proved in production, kept apart from what CodeDeploy says of it. */
export type Fate = 'good' | 'rolled back' | 'never whole';

export class Production {
  readonly deployments: Modelled[] = [];
  primary: TaskSet;
  second: TaskSet | undefined;
  /** Share of traffic on the second task set; after the shift that one is primary. */
  split = false;
  bakesRolledBack = 0;
  readonly fate = new Map<Revision, Fate>();

  constructor(initial: Revision) {
    this.primary = { revision: initial };
    this.fate.set(initial, 'good');
  }

  isLive(revision: Revision): boolean {
    return this.primary.revision === revision && !this.second && !this.split;
  }

  create(revision: Revision, own: boolean): Modelled {
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

  advance(): void {
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

  end(status: 'Failed' | 'Stopped', rollBack: boolean): void {
    const it = this.inFlight();
    if (!it) return;
    // A rollback can fail while it moves traffic.
    if (it.rollbackOf && it.phase !== 'install') return;
    if (!it.rollbackOf) this.fate.set(it.revision, this.fateOf(it, rollBack));
    if (it.complete && rollBack) this.bakesRolledBack += 1;
    Object.assign(it, { status, phase: 'ended', rollbackDue: rollBack && !it.rollbackOf, recent: true });
  }

  /** A bake that is stopped without a rollback leaves all traffic where it is. */
  private fateOf({ complete }: Modelled, rollBack: boolean): Fate {
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
  timePasses(): void {
    const newest = this.deployments.at(-1);
    if (newest?.rollbackDue) this.beginRollback(newest);
    for (const each of this.deployments) each.recent = false;
  }

  inFlight(): Modelled | undefined {
    return this.deployments.find((it) => it.status === 'InProgress');
  }

  find(id: string): Modelled {
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

  observed({ revision }: Pick<ReleaseEvent, 'revision'>): Observed {
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

export function view(it: Modelled): Deployment {
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
