import { isFailedTask } from '../never-starts';
import type { LaunchSettings } from '../shapes';
import type { EcsState, ServiceState, TaskSet } from '../state';
import type { Task } from '../task/task';
import type { RunningDeployment } from './running-deployment';
import type { ServiceRevision } from './service-deployment';

/** What a service deployment does to its service. */
export interface ServiceHost {
  readonly state: EcsState;
  newTaskSetId(): string;
  addTaskSet(
    service: ServiceState,
    spec: {
      readonly id: string;
      readonly launch: LaunchSettings;
      readonly scalePercent: number;
      readonly status: TaskSet['status'];
    },
  ): TaskSet;
  /** Every other task set that does not drain becomes ACTIVE. */
  setPrimary(service: ServiceState, set: TaskSet): void;
  drainTaskSet(service: ServiceState, set: TaskSet): void;
  until(holds: () => boolean, signal: AbortSignal): Promise<void>;
}

/** The tasks of one service deployment: a task set for each revision. */
export class Tasks {
  /** Tasks that were reported as failed, or as healthy. */
  private readonly failed = new Set<string>();
  private readonly healthy = new Set<string>();

  constructor(
    private readonly services: ServiceHost,
    private readonly deployment: RunningDeployment,
    private readonly report: (result: 'failed' | 'healthy') => void,
  ) {}

  /** Starts the new revision's tasks, each load balancer's in the target group that `groupOf` names. */
  startTarget(groupOf: (targetGroupArn: string) => string): void {
    const { service, target } = this.deployment;
    const loadBalancers = target.launch.loadBalancers.map((each) => ({
      ...each,
      targetGroupArn: groupOf(each.targetGroupArn),
    }));
    target.targetGroupArns = loadBalancers.map(({ targetGroupArn }) => targetGroupArn);
    const set = this.services.addTaskSet(service, {
      id: target.taskSetId,
      launch: { ...target.launch, loadBalancers },
      scalePercent: 100,
      status: 'ACTIVE',
    });
    this.services.setPrimary(service, set);
  }

  /** Reports to the circuit breaker meanwhile. A rolling update is also to have replaced every old task. */
  async whenTargetHealthy(signal: AbortSignal): Promise<void> {
    await this.services.until(() => {
      if (!signal.aborted) this.reportTasks();
      const set = this.setOf(this.deployment.target);
      return Boolean(set?.steady) && (!this.isRolling || this.isOnly(set));
    }, signal);
  }

  /** A deployment that failed "doesn't launch any new tasks": API_Deployment, rolloutState. */
  freezeTarget(): void {
    const set = this.setOf(this.deployment.target);
    if (set) set.notBeforeMs = Infinity;
  }

  /** Ends what earlier deployments left next to the revision that was good last. */
  async reconcile(signal: AbortSignal): Promise<void> {
    if (this.isRolling) return;
    const { service, target } = this.deployment;
    const left = service.taskSets.filter(({ id }) => id !== target.taskSetId && id !== this.source?.id);
    this.keepSource(left);
    await this.services.until(() => !service.taskSets.some((set) => left.includes(set)), signal);
  }

  /** The old revision's tasks drain on while the deployment is successful already, as on AWS. */
  cleanUp(): Promise<void> {
    const { service, target } = this.deployment;
    if (!this.isRolling)
      for (const set of service.taskSets)
        if (set.id !== target.taskSetId && set.status !== 'DRAINING') this.services.drainTaskSet(service, set);
    return Promise.resolve();
  }

  /** Of a rollback: the source is primary again; tasks of the target, and of what was left before it, drain on as well. */
  removeOthers(): Promise<void> {
    this.keepSource(this.deployment.service.taskSets.filter((set) => set !== this.source));
    return Promise.resolve();
  }

  /** The revision that was good last is primary; the others end. */
  private keepSource(others: readonly TaskSet[]): void {
    const { service } = this.deployment;
    if (this.source) this.services.setPrimary(service, this.source);
    for (const set of others) if (set.status !== 'DRAINING') this.services.drainTaskSet(service, set);
  }

  private get source(): TaskSet | undefined {
    const [source] = this.deployment.sources;
    return source && this.setOf(source);
  }

  /** A rolling update goes back by another one, with what is left of the old tasks. */
  async restoreSource(signal: AbortSignal): Promise<void> {
    const { service, sources } = this.deployment;
    const [source] = sources;
    if (!source) return;
    const left = this.setOf(source);
    const { launch, taskSetId: id } = source;
    const set = left ?? this.services.addTaskSet(service, { id, launch, scalePercent: 100, status: 'ACTIVE' });
    this.services.setPrimary(service, set);
    await this.services.until(() => set.steady && this.isOnly(set), signal);
  }

  private get isRolling(): boolean {
    return this.deployment.progress.plan.strategy === 'ROLLING';
  }

  private isOnly(set: TaskSet | undefined): boolean {
    return this.deployment.service.taskSets.every((each) => each === set);
  }

  private setOf({ taskSetId }: ServiceRevision): TaskSet | undefined {
    return this.deployment.service.taskSets.find(({ id }) => id === taskSetId);
  }

  private reportTasks(): void {
    const { service, target } = this.deployment;
    for (const task of service.tasks.filter(({ spec }) => spec.taskSetId === target.taskSetId)) {
      if (isFailedTask(task.life)) this.once(this.failed, task, 'failed');
      else if (this.isHealthy(task)) this.once(this.healthy, task, 'healthy');
    }
  }

  private once(reported: Set<string>, { id }: Task, result: 'failed' | 'healthy'): void {
    if (reported.has(id)) return;
    reported.add(id);
    this.report(result);
  }

  private isHealthy(task: Task): boolean {
    if (task.life.status !== 'RUNNING' || task.life.stop) return false;
    const { health } = this.deployment.service;
    return task.spec.launch.loadBalancers.every(({ targetGroupArn, containerPort }) => {
      const address = `${task.networkInterface?.privateAddress}:${containerPort}`;
      return health.get(targetGroupArn)?.get(address)?.state === 'healthy';
    });
  }
}
