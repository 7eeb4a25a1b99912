/** Tasks without processes: what would run in them is a version, by its name. */
import { Task } from '../../rehearsal/services/ecs/task/task';
import type { TaskEnvironment, TaskSpec } from '../../rehearsal/services/ecs/task/task';
import type { WorldClock } from './clock';

/** How a version behaves, by the beginning of its name. */
export type Kind = 'good' | 'broken' | 'sick' | 'crashes';

/** What runs in the world, by private address. */
export class Machines {
  private readonly running = new Map<string, WorldTask>();

  add(address: string, task: WorldTask): void {
    this.running.set(address, task);
  }

  remove(address: string): void {
    this.running.delete(address);
  }

  /** @returns the status of a response; undefined when nothing runs there */
  respond(address: string, path: string): number | undefined {
    const task = this.running.get(address);
    // What crashes never listens.
    if (!task || task.kind === 'crashes') return undefined;
    if (task.kind === 'sick') return 503;
    return task.kind === 'broken' && path !== '/health' ? 500 : 200;
  }

  versionAt(address: string): string {
    return this.running.get(address)?.version ?? 'nothing';
  }

  /** Machines under `count` tasks are gone. @returns how many tasks there were to lose */
  lose(count: number): number {
    const lost = [...this.running.values()].slice(0, count);
    for (const task of lost) task.crash();
    return lost.length;
  }
}

const CRASHES_AFTER_MS = 5_000;

export class WorldTask extends Task {
  constructor(
    environment: TaskEnvironment,
    spec: TaskSpec,
    onChange: (task: Task) => void,
    private readonly machines: Machines,
    private readonly clock: WorldClock,
  ) {
    super(environment, spec, onChange);
  }

  get version(): string {
    const [container] = this.spec.definition.containerDefinitions;
    return container?.environment?.find(({ name }) => name === 'VERSION')?.value ?? '';
  }

  get kind(): Kind {
    return this.version.split('-')[0] as Kind;
  }

  /** Its containers are gone. */
  crash(exitCode = 137): void {
    this.leave();
    const [container] = this.spec.definition.containerDefinitions;
    this.handle({ kind: 'container-exited', container: container?.name ?? '', exitCode, essential: true });
  }

  protected override startContainers(): Promise<void> {
    const { privateAddress = '' } = this.networkInterface ?? {};
    this.machines.add(privateAddress, this);
    if (this.kind === 'crashes') this.clock.after(CRASHES_AFTER_MS, () => this.crash(1));
    return Promise.resolve();
  }

  protected override terminate(): Promise<void> {
    this.leave();
    return Promise.resolve();
  }

  private leave(): void {
    this.machines.remove(this.networkInterface?.privateAddress ?? '');
  }
}
