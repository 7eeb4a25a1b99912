import { covered } from '../../core/coverage';
import { elbCoverage } from './coverage';
import { AwsError, type Service, type World } from '../../core/service';
import type { AccessLogListener } from './data-plane/access-log';
import type { Sockets } from './data-plane';
import { LoadBalancing } from './load-balancing';
import { operations } from './operations';
import { resourceTypes } from './resources';

export type { AccessLogEntry, AccessLogListener } from './data-plane/access-log';

export interface ElasticLoadBalancingService extends Service {
  /** Called for every request through any listener when it ends. @returns a function that ends the subscription */
  onAccess(listener: AccessLogListener): () => void;
  /** `http://127.0.0.1:<port>` of a listener. @throws AwsError ListenerNotFound */
  listenerUrl(listenerArn: string): string;
  /**
   * The same by load balancer and the listener's port on AWS.
   * @param loadBalancer its ARN or DNS name
   * @throws AwsError LoadBalancerNotFound, ListenerNotFound
   */
  localUrl(loadBalancer: string, port: number): string;
}

/**
 * Elastic Load Balancing with application load balancers that really balance: each listener is a server on loopback.
 * @param sockets what serves listeners and probes targets. Default: this machine's sockets.
 */
export function createElasticLoadBalancing(world: World, sockets?: Sockets): ElasticLoadBalancingService {
  const elb = new LoadBalancing(world, sockets);
  return {
    prefix: 'elasticloadbalancing',
    protocol: {
      kind: 'query',
      version: '2015-12-01',
      namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    },
    operations: operations(elb),
    resourceTypes: covered(resourceTypes(elb), elbCoverage),
    onAccess: (listener) => {
      elb.dataPlane.accessListeners.add(listener);
      return () => void elb.dataPlane.accessListeners.delete(listener);
    },
    listenerUrl: (listenerArn) => elb.dataPlane.url(listenerArn),
    localUrl: (loadBalancer, port) => elb.dataPlane.url(listenerAt(elb, loadBalancer, port)),
    stop: () => elb.stop(),
  };
}

function listenerAt({ model }: LoadBalancing, loadBalancer: string, port: number): string {
  const byName = [...model.loadBalancers.values()].find((each) => each.dnsName === loadBalancer);
  const { arn, name } = byName ?? model.loadBalancer(loadBalancer);
  const listener = model.listenersOf(arn).find((each) => each.port === port);
  if (!listener) throw new AwsError('ListenerNotFound', `${name} has no listener on port ${port}`);
  return listener.arn;
}
