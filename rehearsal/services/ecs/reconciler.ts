/** Runs the service scheduler: reads the health of targets, decides, starts and stops tasks, ends what has drained. */
import type { Timer } from '../../core/clock';
import { nextProvider, strategyOf } from './capacity';
import { shiftsTraffic } from './deployment/configuration';
import type { EcsState, ServiceState, TaskSet } from './state';
import {
  computedDesiredCount,
  isSteady,
  restartDelayMs,
  type ScheduleAction,
  type ScheduledSet,
  type ScheduledTask,
  scheduleRolling,
  scheduleTaskSet,
  type TargetState,
} from './scheduler';
import { healthOf, type TargetReport } from './targets';
import type { Task, TaskEnvironment, TaskSpec } from './task/task';

/** Makes a task, which `begin` starts. @param onChange called after each change of status */
export type CreateTask = (environment: TaskEnvironment, spec: TaskSpec, onChange: (task: Task) => void) => Task;

export class Reconciler {
  private timer: Timer | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(
    private readonly environment: TaskEnvironment,
    private readonly state: EcsState,
    private readonly createTask: CreateTask,
  ) {}

  /** Runs now: something has changed. */
  poke(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.timer?.cancel();
    this.timer = this.environment.world.clock.after(0, () => this.run());
  }

  /** Lets go of every task; the runtime ends their processes. */
  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
    for (const task of this.state.services.flatMap((service) => service.tasks)) task.abandon();
  }

  private run(): void {
    if (this.running || this.stopped) return;
    this.again = false;
    this.running = this.tick().finally(() => {
      this.running = undefined;
      if (this.stopped) return;
      const active = this.state.services.some((service) => service.status !== 'INACTIVE');
      if (this.again) this.poke();
      else if (active)
        this.timer = this.clock.after(this.environment.world.parameters.serviceSchedulerMs, () => this.run());
    });
  }

  private get clock() {
    return this.environment.world.clock;
  }

  private async tick(): Promise<void> {
    for (const service of this.state.services) {
      if (service.status === 'INACTIVE') continue;
      await this.readTargets(service);
      if (this.stopped) return;
      const tasks = service.tasks.map((task) => this.view(service, task));
      for (const action of this.decide(service, tasks)) this.act(service, action);
      this.noteSteadiness(service);
      this.removeDrained(service);
    }
  }

  private async readTargets(service: ServiceState): Promise<void> {
    const running = service.tasks.filter((task) => task.life.status === 'RUNNING');
    const groups = new Set(
      running.flatMap((task) => task.spec.launch.loadBalancers.map((each) => each.targetGroupArn)),
    );
    const health = new Map<string, Map<string, TargetReport>>();
    for (const group of groups) {
      health.set(group, await healthOf(this.environment.world, group).catch(() => new Map<string, TargetReport>()));
    }
    service.health = health;
  }

  private decide(service: ServiceState, tasks: readonly ScheduledTask[]): ScheduleAction[] {
    const nowMs = this.clock.now();
    const primary = service.taskSets.find((set) => set.status === 'PRIMARY');
    if (isRolling(service) && primary && service.status === 'ACTIVE') {
      return scheduleRolling(service, scheduledSet(service, primary), tasks, nowMs);
    }
    return service.taskSets.flatMap((set) => scheduleTaskSet(scheduledSet(service, set), tasks, nowMs));
  }

  private act(service: ServiceState, action: ScheduleAction): void {
    if (action.kind === 'stop') {
      service.tasks.find((task) => task.id === action.taskId)?.stop(action.cause);
      return;
    }
    const set = this.state.taskSet(service, action.taskSetId);
    const started = Array.from({ length: action.count }, () => this.startTask(service, set));
    const ids = started.map((task) => `(task ${task.id})`).join(' ');
    this.state.addEvent(service, `(${titleOf(service, set)}) has started ${action.count} tasks: ${ids}.`);
  }

  private startTask(service: ServiceState, set: TaskSet): Task {
    const spec = {
      clusterName: service.cluster.name,
      serviceName: service.name,
      taskSetId: set.id,
      launch: set,
      definition: this.state.taskDefinition(set.taskDefinition),
      capacityProviderName: this.providerOf(service, set),
    };
    const task = this.createTask(this.environment, spec, (changed) => this.onChange(service, set, changed));
    service.tasks = [...service.tasks, task];
    this.record(service, task, 'task-started', 'starts');
    task.begin();
    return task;
  }

  private providerOf(service: ServiceState, set: TaskSet): string | undefined {
    const own = service.tasks.filter((task) => task.spec.taskSetId === set.id && task.life.stop === undefined);
    return nextProvider(
      strategyOf(set, service.cluster),
      own.map((task) => task.spec.capacityProviderName),
    );
  }

  private onChange(service: ServiceState, set: TaskSet, task: Task): void {
    const { status, stop } = task.life;
    if (status === 'RUNNING') {
      set.failedStarts = 0;
      this.record(service, task, 'task-running', `runs at ${task.networkInterface?.privateAddress ?? '-'}`);
    }
    if (status === 'STOPPED' && stop) {
      if (stop.code === 'TaskFailedToStart') this.throttle(service, set);
      const lines = task.lastLines.length > 0 ? `; last line: ${task.lastLines.at(-1)}` : '';
      this.record(service, task, 'task-stopped', `stopped: ${stop.reason}${exitCodes(task)}${lines}`);
      this.state.forgetOldTasks(service);
    }
    this.poke();
  }

  private throttle(service: ServiceState, set: TaskSet): void {
    set.failedStarts += 1;
    set.notBeforeMs = this.clock.now() + restartDelayMs(set.failedStarts);
    if (set.failedStarts < 3) return;
    this.state.addEvent(service, `(${titleOf(service, set)}) is unable to consistently start tasks successfully.`);
  }

  private noteSteadiness(service: ServiceState): void {
    const tasks = service.tasks.map((task) => this.view(service, task));
    for (const set of service.taskSets) {
      const steady = set.status !== 'DRAINING' && isSteady(scheduledSet(service, set), tasks);
      if (steady === set.steady) continue;
      set.steady = steady;
      set.steadyChangedAtMs = this.clock.now();
      if (!steady) continue;
      this.state.addEvent(service, `(${titleOf(service, set)}) has reached a steady state.`);
      const detail = `${service.name}: task set ${set.id} is steady with ${set.taskDefinition.split('/').at(-1)}`;
      this.environment.world.events.record('ecs', 'steady', detail, { service: service.name, taskSet: set.id });
    }
  }

  /** A task set that drains goes when its last task stopped, and so does a rolling service's old deployment. */
  private removeDrained(service: ServiceState): void {
    const left = new Set(
      service.tasks.filter((task) => task.life.status !== 'STOPPED').map((task) => task.spec.taskSetId),
    );
    const isOver = (set: TaskSet) =>
      !left.has(set.id) && (set.status === 'DRAINING' || (isRolling(service) && set.status === 'ACTIVE'));
    service.taskSets = service.taskSets.filter((set) => !isOver(set));
    if (service.status === 'DRAINING' && left.size === 0) service.status = 'INACTIVE';
  }

  private view(service: ServiceState, task: Task): ScheduledTask {
    const reports = task.spec.launch.loadBalancers.map(({ targetGroupArn, containerPort }) => ({
      targetGroupArn,
      ...service.health.get(targetGroupArn)?.get(`${task.networkInterface?.privateAddress}:${containerPort}`),
    }));
    const unhealthy = reports.find((report) => report.state === 'unhealthy');
    const graceOver = this.isGraceOver(service, task);
    return {
      id: task.id,
      taskSetId: task.spec.taskSetId,
      status: task.life.status,
      stopping: task.life.stop !== undefined,
      createdAtMs: task.createdAtMs,
      health: task.health === 'UNKNOWN' ? undefined : targetHealth(reports),
      ...(unhealthy && graceOver
        ? {
            unhealthyReason: `Task failed ELB health checks in (target-group ${unhealthy.targetGroupArn}): ${unhealthy.reason}`,
          }
        : {}),
    };
  }

  private isGraceOver(service: ServiceState, task: Task): boolean {
    if (task.startedAtMs === undefined) return false;
    return task.booted && this.clock.now() - task.startedAtMs >= service.healthCheckGracePeriodMs;
  }

  private record(service: ServiceState, task: Task, event: string, what: string): void {
    const { stop, exitCodes: codes } = task.life;
    this.environment.world.events.record('ecs', event, `${service.name}: task ${task.id.slice(0, 8)} ${what}`, {
      service: service.name,
      cluster: service.cluster.name,
      taskSet: task.spec.taskSetId,
      taskDefinition: task.spec.definition.taskDefinitionArn,
      task: task.arn,
      address: task.networkInterface?.privateAddress,
      ...(stop ? { stopCode: stop.code, reason: stop.reason, exitCodes: codes, lastLines: [...task.lastLines] } : {}),
    });
  }
}

/** Tasks are replaced behind one target group; other strategies run each revision by itself. */
const isRolling = ({ controller, configuration }: ServiceState): boolean =>
  controller === 'ECS' && !shiftsTraffic(configuration);

const targetHealth = (reports: readonly { readonly state?: string }[]): TargetState | undefined =>
  reports.length === 0 ? 'none' : worst(reports.map((report) => report.state as TargetState | undefined));

/** The least healthy of several target groups: only `unhealthy` outranks one that is not known. */
function worst(states: readonly (TargetState | undefined)[]): TargetState | undefined {
  if (states.includes('unhealthy')) return 'unhealthy';
  if (states.includes(undefined)) return undefined;
  return states.find((state) => state !== 'healthy' && state !== 'unused') ?? states[0];
}

export function scheduledSet(service: ServiceState, set: TaskSet): ScheduledSet {
  const desiredCount = set.status === 'DRAINING' ? 0 : computedDesiredCount(service.desiredCount, set.scalePercent);
  return { id: set.id, desiredCount, ...(set.notBeforeMs === undefined ? {} : { notBeforeMs: set.notBeforeMs }) };
}

/** As ECS writes it in service events: `service web`, or `service web, taskSet ecs-svc/1`. */
const titleOf = (service: ServiceState, set: TaskSet) =>
  service.controller === 'ECS' ? `service ${service.name}` : `service ${service.name}, taskSet ${set.id}`;

function exitCodes(task: Task): string {
  const codes = Object.entries(task.life.exitCodes).map(([name, code]) => `${name} exited with ${code}`);
  return codes.length > 0 ? ` (${codes.join(', ')})` : '';
}
