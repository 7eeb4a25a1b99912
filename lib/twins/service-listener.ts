import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type {
  ApplicationListener,
  IApplicationListener,
  IApplicationLoadBalancer,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { defined } from '../internal/defined';

/** Options that every kind of `ServiceListener` has. */
export interface ServiceListenerOptions {
  /**
   * The name that clients use and the certificate covers: `shop.example.com`. The gate sends its requests to this name and
   * verifies the certificate for it. Without a name it verifies only the chain, as no certificate covers a load balancer's own name.
   * @default - the first host name of the rule's conditions, else the load balancer's own name
   */
  readonly domainName?: string;
  /** The port that clients use, 1 to 65535. @default - 443 with a certificate, else 80; the port of an existing listener */
  readonly port?: number;
  /** The port of the test listener, 1 to 65535. @default - 9443 with a certificate, else 9080; the port of an existing listener */
  readonly testPort?: number;
}

/** Options of a production listener that the construct creates. */
export interface NewListenerOptions extends ServiceListenerOptions {
  /** The certificate that makes the listeners HTTPS. @default - plain HTTP, with a warning at synth */
  readonly certificate?: ICertificate;
  /** Whether anyone may connect to the production listener. @default true */
  readonly openListener?: boolean;
  /** Whether port 80 redirects to HTTPS. @default - true with a certificate and a new load balancer */
  readonly redirectHTTP?: boolean;
}

/** Options of `ServiceListener.create`. */
export interface NewLoadBalancerOptions extends NewListenerOptions {
  /** Whether the new load balancer can be reached from the internet. @default true */
  readonly internetFacing?: boolean;
}

/** A rule on an existing test listener; it has the conditions of the production rule. */
export interface TestRuleOptions {
  /** The existing listener for test traffic. It must not be the production listener. */
  readonly listener: IApplicationListener;
  /** The priority of the rule, 1 to 50000; a lower number is evaluated first. */
  readonly priority: number;
}

/** A rule on an existing test listener, for a service whose production listener is new. */
export interface ConditionalTestRuleOptions extends TestRuleOptions {
  /** The conditions of the rule: the test requests that are for this service. */
  readonly conditions: ListenerCondition[];
}

/** Options of `ServiceListener.onLoadBalancer`. */
export interface LoadBalancerListenerOptions extends NewListenerOptions {
  /** The rule for test traffic on an existing listener. @default - a new test listener */
  readonly testRule?: ConditionalTestRuleOptions;
}

/** Options of `ServiceListener.onListener`. */
export interface ListenerRuleOptions extends ServiceListenerOptions {
  /** The load balancer that the listener belongs to. @default - that of the listener; an imported listener needs it here */
  readonly loadBalancer?: IApplicationLoadBalancer;
  /** The conditions of the rule: the requests that are for this service. */
  readonly conditions: ListenerCondition[];
  /** The priority of the rule, 1 to 50000; a lower number is evaluated first. */
  readonly priority: number;
  /** The rule for test traffic on an existing listener. @default - a new test listener */
  readonly testRule?: TestRuleOptions;
}

/** What a listener of each kind comes to. */
export interface ListenerSettings extends NewLoadBalancerOptions {
  readonly loadBalancer?: IApplicationLoadBalancer;
  /** The existing production listener, with the rule's conditions and priority. */
  readonly existing?: IApplicationListener;
  readonly conditions?: ListenerCondition[];
  readonly priority?: number;
  readonly testRule?: TestRuleOptions;
}

/** The listener where clients connect to a service, with the test listener next to it. */
export class ServiceListener {
  /** Creates a load balancer with a production and a test listener. */
  public static create(options: NewLoadBalancerOptions = {}): ServiceListener {
    return new ServiceListener(options);
  }

  /** Creates the listeners on an existing load balancer. */
  public static onLoadBalancer(
    loadBalancer: IApplicationLoadBalancer,
    options: LoadBalancerListenerOptions = {},
  ): ServiceListener {
    return new ServiceListener({ loadBalancer, conditions: options.testRule?.conditions, ...options });
  }

  /** Creates a rule on an existing listener. Requests that match its conditions are for the service. */
  public static onListener(listener: IApplicationListener, options: ListenerRuleOptions): ServiceListener {
    const { loadBalancer } = listener as Partial<ApplicationListener>;
    return new ServiceListener({ existing: listener, loadBalancer, ...defined(options) });
  }

  private constructor(
    /** @internal */
    public readonly _settings: ListenerSettings,
  ) {}
}
