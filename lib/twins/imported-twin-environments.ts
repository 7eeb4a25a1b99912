import { type IConnectable, Port } from 'aws-cdk-lib/aws-ec2';
import type {
  IApplicationListener,
  IApplicationLoadBalancer,
  IApplicationTargetGroup,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct, type IConstruct } from 'constructs';
import { refuseClientCertificates } from './client-certificates';
import { hostOf } from './conditions';
import { hostsOf } from '../gate/requests';
import { localListener } from '../internal/local-reference';
import { validateImportedTwins } from './validation';
import { type Endpoint, endpointOf, fullNameOf } from './listeners';
import type { TwinEnvironmentsAttributes } from './twin-environments-props';

/** The load balancer's side of a blue/green service. */
export interface ITwinEnvironments extends IConstruct {
  /** The load balancer of both listeners. */
  readonly loadBalancer: IApplicationLoadBalancer;
  /** The listener where clients connect. */
  readonly productionListener: IApplicationListener;
  /** The listener where the gate tests green before clients use it. */
  readonly testListener: IApplicationListener;
  /** The target group that is live first; the two swap roles at each release. */
  readonly blue: IApplicationTargetGroup;
  /** The target group that the first release makes live. */
  readonly green: IApplicationTargetGroup;
  /** `app/<name>/<id>`, the load balancer's dimension in CloudWatch. */
  readonly loadBalancerFullName: string;
  /** The name that clients use, if it is known. */
  readonly domainName?: string;
  /** The base URL of the production listener. */
  readonly productionUrl: string;
  /** The base URL of the test listener. Only an allowed gate can connect. */
  readonly testUrl: string;
  /** Lets a gate reach both listeners. */
  allowGateFrom(gate: IConnectable): void;
}

const AFTER_THE_SHIFT = 'Smoke tests after the shift';

/**
 * What made and imported twins share.
 * @internal
 */
export abstract class TwinEnvironmentsBase extends Construct implements ITwinEnvironments {
  public abstract readonly loadBalancer: IApplicationLoadBalancer;
  public abstract readonly productionListener: IApplicationListener;
  public abstract readonly testListener: IApplicationListener;
  public abstract readonly blue: IApplicationTargetGroup;
  public abstract readonly green: IApplicationTargetGroup;
  public abstract readonly loadBalancerFullName: string;
  public abstract readonly domainName?: string;
  public abstract readonly productionUrl: string;
  public abstract readonly testUrl: string;
  /** The names that a request of the gate may carry.
   * @internal */
  public abstract readonly _hosts: readonly string[];
  /** Of the rules on listeners that exist; none where the default actions forward to the pair.
   * @internal */
  public abstract readonly _conditions: readonly ListenerCondition[];
  /** What a plain GET finds on production and the target groups are checked with; undefined where it is not known.
   * @internal */
  public abstract readonly _healthPath?: string;
  /** @internal */
  protected abstract readonly _ports: readonly [production: number, test: number];
  /** Whether anyone may connect to the production listener.
   * @internal */
  protected abstract readonly _admitsAll: boolean;

  /** Lets a gate reach both listeners. It is the only way into a test listener of its own. */
  public allowGateFrom(gate: IConnectable): void {
    const [production, test] = this._ports;
    this.testListener.connections.allowFrom(gate, Port.tcp(test), 'Smoke tests of green');
    if (this._admitsAll) this.allowOut(gate, Port.tcp(production));
    else this.productionListener.connections.allowFrom(gate, Port.tcp(production), AFTER_THE_SHIFT);
  }

  /** The listener needs no rule for the gate when anyone may connect. */
  private allowOut(gate: IConnectable, port: Port): void {
    const listeners = this.productionListener.connections.securityGroups;
    for (const group of gate.connections.securityGroups.filter((each) => !each.allowAllOutbound))
      for (const listener of listeners) group.addEgressRule(listener, port, AFTER_THE_SHIFT);
  }

  /** @internal */
  protected _urlOf({ scheme, port }: Endpoint): string {
    return `${scheme}://${this.domainName ?? this.loadBalancer.loadBalancerDnsName}:${port}`;
  }
}

/** Twins that exist already, for a gate and alarms around them. */
export class ImportedTwinEnvironments extends TwinEnvironmentsBase {
  public readonly loadBalancer: IApplicationLoadBalancer;
  public readonly productionListener: IApplicationListener;
  public readonly testListener: IApplicationListener;
  public readonly blue: IApplicationTargetGroup;
  public readonly green: IApplicationTargetGroup;
  public readonly loadBalancerFullName: string;
  public readonly domainName?: string;
  public readonly productionUrl: string;
  public readonly testUrl: string;
  /** @internal */
  public readonly _hosts: readonly string[];
  /** @internal */
  public readonly _conditions: readonly ListenerCondition[];
  /** @internal */
  public readonly _healthPath?: string;
  /** @internal */
  protected readonly _ports: readonly [number, number];
  /** @internal */
  protected readonly _admitsAll = false;

  public constructor(scope: Construct, id: string, attributes: TwinEnvironmentsAttributes) {
    super(scope, id);
    validateImportedTwins(this, attributes);
    ({ loadBalancer: this.loadBalancer, blue: this.blue, green: this.green } = attributes);
    this._conditions = attributes.conditions ?? [];
    this.domainName = attributes.domainName ?? hostOf(this._conditions);
    this._hosts = hostsOf(this.domainName, this.loadBalancer.loadBalancerDnsName);
    this.loadBalancerFullName = fullNameOf(this.loadBalancer);
    const { productionListener, testListener } = attributes;
    refuseClientCertificates(this, [productionListener, testListener]);
    const production = endpointOf(
      this,
      productionListener,
      { listener: 'productionListener', port: 'productionPort' },
      attributes.productionPort,
    );
    const test = endpointOf(this, testListener, { listener: 'testListener', port: 'testPort' }, attributes.testPort);
    this.productionListener = localListener(this, 'productionListener', productionListener);
    this.testListener = localListener(this, 'testListener', testListener);
    this._ports = [production.port, test.port];
    this.productionUrl = this._urlOf(production);
    this.testUrl = this._urlOf(test);
  }
}
