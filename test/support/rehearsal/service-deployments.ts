import type { VirtualClock } from '../../../rehearsal/core/clock';
import { type AwsError, type Call, INTERNAL, type Operations } from '../../../rehearsal/core/service';
import type { DeploymentConfiguration } from '../../../rehearsal/services/ecs/deployment/configuration';
import { serviceDeploymentOperations } from '../../../rehearsal/services/ecs/deployment/operations';
import { ServiceDeployments } from '../../../rehearsal/services/ecs/deployment/service-deployments';
import type { ServiceHost } from '../../../rehearsal/services/ecs/deployment/tasks';
import type { LaunchSettings } from '../../../rehearsal/services/ecs/shapes';
import { EcsState, type ServiceState, type TaskSet } from '../../../rehearsal/services/ecs/state';
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
import { testWorld } from './world';

export * from './service-deployment-fakes';

/** One service, `web` in the cluster `main`, whose rules, functions and alarms a test decides. */
export class DeployedService implements Surroundings {
  readonly world = testWorld();
  readonly clock: VirtualClock = this.world.clock;
  readonly state = new EcsState(this.world);
  readonly rules = new Map<string, Weights>([
    [PRODUCTION_RULE, { [BLUE]: 1, [GREEN]: 0 }],
    [TEST_RULE, { [BLUE]: 1, [GREEN]: 0 }],
  ]);
  /** Payloads that hooks got, in order. */
  readonly hooks: HookPayload[] = [];
  readonly busEvents: { readonly DetailType: string; readonly Detail: Readonly<Record<string, unknown>> }[] = [];
  /** Who called what, of every call with a role. */
  readonly calls: string[] = [];
  /** By operation; of AssumeRole with the role's ARN. */
  readonly refused = new Map<string, AwsError>();
  alarms: string[] = [];
  /** Whether tasks of new task sets become healthy. */
  healthy = true;
  /** Whether the service names only a production rule from now on. */
  withoutTestRule = false;
  respond: (event: HookPayload) => unknown = () => ({ hookStatus: 'SUCCEEDED' });
  readonly deployments = new ServiceDeployments(this.world, this.host());
  private readonly operations: Operations = serviceDeploymentOperations(this.state, this.deployments);
  readonly service: ServiceState = this.newService();

  constructor(configuration: DeploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 }) {
    this.service.configuration = configuration;
    this.state.services.push(this.service);
    for (const [prefix, operations] of Object.entries(fakes(this))) this.world.add({ prefix, operations });
  }

  /** Deploys a version and waits until nothing of it moves. @returns as DescribeServiceDeployments shows it */
  async deploy(version: string, minutes = 60) {
    const settings = launch(version);
    const deployment = this.deployments.start(this.service, this.withoutTestRule ? productionOnly(settings) : settings);
    await this.clock.advance(minutes * 60_000);
    return this.describe(deployment.arn);
  }

  describe(arn: string) {
    const { serviceDeployments } = this.call<{ serviceDeployments: Readonly<Record<string, unknown>>[] }>(
      'DescribeServiceDeployments',
      { serviceDeploymentArns: [arn] },
    );
    return serviceDeployments[0]!;
  }

  call<Output>(operation: string, input: unknown): Output {
    const call: Call = { principal: INTERNAL, requestId: 'test' };
    return this.operations[operation]!.handle(input, call) as Output;
  }

  /** Target groups of the task sets that run, with the version of each. */
  running(): string[] {
    return this.service.taskSets
      .filter(({ status }) => status !== 'DRAINING')
      .map(({ taskDefinition, loadBalancers }) => `${taskDefinition} in ${nameOf(loadBalancers[0]!.targetGroupArn)}`);
  }

  production(): Record<string, number> {
    const entries = Object.entries(this.rules.get(PRODUCTION_RULE) ?? {});
    return Object.fromEntries(entries.map(([arn, weight]) => [nameOf(arn), weight]));
  }

  private newService(): ServiceState {
    const cluster = {
      name: 'main',
      arn: this.state.clusterArn('main'),
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
      settings: [],
    };
    this.state.clusters.set('main', cluster);
    return {
      name: 'web',
      arn: this.state.serviceArn('main', 'web'),
      cluster,
      controller: 'ECS',
      createdAtMs: 0,
      status: 'ACTIVE',
      desiredCount: 1,
      launch: launch('v0'),
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      healthCheckGracePeriodMs: 0,
      taskSets: [],
      tasks: [],
      events: [],
      health: new Map(),
      configuration: {},
      deployments: [],
      revisions: [],
    };
  }

  private host(): ServiceHost {
    let ids = 100;
    return {
      state: this.state,
      newTaskSetId: () => `ecs-svc/${ids++}`,
      addTaskSet: (service, spec) => {
        const times = { createdAtMs: 0, updatedAtMs: 0, steadyChangedAtMs: 0 };
        const { launch: settings, ...rest } = spec;
        const set: TaskSet = { ...settings, ...rest, ...times, arn: spec.id, steady: this.healthy, failedStarts: 0 };
        service.taskSets = [...service.taskSets, set];
        return set;
      },
      setPrimary: (service, primary) => {
        for (const set of service.taskSets)
          if (set.status !== 'DRAINING') set.status = set === primary ? 'PRIMARY' : 'ACTIVE';
      },
      drainTaskSet: (service, set) => {
        set.status = 'DRAINING';
        this.clock.after(30_000, () => (service.taskSets = service.taskSets.filter((each) => each !== set)));
      },
      until: async (holds, signal) => {
        while (!holds()) await this.clock.sleep(3_000, signal);
      },
    };
  }
}

const nameOf = (targetGroupArn: string) => targetGroupArn.split('/')[1] ?? '';

export const launch = (version: string): LaunchSettings => ({
  taskDefinition: version,
  loadBalancers: [
    {
      targetGroupArn: BLUE,
      containerName: 'web',
      containerPort: 8080,
      advancedConfiguration: {
        alternateTargetGroupArn: GREEN,
        productionListenerRule: PRODUCTION_RULE,
        testListenerRule: TEST_RULE,
        roleArn: INFRASTRUCTURE_ROLE,
      },
    },
  ],
});

const productionOnly = (settings: LaunchSettings): LaunchSettings => ({
  ...settings,
  loadBalancers: settings.loadBalancers.map(({ advancedConfiguration, ...each }) => ({
    ...each,
    advancedConfiguration: advancedConfiguration && { ...advancedConfiguration, testListenerRule: undefined },
  })),
});
