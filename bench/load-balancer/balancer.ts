import { rmSync } from 'node:fs';
import { ScaledClock } from '../../rehearsal/core/clock';
import { createElasticLoadBalancing } from '../../rehearsal/services/elasticloadbalancing';
import type { ResourceRequest } from '../../rehearsal/core/service';
import { worldOn } from '../../test/support/rehearsal/world';

/** A listener of the local AWS before a target on loopback. */
export async function startBalancer(localPort: number): Promise<{ port: number; stop: () => Promise<void> }> {
  const world = worldOn(new ScaledClock(60));
  world.add({ prefix: 'cloudwatch', operations: { PutMetricData: { handle: () => ({}) } } });
  const elb = createElasticLoadBalancing(world);
  world.network.register({
    privateAddresses: ['10.0.1.5'],
    names: [],
    internetFacing: false,
    port: 8080,
    localPort,
    securityGroupIds: [],
  });
  const create = async (type: string, properties: Record<string, unknown>) => {
    const request = {
      stackName: 'Bench',
      stackId: '',
      logicalId: 'Bench',
      properties,
      signal: new AbortController().signal,
    };
    return elb.resourceTypes?.[`AWS::ElasticLoadBalancingV2::${type}`]?.create(request satisfies ResourceRequest);
  };
  const Targets = [{ Id: '10.0.1.5', Port: 8080 }];
  const group = await create('TargetGroup', { Protocol: 'HTTP', Port: 8080, TargetType: 'ip', Targets });
  const balancer = await create('LoadBalancer', {});
  const listener = await create('Listener', {
    LoadBalancerArn: balancer?.physicalId,
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: group?.physicalId }],
  });
  const stop = async () => {
    await elb.stop?.();
    rmSync(world.directory, { recursive: true, force: true });
  };
  return { port: Number(new URL(elb.listenerUrl(listener?.physicalId ?? '')).port), stop };
}
