import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rmSync } from 'node:fs';
import { ScaledClock } from '../../../rehearsal/core/clock';
import { createElasticLoadBalancing } from '../../../rehearsal/services/elasticloadbalancing';
import type { AccessLogEntry } from '../../../rehearsal/services/elasticloadbalancing';
import { INTERNAL, type ResourceState } from '../../../rehearsal/core/service';
import { worldOn } from './world';

/** A load balancer on real sockets, with backends that a test adds. */
export class Stack {
  readonly world = worldOn(new ScaledClock(60), { parameters: { probeWallMsMin: 500 } });
  readonly elb = createElasticLoadBalancing(this.world);
  readonly published: { Namespace: string; MetricData: Record<string, unknown>[] }[] = [];
  readonly access: AccessLogEntry[] = [];
  private readonly servers = new Set<Server>();

  constructor() {
    this.world.add(this.elb);
    const PutMetricData = { handle: (input: (typeof this.published)[number]) => (this.published.push(input), {}) };
    this.world.add({ prefix: 'cloudwatch', operations: { PutMetricData } });
    this.elb.onAccess((entry) => this.access.push(entry));
  }

  async create(type: string, properties: Record<string, unknown>): Promise<ResourceState> {
    const resourceType = this.elb.resourceTypes?.[`AWS::ElasticLoadBalancingV2::${type}`];
    if (!resourceType) throw new Error(`no type ${type}`);
    const signal = new AbortController().signal;
    return resourceType.create({ stackName: 'Greenlight', stackId: 's', logicalId: type, properties, signal });
  }

  /** What the template says of it now. */
  async update(type: string, current: ResourceState, properties: Record<string, unknown>): Promise<ResourceState> {
    const resourceType = this.elb.resourceTypes?.[`AWS::ElasticLoadBalancingV2::${type}`];
    if (!resourceType?.update) throw new Error(`no update of ${type}`);
    const request = { stackName: 'Greenlight', stackId: 's', logicalId: type, signal: new AbortController().signal };
    return resourceType.update({ ...request, properties, previous: {}, current });
  }

  group(name: string, more: Record<string, unknown> = {}): Promise<ResourceState> {
    return this.create('TargetGroup', {
      Name: name,
      Protocol: 'HTTP',
      Port: 8080,
      TargetType: 'ip',
      HealthCheckIntervalSeconds: 6,
      HealthCheckPath: '/health',
      ...more,
    });
  }

  call<T = unknown>(operation: string, input: unknown): Promise<T> {
    return this.world.call<T>(INTERNAL, 'elasticloadbalancing', operation, input);
  }

  /** Puts a real server at an address of the rehearsed network. */
  async backend(address: string, listener: RequestListener, securityGroupIds: string[] = []): Promise<Server> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.servers.add(server);
    const localPort = (server.address() as AddressInfo).port;
    const at = { privateAddresses: [address], names: [], internetFacing: false, port: 8080 };
    this.world.network.register({ ...at, localPort, securityGroupIds });
    return server;
  }

  async targetStates(arn: string): Promise<string[]> {
    const { TargetHealthDescriptions } = await this.call<{
      TargetHealthDescriptions: { TargetHealth: { State: string } }[];
    }>('DescribeTargetHealth', { TargetGroupArn: arn });
    return TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth.State);
  }

  async end(): Promise<void> {
    await this.elb.stop?.();
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.world.directory, { recursive: true, force: true });
  }
}
