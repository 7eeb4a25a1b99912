/** The names that the live-route function shares with its construct. No I/O, no aws-cdk-lib. */

export const LIVE_ROUTE_RESOURCE_TYPE = 'Custom::GreenlightLiveRoute';

/** The attribute of the answer: ARN of the target group of the pair that production forwards to now. */
export const LIVE_TARGET_GROUP = 'TargetGroupArn';

/** Where production's forward action is. Numbers are text, as CloudFormation passes them. */
export interface RouteLocation {
  /** Of an existing listener. Without it the listener is found by load balancer and port: its own ARN would be a circle. */
  readonly ListenerArn?: string;
  readonly LoadBalancerArn?: string;
  readonly Port?: string;
  /** Of the service's rule; without it, the default action. */
  readonly Priority?: string;
}

/** A port of a load balancer, or a priority of a listener, that a resource of the template is to have. */
export interface Place {
  readonly LogicalId: string;
  readonly LoadBalancerArn?: string;
  readonly Port?: string;
  readonly ListenerArn?: string;
  readonly Priority?: string;
}

export interface LiveRouteProperties {
  readonly ServiceToken: string;
  /** Names the service in messages. */
  readonly ServiceName: string;
  readonly BlueTargetGroupArn: string;
  readonly GreenTargetGroupArn: string;
  readonly Location: RouteLocation;
  /** CodeDeploy application whose deployments move the pair. Empty: weights alone tell a shift. */
  readonly ApplicationName: string;
  /** The one deployment group that moves it. Empty: any of the application. */
  readonly DeploymentGroupName: string;
  /**
   * Everything about the listeners and rules that follow the answer, so that CloudFormation asks anew whenever one of them
   * changes. Nobody reads it.
   */
  readonly Followers: unknown;
  /** The places of what follows: one that something else has makes the update fail before it changes anything. */
  readonly Places?: readonly Place[];
}

export const UPDATE_GUARD_RESOURCE_TYPE = 'Custom::GreenlightUpdateGuard';

/** The health check that both target groups have. */
export interface HealthCheck {
  readonly Path: string;
  /** `200`, `200,202` or `200-299`. */
  readonly Codes: string;
  readonly Protocol: string;
  /** `traffic-port`, or a number as text. */
  readonly Port: string;
}

/** What an update may change of a service under CodeDeploy only when production survives it. */
export interface UpdateGuardProperties {
  readonly ServiceToken: string;
  /** Names the service in messages. */
  readonly ServiceName: string;
  /** ARN of the task definition revision: another one is another release. */
  readonly Ships: string;
  /** Properties of the `AWS::ECS::Service` that CloudFormation cannot update. */
  readonly Fixed: Readonly<Record<string, unknown>>;
  readonly HealthCheck: HealthCheck;
  /** Paths that the suite asks for with GET, and the status codes that it accepts, as text. */
  readonly Checked: readonly { readonly Path: string; readonly Status: readonly string[] }[];
}

export { areHealthCodes, codesOf } from '../shared/status-codes';
