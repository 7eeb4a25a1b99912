import { Connection, Connections } from '../../../../common/http/parts';
import type { FaultEffect } from '../../../core/injection/fault';
import type { World } from '../../../core/service';
import type { ClientRequest } from '../clients/types';
import { RequestMinute } from './minute';
import { type Target, type TargetGroup, targetKey } from '../state';
import { type ResponseHandler, TargetError, Upstream } from './upstream';

/** ALB gives a connection to a target 10 s. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-504-issues */
const CONNECT_TIMEOUT_MS = 10_000;
/** How long a connection without a request stays open. */
const KEEP_ALIVE_MS = 60_000;

/** Security groups that a connection to a target comes from: those of the group's load balancer. */
export type SourceGroups = (groupArn: string) => readonly string[];

/** A registered target as the data plane uses it: its keep-alive connections. */
export class TargetRuntime {
  readonly key: string;
  private readonly connections = new Connections('http:');
  private readonly underWay = new Set<Upstream>();

  constructor(
    readonly target: Target,
    private readonly world: World,
    private readonly sourceGroups: SourceGroups,
  ) {
    this.key = targetKey(target);
  }

  /** What the fault of its task does to a request; undefined when it is served as always. */
  effectOn(url: string): FaultEffect | undefined {
    return this.world.network.injections.at(this.target.address)?.effectOn(url);
  }

  /**
   * Sends a request on an idle connection or a new one.
   * @param headers flat pairs of name and value
   * @param timeoutMs without anything that comes or goes
   * @param begun gets what can end it early, once there is a connection
   */
  send(
    request: ClientRequest,
    headers: readonly string[],
    timeoutMs: number,
    handler: ResponseHandler,
    begun: (upstream: Upstream) => void,
  ): void {
    this.connect(
      (connection) => {
        const upstream = new Upstream(connection, request, handler, timeoutMs, this.settle);
        this.underWay.add(upstream);
        begun(upstream);
        upstream.send(headers);
      },
      (error) => handler.onError(error),
    );
  }

  /**
   * The network is asked once per new connection and not per request, because security groups track
   * connections: closing one does not cut what is open.
   * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-connection-tracking.html
   */
  private connect(use: (connection: Connection) => void, fail: (error: TargetError) => void): void {
    const idle = this.connections.take(this.key, performance.now());
    if (idle) return use(idle);
    const { address, port, groupArn } = this.target;
    const route = this.world.network.resolve(address, port, { securityGroupIds: this.sourceGroups(groupArn) });
    if ('localPort' in route) {
      use(new Connection({ host: '127.0.0.1', port: route.localPort, isSecure: false }));
    } else if (route.error === 'ETIMEDOUT') {
      this.world.clock.after(CONNECT_TIMEOUT_MS, () => fail(new TargetError('ETIMEDOUT')));
    } else {
      const { error } = route;
      setImmediate(() => fail(new TargetError(error)));
    }
  }

  private readonly settle = (upstream: Upstream, isReusable: boolean, idleMs = KEEP_ALIVE_MS): void => {
    this.underWay.delete(upstream);
    if (isReusable)
      this.connections.give(this.key, upstream.connection, performance.now(), Math.min(idleMs, KEEP_ALIVE_MS));
  };

  /** Lets requests under way finish, and keeps no connection. */
  retire(): void {
    this.connections.close();
  }

  destroy(): void {
    this.retire();
    for (const upstream of this.underWay) upstream.onError(new TargetError('ECONNRESET'));
  }
}

/** A target group as the data plane uses it: whom to ask next, and what this minute adds up to. */
export class GroupRuntime {
  readonly targets = new Map<string, TargetRuntime>();
  minute = new RequestMinute();
  private eligible: readonly TargetRuntime[] = [];
  private turn = 0;

  constructor(
    readonly arn: string,
    readonly fullName: string,
  ) {}

  /**
   * Call after any change of targets or their health. With no healthy target the load balancer fails open: all get requests.
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
   */
  refresh(): void {
    const serving = [...this.targets.values()].filter(({ target }) => !target.draining);
    const healthy = serving.filter(({ target }) => target.health.state === 'healthy');
    this.eligible = healthy.length > 0 ? healthy : serving;
  }

  /** Round robin. @returns undefined when the group has no target */
  choose(): TargetRuntime | undefined {
    if (this.eligible.length === 0) return undefined;
    this.turn = (this.turn + 1) % this.eligible.length;
    return this.eligible[this.turn];
  }

  counts(): { healthy: number; unhealthy: number; total: number } {
    const serving = [...this.targets.values()].filter(({ target }) => !target.draining);
    const of = (state: string) => serving.filter(({ target }) => target.health.state === state).length;
    return { healthy: of('healthy'), unhealthy: of('unhealthy'), total: serving.length };
  }
}

export function groupRuntime(group: TargetGroup): GroupRuntime {
  return new GroupRuntime(group.arn, group.fullName);
}
