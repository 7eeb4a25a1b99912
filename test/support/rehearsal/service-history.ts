import { VirtualClock } from '../../../rehearsal/core/clock';
import { AwsError, type Principal, type ResourceState } from '../../../rehearsal/core/service';
import { isOpen, isTerminal } from '../../../rehearsal/services/ecs/deployment/machine';
import type { RunningDeployment } from '../../../rehearsal/services/ecs/deployment/running-deployment';
import type { Reconciler } from '../../../rehearsal/services/ecs/reconciler';
import { serviceResource, type ServiceProperties } from '../../../rehearsal/services/ecs/service-resource';
import { Services } from '../../../rehearsal/services/ecs/services';
import { EcsState, type ServiceState, type TaskSet } from '../../../rehearsal/services/ecs/state';
import type { Task } from '../../../rehearsal/services/ecs/task/task';
import { applyUpdate } from '../../../rehearsal/services/ecs/update-service';
import {
  BLUE,
  fakes,
  GREEN,
  type HookPayload,
  INFRASTRUCTURE_ROLE,
  PRODUCTION_RULE,
  type Surroundings,
  TEST_RULE,
  type Weights,
} from './service-deployment-fakes';
import { ServiceInvariants } from './service-invariants';
import { worldOn } from './world';

/** How tasks of a version behave is in its name. */
export const VERSIONS = ['good-1', 'good-2', 'good-3', 'slow-1', 'sick-1', 'crashing-1'] as const;
export type Version = (typeof VERSIONS)[number];

/** What every function of a hook does from now on; `again` responds IN_PROGRESS once, `still` always. */
export type HookMode = 'succeeds' | 'fails' | 'again' | 'still' | 'throws' | 'hangs';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HEALTHY_AFTER_MS: Readonly<Record<string, number>> = { good: 40 * SECOND_MS, slow: 25 * MINUTE_MS };
/** A function of Lambda runs no longer. */
const FUNCTION_TIMEOUT_MS = 15 * MINUTE_MS;
/** Tasks that crash in a row, more than the circuit breaker takes. */
const CRASHES = 5;
/** Two handlers of CloudFormation, an update and its rollback, have 36 hours each. */
const SETTLE_HOURS_MAX = 80;

const LOAD_BALANCERS = [
  {
    TargetGroupArn: BLUE,
    ContainerName: 'web',
    ContainerPort: 8080,
    AdvancedConfiguration: {
      AlternateTargetGroupArn: GREEN,
      ProductionListenerRule: PRODUCTION_RULE,
      TestListenerRule: TEST_RULE,
      RoleArn: INFRASTRUCTURE_ROLE,
    },
  },
];

/**
 * One service that CloudFormation and people deploy, in virtual time. Services, deployments and the resource type are the
 * rehearsal's own; only tasks, rules, functions and alarms are pretended.
 */
export class ServiceHistory implements Surroundings {
  readonly clock = new VirtualClock(undefined, 1);
  private readonly operations = fakes(this);
  // Polls of minutes, as the bakes of this world are. Other tests check inputs against AWS's models, which takes long.
  readonly world = Object.assign(
    worldOn(this.clock, {
      parameters: { serviceSchedulerMs: 10 * MINUTE_MS, serviceDeploymentAlarmPollMs: 10 * MINUTE_MS },
    }),
    {
      call: async <Output>(principal: Principal, prefix: string, name: string, input: unknown): Promise<Output> =>
        (await this.operations[prefix]?.[name]?.handle(input, { principal, requestId: 'test' })) as Output,
    },
  );
  readonly state = new EcsState(this.world);
  readonly services = new Services(this.world, this.state, { poke: () => this.poke() } as Reconciler);
  readonly rules = new Map<string, Weights>([
    [PRODUCTION_RULE, { [BLUE]: 1, [GREEN]: 0 }],
    [TEST_RULE, { [BLUE]: 1, [GREEN]: 0 }],
  ]);
  readonly hooks: HookPayload[] = [];
  readonly busEvents = [];
  readonly calls: string[] = [];
  readonly refused = new Map<string, AwsError>();
  alarms: string[] = [];
  hookMode: HookMode = 'succeeds';
  readonly invariants = new ServiceInvariants(this);
  private readonly resource = serviceResource(this.world, this.services);
  private readonly begun = new Set<TaskSet>();
  private readonly draining = new Set<TaskSet>();
  private current: ResourceState = { physicalId: '', attributes: {} };
  /** What the stack's template has. */
  private template: Version = 'good-1';
  private update: AbortController | undefined;
  /** Deployments that somebody started without CloudFormation. */
  private foreign = 0;

  /** @param configuration `DeploymentConfiguration` of the service, from its second deployment on */
  constructor(private readonly configuration: Readonly<Record<string, unknown>>) {
    this.state.clusters.set('main', {
      name: 'main',
      arn: this.state.clusterArn('main'),
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
      settings: [],
    });
    for (const family of VERSIONS)
      this.state.addTaskDefinition({
        family,
        containerDefinitions: [{ name: 'web', image: family, portMappings: [{ containerPort: 8080 }] }],
      });
  }

  get service(): ServiceState {
    return this.state.services[0]!;
  }

  get deployments(): readonly RunningDeployment[] {
    return this.services.deployments.all();
  }

  async create(): Promise<void> {
    const created = this.resource.create(this.request({ Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 0 }, this.template));
    await this.clock.advance(60 * MINUTE_MS);
    this.current = await created;
  }

  /** CloudFormation updates the stack, and rolls it back when the update fails. */
  updateStack(version: Version): void {
    if (this.update) return;
    this.update = new AbortController();
    this.inBackground(this.deployStack(version, this.update.signal).finally(() => (this.update = undefined)));
  }

  cancelStack(): void {
    if (!this.update || this.update.signal.aborted) return;
    this.invariants.reach('update cancelled');
    this.update.abort(new Error('Resource update cancelled'));
  }

  /** UpdateService by somebody else. */
  updateService(version: Version): void {
    this.foreign += 1;
    applyUpdate(this.services, this.service, { service: 'web', taskDefinition: version });
  }

  stopDeployment(stopType: 'ROLLBACK' | 'ABORT'): void {
    const open = this.deployments.findLast(({ progress }) => !isTerminal(progress.status));
    if (open) this.refusable(() => this.services.deployments.stopDeployment(open.arn, stopType));
  }

  continueDeployment(action: 'CONTINUE' | 'ROLLBACK'): void {
    for (const { arn, progress } of this.deployments) {
      const paused = progress.executions.find((each) => isOpen(each) && each.hook.targetType === 'PAUSE');
      if (!paused) continue;
      if (action === 'CONTINUE') this.invariants.continued.add(paused.id);
      this.invariants.reach(`pause: ${action}`);
      return this.refusable(() => this.services.deployments.continueDeployment(arn, paused.id, action));
    }
  }

  /** Somebody, such as a stack with fixed weights, sets the production rule. */
  resetRule(blue: number): void {
    this.rules.set(PRODUCTION_RULE, { [BLUE]: blue, [GREEN]: 100 - blue });
    this.invariants.ruleReset();
  }

  readonly ruleModified = (ruleArn: string): void => this.invariants.ruleModified(ruleArn);

  readonly respond = async (event: HookPayload): Promise<unknown> => {
    const mode = this.hookMode;
    const calls = this.invariants.hookCalled(event, mode);
    if (mode === 'hangs') await this.clock.sleep(FUNCTION_TIMEOUT_MS);
    if (mode === 'hangs' || mode === 'throws') return new Error('Task timed out');
    if (mode === 'fails') return { hookStatus: 'FAILED' };
    if (mode === 'still' || (mode === 'again' && calls === 1))
      return { hookStatus: 'IN_PROGRESS', callBackDelay: 600, hookDetails: { calls } };
    this.invariants.passed.add(event.executionId);
    return { hookStatus: 'SUCCEEDED' };
  };

  /** It stays in ALARM for at least two polls. */
  fireAlarm(): void {
    this.alarms = ['errors'];
    this.clock.after(25 * MINUTE_MS, () => (this.alarms = []));
  }

  /** Whatever disturbs calls ends, and then what is under way. */
  async settle(): Promise<void> {
    this.alarms = [];
    this.refused.clear();
    const isOver = () => !this.update && this.deployments.every(({ progress }) => isTerminal(progress.status));
    for (let hours = 0; !isOver() && hours < SETTLE_HOURS_MAX; hours++) await this.clock.advance(60 * MINUTE_MS);
    if (!isOver()) this.invariants.fail('a deployment or an update does not end');
    await this.clock.advance(5 * MINUTE_MS);
    this.services.stop();
  }

  private request(DeploymentConfiguration: Readonly<Record<string, unknown>>, version: Version) {
    const properties: ServiceProperties = {
      ServiceName: 'web',
      Cluster: 'main',
      TaskDefinition: version,
      DeploymentController: { Type: 'ECS' },
      LoadBalancers: LOAD_BALANCERS,
      DeploymentConfiguration,
    };
    const { signal } = this.update ?? new AbortController();
    return { stackName: 'shop', stackId: 'shop', logicalId: 'Web', properties, signal };
  }

  private async deployStack(version: Version, signal: AbortSignal): Promise<void> {
    try {
      await this.apply(version, signal);
      this.template = version;
    } catch {
      this.invariants.reach('stack rolled back');
      await this.rollBackStack().catch(() => this.invariants.reach('rollback of the stack failed'));
    }
  }

  /** What ECS itself has rolled back, CloudFormation does not deploy once more. */
  private async rollBackStack(): Promise<void> {
    const { foreign } = this;
    const before = this.services.deployments.newest(this.service);
    const count = this.deployments.length;
    await this.apply(this.template, new AbortController().signal);
    const source = before?.sources[0]?.launch.taskDefinition;
    const isBack = before?.progress.status === 'ROLLBACK_SUCCESSFUL' && this.versionOf(source) === this.template;
    if (!isBack || foreign !== this.foreign) return;
    this.invariants.reach('rollback of the stack deploys nothing');
    if (this.deployments.length !== count)
      this.invariants.fail('a rollback of the stack deploys what is there already');
  }

  private async apply(version: Version, signal: AbortSignal): Promise<void> {
    const { properties, ...request } = this.request(this.configuration, version);
    await this.resource.update?.({ ...request, properties, previous: properties, signal, current: this.current });
  }

  versionOf(taskDefinition = ''): string {
    return taskDefinition.split('/').at(-1)?.split(':')[0] ?? '';
  }

  private refusable(call: () => void): void {
    try {
      call();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }

  private inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.invariants.fail(String(error)));
  }

  private poke(): void {
    this.clock.after(0, () => {
      for (const set of this.service.taskSets) this.tend(set);
    });
  }

  private tend(set: TaskSet): void {
    if (set.status === 'DRAINING' && !this.draining.has(set)) {
      this.draining.add(set);
      this.clock.after(30 * SECOND_MS, () => {
        this.service.taskSets = this.service.taskSets.filter((each) => each !== set);
      });
    }
    if (set.status === 'DRAINING' || this.begun.has(set)) return;
    this.begun.add(set);
    const [kind = ''] = this.versionOf(set.taskDefinition).split('-');
    const healthyAfterMs = HEALTHY_AFTER_MS[kind];
    const starts = () => set.status !== 'DRAINING' && set.notBeforeMs === undefined;
    if (healthyAfterMs !== undefined) this.clock.after(healthyAfterMs, () => (set.steady = starts()));
    for (let crash = 1; kind === 'crashing' && crash <= CRASHES; crash++)
      this.clock.after(crash * MINUTE_MS, () => starts() && this.service.tasks.push(crashed(set, crash)));
  }
}

const crashed = (set: TaskSet, crash: number) =>
  ({
    id: `${set.id}-${crash}`,
    spec: { taskSetId: set.id, launch: set },
    life: { status: 'STOPPED', stop: { code: 'EssentialContainerExited', reason: 'exited' }, exitCodes: {} },
    lastLines: [],
  }) as unknown as Task;
