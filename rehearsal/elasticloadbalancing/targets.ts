import { createConnection, type Socket } from 'node:net';
import { Pool, type buildConnector } from 'undici';
import type { FaultEffect } from '../injection/fault';
import type { World } from '../service';
import { RequestMinute } from './minute';
import { type Target, type TargetGroup, targetKey } from './state';

/** ALB gives a connection to a target 10 s. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-504-issues */
export const CONNECT_TIMEOUT_MS = 10_000;

/** A failure to reach a target, with the code that a socket would show. */
export class UnreachableError extends Error {
  constructor(readonly code: 'ETIMEDOUT' | 'ECONNREFUSED' | 'ENOTFOUND') {
    super(code);
  }
}

/** Security groups that a connection to a target comes from: those of the group's load balancer. */
export type SourceGroups = (groupArn: string) => readonly string[];

/** A registered target as the data plane uses it: its kept-alive connections. */
export class TargetRuntime {
  readonly key: string;
  private connections?: Pool;

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

  get pool(): Pool {
    this.connections ??= new Pool(`http://${this.key}`, {
      connect: (options, callback) => this.connect(options, callback),
      pipelining: 1,
      keepAliveTimeout: 60_000,
      keepAliveTimeoutThreshold: 500,
    });
    return this.connections;
  }

  /**
   * The network is asked for each new connection and not for each request, because security groups track
   * connections: closing one does not cut what is open.
   * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-connection-tracking.html
   */
  private connect(_options: buildConnector.Options, callback: buildConnector.Callback): void {
    const { address, port, groupArn } = this.target;
    const route = this.world.network.resolve(address, port, { securityGroupIds: this.sourceGroups(groupArn) });
    if ('localPort' in route) {
      connectLocally(route.localPort, callback);
    } else if (route.error === 'ETIMEDOUT') {
      this.world.clock.after(CONNECT_TIMEOUT_MS, () => callback(new UnreachableError('ETIMEDOUT'), null));
    } else {
      setImmediate(() => callback(new UnreachableError(route.error), null));
    }
  }

  /** Lets requests under way finish, then closes. */
  async retire(): Promise<void> {
    await this.connections?.close();
  }

  async destroy(): Promise<void> {
    await this.connections?.destroy();
  }
}

function connectLocally(port: number, callback: buildConnector.Callback): void {
  const socket: Socket = createConnection({ host: '127.0.0.1', port, noDelay: true, keepAlive: true });
  const fail = (error: Error) => callback(error, null);
  socket.once('error', fail);
  socket.once('connect', () => {
    socket.removeListener('error', fail);
    callback(null, socket);
  });
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
