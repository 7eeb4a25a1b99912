import type { Action } from './actions';
import { groupsOf } from './actions';
import type { Condition } from './conditions';
import type { Health } from './health/health';
import { AwsError } from '../../core/service';

/** Of listeners and target groups: an application load balancer's two, and a network load balancer's. */
export type Protocol = 'HTTP' | 'HTTPS' | 'TCP' | 'TLS';

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly type: 'application' | 'network';
  /** `app/<name>/<id>`, or `net/` for a network load balancer: the LoadBalancer dimension of its metrics. */
  readonly fullName: string;
  readonly dnsName: string;
  readonly scheme: 'internet-facing' | 'internal';
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly ipAddressType: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly privateAddresses: readonly string[];
}

export interface Listener {
  readonly arn: string;
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly defaultRuleArn: string;
  readonly defaultActions: readonly Action[];
  readonly certificateArns: readonly string[];
  readonly sslPolicy?: string;
}

export interface Rule {
  readonly arn: string;
  readonly listenerArn: string;
  /** 1 to 50,000; lower is asked first. */
  readonly priority: number;
  readonly conditions: readonly Condition[];
  readonly actions: readonly Action[];
}

export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  /** `targetgroup/<name>/<id>`: the TargetGroup dimension of its metrics. */
  readonly fullName: string;
  readonly protocol: Protocol;
  readonly protocolVersion: string;
  readonly port: number;
  readonly vpcId?: string;
  readonly targetType: string;
  readonly healthCheck: HealthCheck;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface HealthCheck {
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP';
  /** `traffic-port` or a number as text. */
  readonly port: string;
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly matcher: string;
}

export interface Target {
  readonly groupArn: string;
  readonly address: string;
  readonly port: number;
  health: Health;
  draining: boolean;
}

/** `10.0.1.5:8080`. */
export function targetKey(target: Pick<Target, 'address' | 'port'>): string {
  return `${target.address}:${target.port}`;
}

/** Everything that the control plane keeps, by ARN. Records are replaced, never changed in place, except a target's health. */
export class Model {
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly listeners = new Map<string, Listener>();
  readonly rules = new Map<string, Rule>();
  readonly groups = new Map<string, TargetGroup>();
  /** By target group, then by `address:port`. */
  readonly targets = new Map<string, Map<string, Target>>();

  loadBalancer(arn: string): LoadBalancer {
    return found(this.loadBalancers.get(arn), 'LoadBalancerNotFound', `Load balancers '[${arn}]' not found`);
  }

  listener(arn: string): Listener {
    return found(this.listeners.get(arn), 'ListenerNotFound', `Listeners '${arn}' not found`);
  }

  rule(arn: string): Rule {
    return found(this.rules.get(arn), 'RuleNotFound', `Rules '[${arn}]' not found`);
  }

  group(arn: string): TargetGroup {
    return found(this.groups.get(arn), 'TargetGroupNotFound', `Target groups '[${arn}]' not found`);
  }

  targetsOf(groupArn: string): Map<string, Target> {
    return this.targets.get(groupArn) ?? new Map<string, Target>();
  }

  listenersOf(loadBalancerArn: string): Listener[] {
    return [...this.listeners.values()].filter((listener) => listener.loadBalancerArn === loadBalancerArn);
  }

  /** A listener's rules without the default, in the order in which they are asked. */
  rulesOf(listenerArn: string): Rule[] {
    return [...this.rules.values()]
      .filter((rule) => rule.listenerArn === listenerArn)
      .sort((a, b) => a.priority - b.priority);
  }

  /** Load balancers whose listeners or rules name the group, also with weight 0. AWS allows one at most. */
  loadBalancerOf(groupArn: string): LoadBalancer | undefined {
    for (const listener of this.listeners.values()) {
      const actions = [listener.defaultActions, ...this.rulesOf(listener.arn).map((rule) => rule.actions)].flat();
      if (groupsOf(actions).some((group) => group.TargetGroupArn === groupArn)) {
        return this.loadBalancers.get(listener.loadBalancerArn);
      }
    }
    return undefined;
  }

  /** @throws AwsError TargetGroupAssociationLimit when one of the groups serves another load balancer */
  assertAssociable(actions: readonly Action[], loadBalancerArn: string): void {
    for (const { TargetGroupArn } of groupsOf(actions)) {
      const other = this.loadBalancerOf(TargetGroupArn);
      if (other && other.arn !== loadBalancerArn) {
        const message = `The following target groups cannot be associated with more than one load balancer: ${TargetGroupArn}`;
        throw new AwsError('TargetGroupAssociationLimit', message);
      }
    }
  }
}

/** Whether clients speak TLS with the listener. */
export function isSecure({ protocol }: Pick<Listener, 'protocol'>): boolean {
  return protocol === 'HTTPS' || protocol === 'TLS';
}

function found<T>(value: T | undefined, code: string, message: string): T {
  if (value === undefined) throw new AwsError(code, message);
  return value;
}
