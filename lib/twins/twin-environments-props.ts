import type { Duration } from 'aws-cdk-lib';
import type { IEcsApplication } from 'aws-cdk-lib/aws-codedeploy';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type {
  HealthCheck,
  IApplicationListener,
  IApplicationLoadBalancer,
  IApplicationTargetGroup,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ServiceListener } from './service-listener';

/** The attributes of existing twin environments, for `TwinEnvironments.fromTwinEnvironmentsAttributes`. */
export interface TwinEnvironmentsAttributes {
  /** The load balancer of both listeners. */
  readonly loadBalancer: IApplicationLoadBalancer;
  /** The listener where clients connect. */
  readonly productionListener: IApplicationListener;
  /** The listener where the gate tests green before clients use it. */
  readonly testListener: IApplicationListener;
  /** The deployment group's first target group. */
  readonly blue: IApplicationTargetGroup;
  /** The deployment group's second target group. */
  readonly green: IApplicationTargetGroup;
  /** The port that clients use. @default - the port of `productionListener`, if the app created it */
  readonly productionPort?: number;
  /** The port of the test listener. @default - the port of `testListener`, if the app created it */
  readonly testPort?: number;
  /** The name that clients use. @default - the first host name of `conditions`, else the load balancer's own name */
  readonly domainName?: string;
  /**
   * The conditions of the rules that forward to the pair. Synthesis fails when a request of the gate does not match them.
   * @default - none: nothing is checked
   */
  readonly conditions?: ListenerCondition[];
}

/** Construction properties of `TwinEnvironments`. */
export interface TwinEnvironmentsProps {
  /** The VPC of the load balancer and the target groups. */
  readonly vpc: IVpc;
  /** The port that the containers listen on, plain HTTP, 1 to 65535. */
  readonly containerPort: number;
  /** The listener where clients connect. @default - ServiceListener.create() */
  readonly listener?: ServiceListener;
  /**
   * The health check of both target groups. Protocol and port are always those of the traffic: the container's port, plain HTTP.
   * @default - path `/health` and status 200, every 10 s with a timeout of half the interval, and 2 results for each change of health
   */
  readonly healthCheck?: HealthCheck;
  /** How long a task that leaves may finish its requests, up to an hour. @default Duration.seconds(30) */
  readonly deregistrationDelay?: Duration;
  /**
   * Whether a listener of the twins' own forwards by a rule for every path, with both target groups and their weights, as ECS's
   * own deployments need it, instead of by its default action. @default false
   */
  readonly forwardByRules?: boolean;
  /** The CodeDeploy application that ships. Its deployment is named when a listener change is refused. @default - none */
  readonly application?: IEcsApplication;
  /**
   * The name of the deployment group of `application` that ships. It is only a name, because the group refers to the listeners.
   * @default - any deployment group of `application`
   */
  readonly deploymentGroupName?: string;
  /** The name of the service in messages. @default - the id of the enclosing construct */
  readonly serviceName?: string;
}
