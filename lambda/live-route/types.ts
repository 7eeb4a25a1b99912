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
   * Everything about the listeners and rules that follow the answer, so that CloudFormation asks again whenever one of them
   * changes. Nobody reads it.
   */
  readonly Followers: unknown;
  /** The places of what follows: one that something else has makes the update fail before it changes anything. */
  readonly Places?: readonly Place[];
}

export const UPDATE_GUARD_RESOURCE_TYPE = 'Custom::GreenlightUpdateGuard';

/** The health check of a target group. Numbers are text, as CloudFormation passes them. */
export interface HealthCheck {
  readonly Path: string;
  /** `200`, `200,202` or `200-299`. */
  readonly Codes: string;
  readonly Protocol: string;
  /** `traffic-port`, or a number as text. */
  readonly Port: string;
  /** Seconds. */
  readonly Interval: string;
  /** Seconds. */
  readonly Timeout: string;
  readonly UnhealthyThreshold: string;
}

export const SIDES = ['Blue', 'Green'] as const;

/** A plain GET of the suite that the live version has passed. Numbers are text. */
export interface CheckedPath {
  readonly Path: string;
  /** Status codes that it accepts. */
  readonly Status: readonly string[];
  /** Milliseconds that a response may take. */
  readonly LimitMs: string;
  /** Responses in a row that had to be right. */
  readonly Times: string;
}

/** What an update may change of a service under CodeDeploy only when production survives it. */
export interface UpdateGuardProperties {
  readonly ServiceToken: string;
  /** Names the service in messages. */
  readonly ServiceName: string;
  /** ARN of the task definition revision: another one is another release. Empty where it is not known. */
  readonly Ships: string;
  /** Properties of service and target groups that CloudFormation cannot update under CodeDeploy. */
  readonly Fixed: Readonly<Record<string, unknown>>;
  /** Either side may be live. */
  readonly HealthChecks: Readonly<Record<(typeof SIDES)[number], HealthCheck>>;
  readonly Checked: readonly CheckedPath[];
}

export { areHealthCodes, codesOf } from '../../common/status-codes';
