/** One task: runs the effects of its machine, and has its address, ports and containers. */
import type { ImageSource } from '../../../images';
import type { NetworkInterface } from '../../../core/network';
import { arn, type Principal, type World } from '../../../core/service';
import { whileBooting } from './boot';
import { ContainerGroup } from './container-group';
import type { ContainerRuntime } from './containers';
import type { Health } from './dependencies';
import { innerPorts } from './inner-ports';
import { type Launch, launchOf } from './launch';
import type { ListeningProblem } from './listening';
import { type LogStream, openLogStream } from './log-driver';
import { CannotRun } from './program';
import { pull } from './pull';
import { readSecrets } from './secrets';
import type { ContainerDefinition, LaunchSettings, TaskDefinitionShape } from '../shapes';
import { deregisterTask, registerTask } from '../targets';
import { freePort } from './sockets';
import { advanceTask, NEW_TASK, type StopCause, type TaskEffect, type TaskEvent, type TaskLife } from './task-machine';
import { reasonOf } from './reason';

export interface TaskEnvironment {
  readonly world: World;
  readonly images: ImageSource;
  readonly runtime: ContainerRuntime;
  readonly preload: string;
  /** The container engine that runs images. Default: none. */
  readonly engine?: string | undefined;
}

export interface TaskSpec {
  readonly clusterName: string;
  readonly serviceName: string;
  readonly taskSetId: string;
  readonly launch: LaunchSettings;
  readonly definition: TaskDefinitionShape;
  /** By the capacity provider strategy; undefined when a launch type decides. */
  readonly capacityProviderName?: string;
}

const LAST_LINES = 20;

/**
 * A task's process boots in real time, however fast the clock: no load balancer's verdict replaces it within this much,
 * even when the grace period of AWS time is over.
 */
const BOOT_REAL_MS_MIN = 3_000;

export class Task {
  readonly id: string;
  readonly arn: string;
  readonly createdAtMs: number;
  life: TaskLife = NEW_TASK.life;
  /** AWS time at which it became RUNNING. */
  startedAtMs?: number;
  /** Whether its processes have had the real time that it takes to boot. */
  booted = false;
  stoppingAtMs?: number;
  stoppedAtMs?: number;
  networkInterface?: NetworkInterface;
  /** Container port to port on loopback. */
  readonly ports = new Map<number, number>();
  private innerPorts: readonly number[] = [];
  readonly lastLines: string[] = [];
  /** Why it cannot run on this machine however often it is started. */
  cannotRun?: string;
  private readonly containers: ContainerGroup;
  private readonly secrets = new Map<string, Readonly<Record<string, string>>>();
  private readonly logs = new Map<string, LogStream>();
  private readonly undo: (() => void)[] = [];
  private readonly startup = new AbortController();
  /** Its processes are ending, or one of them has ended. */
  private readonly ending = new AbortController();
  private effects: Promise<void> = Promise.resolve();
  private abandoned = false;

  /** @param onChange called after each change of status */
  constructor(
    private readonly environment: TaskEnvironment,
    readonly spec: TaskSpec,
    private readonly onChange: (task: Task) => void,
  ) {
    const { world } = environment;
    this.id = world.ids.hex(32);
    this.arn = arn(world, 'ecs', `task/${spec.clusterName}/${this.id}`);
    this.createdAtMs = world.clock.now();
    this.containers = this.createGroup();
  }

  private createGroup(): ContainerGroup {
    const { world, runtime } = this.environment;
    return new ContainerGroup(this.spec.definition.containerDefinitions, {
      clock: world.clock,
      runtime,
      ports: this.ports,
      launch: (definition) => this.launch(definition),
      onLine: (container, line) => this.keepLine(container, line),
      onStarted: ({ portMappings = [] }) => {
        const ports = portMappings.flatMap(({ containerPort }) => this.ports.get(containerPort) ?? []);
        void whileBooting(world.clock, ports, this.ending.signal);
      },
      onExit: ({ name: container, essential = true }, exitCode) =>
        this.handle({ kind: 'container-exited', container, exitCode, essential }),
      onUnhealthy: () =>
        this.stop({ code: 'ServiceSchedulerInitiated', reason: 'Task failed container health checks' }),
      onListening: ({ name }, problem) => this.noteListening(name, problem),
    });
  }

  private noteListening(container: string, { isExposed, text }: ListeningProblem): void {
    const { serviceName } = this.spec;
    const event = isExposed ? 'exposed' : 'unreachable';
    const detail = `${serviceName}: task ${this.id.slice(0, 8)}: ${text}`;
    this.environment.world.events.record('ecs', event, detail, { taskArn: this.arn, container });
    this.keepLine(container, `greenlight rehearsal: ${text}`);
    if (!isExposed) return;
    this.cannotRun = text;
    this.stop({ code: 'TaskFailedToStart', reason: text });
  }

  /** Of its containers' own checks; undefined when it has none. */
  get health(): Health | undefined {
    return this.containers.health;
  }

  healthOf(container: string): Health {
    return this.containers.healthOf(container);
  }

  begin(): void {
    this.enqueue(NEW_TASK.effects);
  }

  stop(cause: StopCause): void {
    this.handle({ kind: 'stop', cause });
  }

  /** The rehearsal ends: no effect runs any more. The runtime ends the processes. */
  abandon(): void {
    this.abandoned = true;
    this.ending.abort();
    this.startup.abort(new Error('the rehearsal ends'));
  }

  protected handle(event: TaskEvent): void {
    if (this.abandoned) return;
    const before = this.life;
    const { life, effects } = advanceTask(before, event);
    this.life = life;
    const nowMs = this.environment.world.clock.now();
    if (life.stop && !before.stop) {
      this.stoppingAtMs = nowMs;
      this.ending.abort();
      this.startup.abort(new Error(life.stop.reason));
    }
    if (life.status !== before.status) this.noteStatus(nowMs);
    this.enqueue(effects);
    if (life !== before) this.onChange(this);
  }

  private noteStatus(nowMs: number): void {
    if (this.life.status === 'STOPPED') this.stoppedAtMs = nowMs;
    if (this.life.status !== 'RUNNING') return;
    this.startedAtMs = nowMs;
    this.environment.world.clock.afterReal(BOOT_REAL_MS_MIN, () => (this.booted = true));
  }

  /** Effects run one after the other; one that fails is reported to the machine. */
  private enqueue(effects: readonly TaskEffect[]): void {
    for (const effect of effects) {
      this.effects = this.effects.then(async () => {
        if (this.abandoned) return;
        try {
          await this.perform(effect);
        } catch (error) {
          if (error instanceof CannotRun) this.cannotRun = error.message;
          this.handle({ kind: 'failed', reason: reasonOf(error) });
        }
      });
    }
  }

  private async perform(effect: TaskEffect): Promise<void> {
    switch (effect) {
      case 'provision':
        await this.provision();
        return this.handle({ kind: 'provisioned' });
      case 'pull':
        await this.pullImages();
        return this.handle({ kind: 'pulled' });
      case 'activate':
        await this.activate();
        return this.handle({ kind: 'activated' });
      case 'deregister':
      case 'deregister-now':
        await deregisterTask(this.environment.world, this.targets(), effect === 'deregister');
        return this.handle({ kind: 'deregistered' });
      case 'terminate':
        await this.terminate();
        return this.handle({ kind: 'terminated' });
      case 'release':
        for (const undo of this.undo.splice(0).reverse()) undo();
        return this.handle({ kind: 'released' });
    }
  }

  /** The network interface, then the wait for a place to run. */
  private async provision(): Promise<void> {
    const { world } = this.environment;
    const vpc = this.spec.launch.networkConfiguration?.awsvpcConfiguration;
    const added = world.network.addInterface({
      description: arn(world, 'ecs', `attachment/${world.ids.uuid()}`),
      subnetId: vpc?.subnets[Number.parseInt(this.id.slice(0, 6), 16) % vpc.subnets.length],
      securityGroupIds: vpc?.securityGroups ?? [],
    });
    this.networkInterface = added.interface;
    this.undo.push(added.remove);
    await world.clock.sleep(world.parameters.taskStartMs / 2, this.startup.signal);
  }

  private async pullImages(): Promise<void> {
    const { world } = this.environment;
    const role = this.executionRole();
    for (const container of this.spec.definition.containerDefinitions) {
      this.secrets.set(container.name, await readSecrets(world, role, container));
      await pull(world, role, container);
      if (!role) continue;
      const stream = await openLogStream(world, role, container, this.id).catch((error: unknown) => {
        const why = reasonOf(error);
        throw new Error(`ResourceInitializationError: failed to validate logger args: create stream: ${why}`);
      });
      if (stream) this.logs.set(container.name, stream);
    }
    await world.clock.sleep(world.parameters.taskStartMs / 2, this.startup.signal);
  }

  private async activate(): Promise<void> {
    await this.startContainers();
    this.registerOnNetwork();
    // A task on its way out must not come back into its target groups.
    if (!this.life.stop) await registerTask(this.environment.world, this.targets());
  }

  /** Resolves when each container runs. @throws Error the task's stopped reason */
  protected async startContainers(): Promise<void> {
    await this.assignPorts(this.spec.definition.containerDefinitions);
    await this.containers.start(this.startup.signal);
  }

  private async assignPorts(containers: readonly ContainerDefinition[]): Promise<void> {
    const mapped = containers.flatMap(({ portMappings = [] }) => portMappings.map((each) => each.containerPort));
    this.innerPorts = innerPorts(containers);
    for (const port of [...mapped, ...this.innerPorts]) this.ports.set(port, await freePort());
  }

  private launch(definition: ContainerDefinition): Launch {
    const { world, images, preload, engine } = this.environment;
    const { taskRoleArn } = this.spec.definition;
    const credentials = taskRoleArn ? world.credentialsFor(taskRoleArn, this.id) : undefined;
    const secrets = this.secrets.get(definition.name);
    const address = this.networkInterface?.privateAddress;
    const { id: taskId, ports, innerPorts: inner } = this;
    const task = { credentials, secrets, ports, innerPorts: inner, address, taskId, engine };
    return launchOf(definition, { world, images, preload, ...task });
  }

  private keepLine(container: string, line: string): void {
    this.lastLines.push(line);
    if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
    this.logs.get(container)?.write(line);
  }

  private registerOnNetwork(): void {
    const { network } = this.environment.world;
    const address = this.networkInterface;
    if (!address) return;
    this.undo.push(network.injections.taskStarted(this.spec.definition.taskDefinitionArn, address.privateAddress));
    for (const [port, localPort] of this.ports) {
      const { privateAddress, securityGroupIds } = address;
      const endpoint = { privateAddresses: [privateAddress], names: [], internetFacing: false };
      this.undo.push(network.register({ ...endpoint, port, localPort, securityGroupIds }));
    }
  }

  protected async terminate(): Promise<void> {
    await this.containers.stop();
    await Promise.all([...this.logs.values()].map((log) => log.close()));
  }

  private targets() {
    const id = this.networkInterface?.privateAddress;
    return id ? this.spec.launch.loadBalancers.map((each) => ({ ...each, id })) : [];
  }

  private executionRole(): Principal | undefined {
    const { executionRoleArn } = this.spec.definition;
    return executionRoleArn ? this.environment.world.principalOf(executionRoleArn, this.id) : undefined;
  }
}
