/** The containers of one task: started in their order, watched by their health checks, stopped in the reverse order. */
import { type Clock, sleepReal } from '../../../core/clock';
import type { ContainerRuntime, RunningContainer } from './containers';
import { type Health, holds, type Progress } from './dependencies';
import { healthCommand, watchHealth } from './health-check';
import type { Launch } from './launch';
import { watchListening } from './listen-watch';
import type { ListeningProblem } from './listening';
import { reasonOf } from './reason';
import type { ContainerDefinition } from '../shapes';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html (stopTimeout) */
const STOP_TIMEOUT_S = 30;
/** The same page (startTimeout): "the default value of 3 minutes". */
const START_TIMEOUT_S = 180;
/** However fast the clock, processes get this much real time to end by themselves, or to become what others wait for. */
const STOP_REAL_MS_MIN = 1_000;
const START_REAL_MS_MIN = 15_000;

export interface GroupEnvironment {
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  readonly launch: (definition: ContainerDefinition) => Launch;
  /** Container port to port on loopback. */
  readonly ports: ReadonlyMap<number, number>;
  readonly onLine: (container: string, line: string) => void;
  /** Its process was started; it may not listen yet. */
  readonly onStarted: (definition: ContainerDefinition) => void;
  readonly onExit: (definition: ContainerDefinition, exitCode: number) => void;
  /** An essential container has become unhealthy. */
  readonly onUnhealthy: (definition: ContainerDefinition) => void;
  /** A container listens where it must not, and was killed, or where nobody reaches it. */
  readonly onListening: (definition: ContainerDefinition, problem: ListeningProblem) => void;
}

interface Member {
  readonly definition: ContainerDefinition;
  running?: RunningContainer;
  stopSignal?: NodeJS.Signals;
  progress: Progress;
}

export class ContainerGroup {
  private readonly members: ReadonlyMap<string, Member>;
  private readonly waiting = new Set<() => void>();
  private readonly ending = new AbortController();

  constructor(
    definitions: readonly ContainerDefinition[],
    private readonly environment: GroupEnvironment,
  ) {
    this.members = new Map(
      definitions.map((definition) => [
        definition.name,
        { definition, progress: { started: false, health: 'UNKNOWN' } },
      ]),
    );
  }

  /** Resolves when each container was started. @throws Error the task's stopped reason; the signal's reason */
  async start(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.ending.signal]);
    const starts = [...this.members.values()].map(async (member) => {
      await this.dependenciesOf(member, either);
      either.throwIfAborted();
      await this.startMember(member);
    });
    try {
      await Promise.all(starts);
    } catch (error) {
      this.ending.abort(error);
      await Promise.allSettled(starts);
      throw error;
    }
  }

  /** SIGTERM, the stop timeout, SIGKILL; a container only once those that depend on it are gone. */
  async stop(): Promise<void> {
    this.ending.abort(new Error('the task stops'));
    const stops = new Map<string, Promise<void>>();
    const stopOf = (member: Member): Promise<void> => {
      const { name } = member.definition;
      const begun = stops.get(name) ?? this.after(this.dependents(name).map(stopOf), member);
      stops.set(name, begun);
      return begun;
    };
    await Promise.all([...this.members.values()].map(stopOf));
  }

  healthOf(container: string): Health {
    return this.members.get(container)?.progress.health ?? 'UNKNOWN';
  }

  /** Of the essential containers that have a health check; undefined when none has. */
  get health(): Health | undefined {
    const checked = [...this.members.values()].filter(
      ({ definition }) => definition.essential !== false && healthCommand(definition, this.environment.ports),
    );
    if (checked.length === 0) return undefined;
    const states = checked.map(({ progress }) => progress.health);
    if (states.includes('UNHEALTHY')) return 'UNHEALTHY';
    return states.every((state) => state === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
  }

  private dependents(name: string): Member[] {
    return [...this.members.values()].filter(({ definition }) =>
      definition.dependsOn?.some(({ containerName }) => containerName === name),
    );
  }

  private async dependenciesOf({ definition }: Member, signal: AbortSignal): Promise<void> {
    for (const { containerName, condition } of definition.dependsOn ?? []) {
      const what = `container ${definition.name} waits for ${containerName} (${condition})`;
      const check = () => {
        const other = this.members.get(containerName);
        return other ? holds(condition, other.progress) : 'never';
      };
      const limitMs = (definition.startTimeout ?? START_TIMEOUT_S) * 1000;
      if ((await this.until(check, limitMs, signal)) === 'yes') continue;
      const { exitCode, health } = this.members.get(containerName)?.progress ?? {};
      const state = exitCode === undefined ? `its health is ${health}` : `it exited with ${exitCode}`;
      throw new Error(`CannotStartContainerError: ${what}, and ${state}`);
    }
  }

  /** @returns the first result that is not `no`; `no` when the time is over */
  private async until(
    check: () => 'yes' | 'no' | 'never',
    limitMs: number,
    signal: AbortSignal,
  ): Promise<'yes' | 'no' | 'never'> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const { clock } = this.environment;
    const patience = Promise.all([clock.sleep(limitMs, either), sleepReal(clock, START_REAL_MS_MIN, either)]);
    let isOver = false;
    void patience.then(
      () => {
        isOver = true;
        this.changed();
      },
      () => undefined,
    );
    try {
      while (check() === 'no' && !isOver) await this.nextChange(signal);
      return check();
    } finally {
      over.abort();
    }
  }

  private nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => done(() => reject(signal.reason as Error));
      const wake = () => done(resolve);
      const done = (settle: () => void) => {
        signal.removeEventListener('abort', abort);
        this.waiting.delete(wake);
        settle();
      };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort);
      this.waiting.add(wake);
    });
  }

  private note(member: Member, change: Partial<Progress>): void {
    member.progress = { ...member.progress, ...change };
    this.changed();
  }

  private changed(): void {
    for (const wake of [...this.waiting]) wake();
  }

  private async startMember(member: Member): Promise<void> {
    const { runtime, onLine, onExit } = this.environment;
    const { definition } = member;
    const { name } = definition;
    const launch = this.environment.launch(definition);
    const running = runtime.start({ name, ...launch, onLine: (line) => onLine(name, line) });
    await running.started.catch((error: unknown) => {
      throw new Error(`CannotStartContainerError: ${name}: ${startProblem(error, launch)}`);
    });
    member.running = running;
    member.stopSignal = launch.stopSignal;
    this.note(member, { started: true });
    this.environment.onStarted(definition);
    const gone = new AbortController();
    void running.exited.then((exitCode) => {
      gone.abort(new Error('the container is gone'));
      this.note(member, { exitCode });
      onExit(definition, exitCode);
    });
    const signal = AbortSignal.any([gone.signal, this.ending.signal]);
    this.watch(member, launch, signal);
    this.watchSockets(definition, launch, running, signal);
  }

  private watchSockets(
    definition: ContainerDefinition,
    { command, listening }: Launch,
    running: RunningContainer,
    signal: AbortSignal,
  ): void {
    if (!listening || running.group === undefined) return;
    const { clock, ports, onListening } = this.environment;
    const container = { name: definition.name, command, ports, ...listening };
    void watchListening({ clock, container, group: running.group, file: listening.file, signal }, (problem) => {
      onListening(definition, problem);
      if (problem.isExposed) running.signal('SIGKILL');
    });
  }

  private watch(member: Member, launch: Launch, signal: AbortSignal): void {
    const { clock, runtime, ports, onUnhealthy } = this.environment;
    const { definition } = member;
    const command = healthCommand(definition, ports);
    if (!command) return;
    const probe = { name: `${definition.name} health check`, ...launch, command };
    void watchHealth({ clock, runtime, probe, settings: definition.healthCheck ?? {}, signal }, (health) => {
      this.note(member, { health });
      if (health === 'UNHEALTHY' && definition.essential !== false) onUnhealthy(definition);
    });
  }

  private async after(
    dependents: readonly Promise<void>[],
    { definition, running, stopSignal = 'SIGTERM' }: Member,
  ): Promise<void> {
    await Promise.all(dependents);
    if (!running) return;
    const { clock } = this.environment;
    const given = new AbortController();
    const timeoutMs = (definition.stopTimeout ?? STOP_TIMEOUT_S) * 1000;
    const patience = Promise.all([
      clock.sleep(timeoutMs, given.signal),
      sleepReal(clock, STOP_REAL_MS_MIN, given.signal),
    ]);
    running.signal(stopSignal);
    const late = patience.then(
      () => running.signal('SIGKILL'),
      () => undefined,
    );
    await running.exited;
    given.abort();
    await late;
  }
}

/** In the words of a container engine where the program is missing. */
function startProblem(error: unknown, { command, environment }: Launch): string {
  if ((error as { code?: unknown }).code !== 'ENOENT') return reasonOf(error);
  return `exec: "${command[0] ?? ''}": executable file not found in $PATH (${environment.PATH ?? ''})`;
}
