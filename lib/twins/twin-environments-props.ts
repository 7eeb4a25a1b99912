import type { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IEcsApplication } from 'aws-cdk-lib/aws-codedeploy';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type {
  IApplicationListener,
  IApplicationLoadBalancer,
  IApplicationTargetGroup,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** What `TwinEnvironments.fromTwinEnvironmentsAttributes` needs to know. */
export interface TwinEnvironmentsAttributes {
  /** Takes the traffic of both listeners. */
  readonly loadBalancer: IApplicationLoadBalancer;
  /** Where clients connect. */
  readonly productionListener: IApplicationListener;
  /** Where the gate meets the candidate before clients do. */
  readonly testListener: IApplicationListener;
  /** The deployment group's first target group. */
  readonly blue: IApplicationTargetGroup;
  /** The deployment group's second target group. */
  readonly green: IApplicationTargetGroup;
  /** The port that clients use. @default - that of `productionListener`, where the app made it */
  readonly productionPort?: number;
  /** The port of the test listener. @default - that of `testListener`, where the app made it */
  readonly testPort?: number;
  /** The name that clients use. @default - the first host name of `conditions`, else the load balancer's own name */
  readonly domainName?: string;
  /**
   * Of the rules that forward to the pair, where they are no default actions: synthesis then fails when they do not take
   * every request of a gate. @default - none: not checked
   */
  readonly conditions?: ListenerCondition[];
}

/** Construction properties of `TwinEnvironments`. */
export interface TwinEnvironmentsProps {
  /** Where the twins live. */
  readonly vpc: IVpc;
  /** The port that the containers listen on, plain HTTP, 1 to 65535. */
  readonly port: number;
  /** The load balancer to listen on. @default - a new one */
  readonly loadBalancer?: IApplicationLoadBalancer;
  /** A listener of `loadBalancer` that exists: production becomes a rule on it. @default - a listener of its own */
  readonly productionListener?: IApplicationListener;
  /** Which requests of the existing listeners are for this service. @default - none: listeners of its own */
  readonly conditions?: ListenerCondition[];
  /** Of the rule on `productionListener`, 1 to 50000; lower is asked first. @default - no rule */
  readonly priority?: number;
  /** A listener that exists for the gate alone: test traffic becomes a rule on it. @default - a listener of its own */
  readonly testListener?: IApplicationListener;
  /** Of the rule on `testListener`. @default - that of `priority` */
  readonly testPriority?: number;
  /** Whether a new load balancer is reachable from the internet. @default true */
  readonly internetFacing?: boolean;
  /** Makes both listeners HTTPS. @default - plain HTTP, with a warning at synth */
  readonly certificate?: ICertificate;
  /**
   * The name that clients use and the certificate covers: `shop.example.com`. The gate asks for it and verifies the
   * certificate under it; without, it verifies the chain alone, as no certificate covers a load balancer's own name.
   * @default - the first host name of `conditions`, else the load balancer's own name
   */
  readonly domainName?: string;
  /** The port that clients use. @default - 443 with a certificate, else 80 */
  readonly productionPort?: number;
  /** The port of the test listener, for the gate alone. @default - 9443 with a certificate, else 9080 */
  readonly testPort?: number;
  /** Whether anyone may reach a production listener of its own. @default true */
  readonly open?: boolean;
  /** Whether port 80 redirects to HTTPS. @default - true with a certificate and a new load balancer */
  readonly redirectHttp?: boolean;
  /** The CodeDeploy application that ships: its deployment is named when a listener change is refused. @default - none */
  readonly application?: IEcsApplication;
  /**
   * Which deployment group of `application` ships, by its name alone: the group refers to the listeners. @default - any of them
   */
  readonly deploymentGroupName?: string;
  /** Names the service in messages. @default - the id of the enclosing construct */
  readonly serviceName?: string;
  /** Answers one of `healthCheckCodes` when a task can serve. @default /health */
  readonly healthCheckPath?: string;
  /** The status codes of a task that can serve, 200 to 499: `200`, `200,204` or `200-299`. @default 200 */
  readonly healthCheckCodes?: string;
  /** 5 to 300 s. @default Duration.seconds(10) */
  readonly healthCheckInterval?: Duration;
  /** Shorter than the interval. @default - half of the interval */
  readonly healthCheckTimeout?: Duration;
  /** Successes in a row that make a task healthy, 2 to 10. @default 2 */
  readonly healthyThresholdCount?: number;
  /** Failures in a row that make a task unhealthy, 2 to 10. @default 2 */
  readonly unhealthyThresholdCount?: number;
  /** How long a leaving task may finish its requests, up to an hour. @default Duration.seconds(30) */
  readonly deregistrationDelay?: Duration;
}
