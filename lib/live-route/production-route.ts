import type { IApplicationListener, IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** Where a production listener is, and its rule if it has one. */
export interface RouteSettings {
  readonly loadBalancer?: IApplicationLoadBalancer;
  readonly port?: number;
  readonly listener?: IApplicationListener;
  readonly priority?: number;
}

/** The default action or the rule that forwards production traffic to a pair of target groups. */
export class ProductionRoute {
  /** The default action of the listener on a port of a load balancer, 1 to 65535. The listener may be part of the same stack. */
  public static defaultAction(loadBalancer: IApplicationLoadBalancer, port: number): ProductionRoute {
    return new ProductionRoute({ loadBalancer, port });
  }

  /** The rule with a priority, 1 to 50000, on an existing listener. */
  public static rule(listener: IApplicationListener, priority: number): ProductionRoute {
    return new ProductionRoute({ listener, priority });
  }

  /** The rule with a priority, 1 to 50000, of the listener on a port of a load balancer, 1 to 65535. The listener may be part of the same stack. */
  public static ruleOnPort(loadBalancer: IApplicationLoadBalancer, port: number, priority: number): ProductionRoute {
    return new ProductionRoute({ loadBalancer, port, priority });
  }

  private constructor(
    /** @internal */
    public readonly _settings: RouteSettings,
  ) {}
}
