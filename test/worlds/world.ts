/** One account with the sample service, in which everything that a step names can happen. */
import type { HttpResponse } from '../../common/http';
import { IN_FLIGHT } from '../../aws/deployments';
import { AwsError, INTERNAL, type Principal } from '../../rehearsal/core/service';
import type { LocalWorld } from '../../rehearsal/core/dispatch';
import { chooseGroup, type Routing } from '../../rehearsal/services/elasticloadbalancing/data-plane/routing';
import type { Server } from '../../rehearsal/services/elasticloadbalancing/data-plane';
import { matchesStatus } from '../../rehearsal/services/elasticloadbalancing/health/health';
import type { RolePermissions } from '../../rehearsal/services/iam';
import type { Responses } from '../../rehearsal/services/cloudformation';
import { Chance } from './chance';
import { use, WorldClock } from './clock';
import { Faults } from './faults';
import { Functions } from './functions';
import { createLocal, createServices } from './services';
import { Machines } from './tasks';
import { type Sample, suiteOf } from './samples';
import { type TemplateGrant, templateOf, type Variation } from './template';

export const STACK = 'Shop';
export const PRODUCTION_PORT = 80;
const MINUTE_MS = 60_000;

export interface DeploymentInfo {
  readonly deploymentId: string;
  readonly status: string;
  readonly creator: string;
  readonly description?: string;
  readonly createTime: number;
  readonly instanceTerminationWaitTimeStarted?: boolean;
  readonly rollbackInfo?: { readonly rollbackDeploymentId?: string; readonly rollbackTriggeringDeploymentId?: string };
  readonly revision: { readonly appSpecContent: { readonly sha256: string } };
}

export interface WorldOptions {
  /** Default: the smallest one. */
  readonly sample?: Sample;
  /** A grant that the stack does without. */
  readonly without?: TemplateGrant;
}

/** Called with each call of the product before it is made. */
export type OnCall = (operation: string, input: object) => Promise<void>;

export class World {
  readonly clock = new WorldClock();
  readonly chance: Chance;
  readonly faults: Faults;
  readonly machines = new Machines();
  readonly local: LocalWorld;
  /** By the listener's port: what it forwards to now. */
  readonly routings = new Map<number, Routing>();
  readonly permissions: () => readonly RolePermissions[];
  onCall: OnCall = () => Promise.resolve();
  onResponse: (body: string) => void = () => undefined;
  /** What the release function has deployed. */
  readonly appSpecs: object[] = [];
  /** Whether the newest update changes nothing that ships. */
  isSettingsOnly = false;
  onRoute: (port: number, routing: Routing) => void = () => undefined;
  private readonly templates = new Map<string, string>();
  private readonly functions: Functions;
  private readonly responses: Responses;
  private readonly stopServices: () => Promise<void>;

  constructor(
    readonly seed: number,
    private readonly options: WorldOptions = {},
  ) {
    this.chance = new Chance(seed);
    this.faults = new Faults(this.clock, this.chance);
    this.functions = new Functions(this, suiteOf(this.sample));
    const means = {
      ...{ clock: this.clock, seed, machines: this.machines, functions: () => this.functions },
      sockets: { createServer: this.createServer.bind(this), probe: this.probe.bind(this) },
      template: (key: string) => this.templates.get(key) ?? '',
    };
    use(this.clock);
    this.local = createLocal(means);
    const { responses, iam, stop } = createServices(this.local, means);
    this.permissions = () => iam.permissions();
    this.responses = responses;
    this.stopServices = stop;
  }

  private get sample(): Sample {
    return this.options.sample ?? 'service';
  }

  async stop(): Promise<void> {
    await this.stopServices();
    use(undefined);
  }

  /** A call of the product. @throws AwsError */
  async call(principal: Principal, prefix: string, operation: string, input: object): Promise<unknown> {
    await this.faults.meet();
    await this.onCall(operation, input);
    if (operation === 'CreateDeployment') this.appSpecs.push(input);
    return this.local.call(principal, prefix, operation, input);
  }

  /** A call of somebody else, who does nothing when it is refused. */
  async attempt(prefix: string, operation: string, input: object): Promise<boolean> {
    try {
      await this.local.call(INTERNAL, prefix, operation, input);
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  }

  /** @returns the status of CloudFormation's URL */
  takesResponse(url: URL, body: string): number {
    if (this.faults.refusesResponse()) return 503;
    this.onResponse(body);
    return this.responses.receive('PUT', url.searchParams, Buffer.from(body));
  }

  /** A request to a listener. @returns undefined when nothing listens */
  serve(port: number, path: string): Pick<HttpResponse, 'status' | 'headers'> | undefined {
    const routing = this.routings.get(port);
    if (routing?.fallback.kind !== 'forward') return undefined;
    const target = chooseGroup(routing.fallback, () => this.chance.below(1))?.choose()?.target;
    if (!target) return { status: 503, headers: {} };
    const headers = { 'x-version': this.machines.versionAt(target.address) };
    return { status: this.machines.respond(target.address, path) ?? 502, headers };
  }

  async create(variation: Variation): Promise<void> {
    await this.attempt('cloudformation', 'CreateStack', this.stackInput(variation));
    await this.rest();
  }

  deploy(variation: Variation): Promise<boolean> {
    return this.attempt('cloudformation', 'UpdateStack', this.stackInput(variation));
  }

  async stack(): Promise<{ readonly status: string; readonly reason: string }> {
    const { Stacks } = await this.local.call<{ Stacks: { StackStatus: string; StackStatusReason?: string }[] }>(
      ...[INTERNAL, 'cloudformation', 'DescribeStacks', {}],
    );
    return { status: Stacks[0]?.StackStatus ?? 'none', reason: Stacks[0]?.StackStatusReason ?? '' };
  }

  /** Oldest first. */
  async deployments(): Promise<DeploymentInfo[]> {
    const { deployments } = await this.local.call<{ deployments: string[] }>(
      INTERNAL,
      'codedeploy',
      'ListDeployments',
      {},
    );
    const infos: DeploymentInfo[] = [];
    for (const deploymentId of deployments) {
      const { deploymentInfo } = await this.local.call<{ deploymentInfo: DeploymentInfo }>(
        ...[INTERNAL, 'codedeploy', 'GetDeployment', { deploymentId }],
      );
      infos.push(deploymentInfo);
    }
    return infos.sort((a, b) => a.createTime - b.createTime);
  }

  async lifecycle(deploymentId: string) {
    const { targetIds } = await this.local.call<{ targetIds: string[] }>(
      ...[INTERNAL, 'codedeploy', 'ListDeploymentTargets', { deploymentId }],
    );
    const { deploymentTargets } = await this.local.call<{
      deploymentTargets: { ecsTarget: { lifecycleEvents: { lifecycleEventName: string; status: string }[] } }[];
    }>(INTERNAL, 'codedeploy', 'BatchGetDeploymentTargets', { deploymentId, targetIds });
    return deploymentTargets.flatMap(({ ecsTarget }) => ecsTarget.lifecycleEvents);
  }

  /** The versions that production traffic reaches, each once. */
  liveVersions(): string[] {
    const routing = this.routings.get(PRODUCTION_PORT);
    if (routing?.fallback.kind !== 'forward') return [];
    const { groups, upTo } = routing.fallback;
    const serving = groups.filter((_, at) => (upTo[at] ?? 0) > (upTo[at - 1] ?? 0));
    const addresses = serving.flatMap((group) => [...group.targets.values()].map(({ target }) => target.address));
    return [...new Set(addresses.map((address) => this.machines.versionAt(address)))];
  }

  /** Lets time pass until stack and deployments have ended, four hours at most. @returns whether they have */
  async rest(): Promise<boolean> {
    for (let minute = 0; minute < 4 * 60; minute++) {
      await this.clock.advance(MINUTE_MS);
      if (await this.isAtRest()) return true;
    }
    return false;
  }

  private async isAtRest(): Promise<boolean> {
    const { status } = await this.stack();
    if (status.endsWith('_IN_PROGRESS')) return false;
    const { deployments } = await this.local.call<{ deployments: string[] }>(
      ...[INTERNAL, 'codedeploy', 'ListDeployments', { includeOnlyStatuses: IN_FLIGHT }],
    );
    return deployments.length === 0;
  }

  private stackInput(changed: Variation) {
    const { without } = this.options;
    const variation = { ...changed, ...(without && { without }) };
    const key = JSON.stringify(variation);
    this.templates.set(key, this.templates.get(key) ?? templateOf(this.sample, variation));
    return {
      StackName: STACK,
      TemplateURL: `https://s3.us-east-1.amazonaws.com/templates/${encodeURIComponent(key)}`,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    };
  }

  private createServer({ listener }: { listener: { readonly port: number } }, first: Routing): Server {
    const { routings } = this;
    const set = (routing: Routing) => {
      routings.set(listener.port, routing);
      this.onRoute(listener.port, routing);
    };
    set(first);
    return {
      get routing() {
        return routings.get(listener.port) ?? first;
      },
      set routing(routing) {
        set(routing);
      },
      listen: () => Promise.resolve(0),
      secure: () => undefined,
      close: () => Promise.resolve(void routings.delete(listener.port)),
    };
  }

  private probe(
    ...[target, check]: Parameters<import('../../rehearsal/services/elasticloadbalancing/health/probe').Probe>
  ) {
    const status = this.machines.respond(target.address, check.path);
    if (status === undefined)
      return Promise.resolve({
        ok: false,
        reason: 'Target.FailedHealthChecks',
        description: 'Health checks failed',
      } as const);
    if (matchesStatus(check.matcher, status)) return Promise.resolve({ ok: true } as const);
    const description = `Health checks failed with these codes: [${status}]`;
    return Promise.resolve({ ok: false, reason: 'Target.ResponseCodeMismatch', description } as const);
  }
}
