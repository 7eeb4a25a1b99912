import { Ids } from '../../../core/ids';
import { AwsError, type World } from '../../../core/service';
import type { AccessLogListener } from './access-log';
import { HealthChecker } from '../health/health-checker';
import { TraceIds } from './headers';
import { type ListenerContext, ListenerServer } from './listener-server';
import { networkProbe, type Probe } from '../health/probe';
import { MetricsPublisher } from './publisher';
import { compileRouting, type Routing } from './routing';
import { attributeMs } from '../settings';
import { isSecure, type Listener, type LoadBalancer, type Model, type Target, targetKey } from '../state';
import { GroupRuntime, TargetRuntime, groupRuntime } from './targets';
import { ListenerTls } from './tls';

/** What of a listener's server the data plane uses. */
export type Server = Pick<ListenerServer, 'routing' | 'listen' | 'secure' | 'close'>;

/** What touches the network of this machine. */
export interface Sockets {
  readonly createServer: (context: ListenerContext, routing: Routing) => Server;
  readonly probe: Probe;
}

interface Open {
  readonly server: Server;
  readonly localPort: number;
  leaveNetwork: () => void;
}

/** Where the model meets real sockets: servers of listeners, connections to targets, health checks and metrics. */
export class DataPlane {
  readonly accessListeners = new Set<AccessLogListener>();
  private readonly groups = new Map<string, GroupRuntime>();
  private readonly open = new Map<string, Open>();
  private readonly publisher: MetricsPublisher;
  private readonly checker: HealthChecker;
  private readonly traceIds: TraceIds;
  /** A sequence of its own, so that the number of requests does not change the ids of everything else. */
  private readonly chance: Ids;
  private readonly tls: ListenerTls;
  /** HTTPS listeners whose change has taken effect, as it left them. */
  private readonly secured = new Map<string, Listener>();

  private readonly sockets: Sockets;

  constructor(
    private readonly world: World,
    private readonly model: Model,
    sockets?: Sockets,
  ) {
    this.chance = new Ids(Math.floor(world.ids.random() * 2 ** 32));
    this.tls = new ListenerTls(world.network.authorityIn(world.directory));
    this.traceIds = new TraceIds(world.ids.hex(12));
    this.publisher = new MetricsPublisher(world, model, this.groups);
    this.sockets = sockets ?? {
      createServer: (context, routing) => new ListenerServer(context, routing),
      probe: networkProbe(world, (groupArn) => this.sourceGroups(groupArn)),
    };
    this.checker = new HealthChecker(world, model, this.sockets.probe, (target) => this.refresh(target.groupArn));
  }

  group(arn: string): GroupRuntime {
    let runtime = this.groups.get(arn);
    if (!runtime) this.groups.set(arn, (runtime = groupRuntime(this.model.group(arn))));
    return runtime;
  }

  removeGroup(arn: string): void {
    const runtime = this.groups.get(arn);
    this.groups.delete(arn);
    for (const target of runtime?.targets.values() ?? []) target.destroy();
  }

  addTarget(target: Target): void {
    const runtime = new TargetRuntime(target, this.world, (groupArn) => this.sourceGroups(groupArn));
    this.group(target.groupArn).targets.set(runtime.key, runtime);
    this.refresh(target.groupArn);
    this.checker.reconcile();
  }

  /** No new requests from now on; those under way continue. */
  retireTarget(target: Target): void {
    const group = this.group(target.groupArn);
    const key = targetKey(target);
    const runtime = group.targets.get(key);
    if (runtime?.target === target) group.targets.delete(key);
    this.refresh(target.groupArn);
    this.checker.reconcile();
    runtime?.retire();
  }

  /** @throws AwsError when no port can be had */
  async openListener(listener: Listener): Promise<void> {
    const loadBalancer = this.model.loadBalancer(listener.loadBalancerArn);
    this.noteNetwork(listener, loadBalancer);
    if (isSecure(listener)) {
      const detail = `${loadBalancer.name} serves HTTPS with certificates of the rehearsal's own`;
      this.world.events.record('elb', 'self-signed', detail, { loadBalancerArn: loadBalancer.arn });
    }
    const server = this.sockets.createServer(this.contextOf(listener, loadBalancer), this.compile(listener));
    const localPort = await server.listen();
    this.open.set(listener.arn, { server, localPort, leaveNetwork: this.join(listener, loadBalancer, localPort) });
    this.publisher.start();
    this.checker.reconcile();
  }

  /** A changed listener or rule applies to requests after `listenerPropagationMs`; `effective` is then called. */
  reroute(listenerArn: string, effective: () => void): void {
    const routing = this.compile(this.model.listener(listenerArn));
    this.checker.reconcile();
    this.world.clock.after(this.world.parameters.listenerPropagationMs, () => {
      const opened = this.open.get(listenerArn);
      if (!opened) return;
      opened.server.routing = routing;
      const listener = this.model.listeners.get(listenerArn);
      if (listener && isSecure(listener)) {
        this.secured.set(listenerArn, listener);
        opened.server.secure(this.tlsOf(listenerArn, listener));
      }
      effective();
    });
  }

  async closeListener(listenerArn: string): Promise<void> {
    const opened = this.open.get(listenerArn);
    if (!opened) return;
    this.open.delete(listenerArn);
    this.secured.delete(listenerArn);
    opened.leaveNetwork();
    this.checker.reconcile();
    await opened.server.close();
  }

  /** After a change of security groups. */
  rejoin(loadBalancer: LoadBalancer): void {
    for (const listener of this.model.listenersOf(loadBalancer.arn)) {
      const opened = this.open.get(listener.arn);
      if (!opened) continue;
      opened.leaveNetwork();
      opened.leaveNetwork = this.join(listener, loadBalancer, opened.localPort);
    }
  }

  /** @throws AwsError ListenerNotFound */
  url(listenerArn: string): string {
    const opened = this.open.get(listenerArn);
    if (!opened) throw new AwsError('ListenerNotFound', `Listeners '${listenerArn}' not found`);
    const scheme = isSecure(this.model.listener(listenerArn)) ? 'https' : 'http';
    return `${scheme}://127.0.0.1:${opened.localPort}`;
  }

  async stop(): Promise<void> {
    this.checker.stop();
    this.publisher.stop();
    const targets = [...this.groups.values()].flatMap((group) => [...group.targets.values()]);
    await Promise.all([...this.open.keys()].map((arn) => this.closeListener(arn)));
    for (const target of targets) target.destroy();
  }

  /** Its listeners carry requests and not bytes: enough for a service that speaks HTTP. */
  private noteNetwork({ arn, protocol }: Listener, { name, type }: LoadBalancer): void {
    if (type !== 'network') return;
    const detail = `${name} is a network load balancer: its ${protocol} listener carries HTTP only, and has no metrics`;
    this.world.events.record('elb', 'not-rehearsed', detail, { listenerArn: arn, feature: 'network load balancer' });
  }

  private refresh(groupArn: string): void {
    const group = this.group(groupArn);
    group.refresh();
    this.publisher.sample(group);
  }

  private sourceGroups(groupArn: string): readonly string[] {
    return this.model.loadBalancerOf(groupArn)?.securityGroupIds ?? [];
  }

  private compile(listener: Listener): Routing {
    return compileRouting(listener, this.model.rulesOf(listener.arn), (arn) => this.group(arn));
  }

  private join(listener: Listener, loadBalancer: LoadBalancer, localPort: number): () => void {
    return this.world.network.register({
      privateAddresses: loadBalancer.privateAddresses,
      names: [loadBalancer.dnsName],
      internetFacing: loadBalancer.scheme === 'internet-facing',
      port: listener.port,
      localPort,
      securityGroupIds: loadBalancer.securityGroupIds,
    });
  }

  private contextOf(listener: Listener, loadBalancer: LoadBalancer) {
    return {
      listener,
      now: () => this.world.clock.now(),
      realNow: () => this.world.clock.realNow(),
      random: () => this.chance.random(),
      traceIds: this.traceIds,
      minute: () => this.publisher.minuteOf(loadBalancer.arn),
      accessListeners: this.accessListeners,
      idleTimeoutMs: () => {
        const { attributes } = this.model.loadBalancers.get(loadBalancer.arn) ?? loadBalancer;
        return attributeMs(attributes, 'idle_timeout.timeout_seconds', 4000);
      },
      ...(isSecure(listener) && { tls: this.tlsOf(listener.arn, listener) }),
    };
  }

  private tlsOf(listenerArn: string, listener: Listener) {
    return this.tls.options(() => this.secured.get(listenerArn) ?? listener);
  }
}
