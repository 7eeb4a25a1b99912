import * as z from 'zod/mini';
import { readAs, text } from '../shared/schema';

/** Where production's forward action is. Numbers are text, as CloudFormation passes them. */
const location = z.readonly(
  z.object({
    /** Of an existing listener. Without it the listener is found by load balancer and port: its own ARN would be a cycle. */
    ListenerArn: z.optional(z.string()),
    LoadBalancerArn: z.optional(z.string()),
    Port: z.optional(z.string()),
    /** Of the service's rule; without it, the default action. */
    Priority: z.optional(z.string()),
  }),
);

/** A port of a load balancer, or a priority of a listener, that a resource of the template is to have. */
const place = z.readonly(
  z.object({
    LogicalId: z.string(),
    LoadBalancerArn: z.optional(z.string()),
    Port: z.optional(z.string()),
    ListenerArn: z.optional(z.string()),
    Priority: z.optional(z.string()),
  }),
);

/** The service is found by its resource in the stack: it comes after its listeners, so they cannot name it. */
const ecsService = z.readonly(z.object({ ClusterName: text(), LogicalId: text() }));

const LOCATION_EXPECTED = 'a ListenerArn, or a LoadBalancerArn and a Port';
const isPlaced = ({ ListenerArn, LoadBalancerArn, Port }: z.infer<typeof location>) =>
  Boolean(ListenerArn || (LoadBalancerArn && Port));

const liveRoute = z.readonly(
  z.object({
    ServiceToken: z.optional(z.string()),
    /** Names the service in messages. */
    ServiceName: text(),
    BlueTargetGroupArn: text(),
    GreenTargetGroupArn: text(),
    Location: location.check(z.refine(isPlaced, LOCATION_EXPECTED)),
    /** CodeDeploy application whose deployments move the pair. Empty: only weights show a shift. */
    ApplicationName: z._default(z.string(), ''),
    /** The one deployment group that moves it. Empty: any of the application. */
    DeploymentGroupName: z._default(z.string(), ''),
    /** The service whose own deployments move the pair. */
    EcsService: z.optional(ecsService),
    /**
     * Everything about the listeners and rules that follow the response, so that CloudFormation requests it again whenever
     * one of them changes. Nothing reads it.
     */
    Followers: z.optional(z.unknown()),
    /** The places of what follows: one that something else has makes the update fail before it changes anything. */
    Places: z._default(z.readonly(z.array(place)), []),
  }),
);

/** The health check of a target group. Numbers are text, as CloudFormation passes them. */
const healthCheck = z.readonly(
  z.object({
    Path: z.string(),
    /** `200`, `200,202` or `200-299`. */
    Codes: z.string(),
    Protocol: z.string(),
    /** `traffic-port`, or a number as text. */
    Port: z.string(),
    /** Seconds. */
    Interval: z.string(),
    /** Seconds. */
    Timeout: z.string(),
    UnhealthyThreshold: z.string(),
  }),
);

/** A plain GET of the suite that the live version has passed. Numbers are text. */
const checkedPath = z.readonly(
  z.object({
    Path: z.string(),
    /** Status codes that it accepts. */
    Status: z._default(z.readonly(z.array(z.string())), []),
    /** Milliseconds that a response may take. */
    LimitMs: z.string(),
    /** Responses in a row that had to be right. */
    Times: z.string(),
  }),
);

/** What an update may change of a service under CodeDeploy only when production survives it. */
const updateGuard = z.readonly(
  z.object({
    ServiceToken: z.optional(z.string()),
    /** Names the service in messages. */
    ServiceName: z.string(),
    /** ARN of the task definition revision: another one is another release. Empty where it is not known. */
    Ships: z._default(z.string(), ''),
    /** Properties of service and target groups that CloudFormation cannot update under CodeDeploy. */
    Fixed: z._default(z.readonly(z.record(z.string(), z.unknown())), {}),
    /** Either side may be live. */
    HealthChecks: z.readonly(z.object({ Blue: healthCheck, Green: healthCheck })),
    Checked: z._default(z.readonly(z.array(checkedPath)), []),
  }),
);

export type RouteLocation = z.infer<typeof location>;
export type EcsServiceLocation = z.infer<typeof ecsService>;
export type Place = z.infer<typeof place>;
export type LiveRouteProperties = z.infer<typeof liveRoute>;
export type HealthCheck = z.infer<typeof healthCheck>;
export type CheckedPath = z.infer<typeof checkedPath>;
export type UpdateGuardProperties = z.infer<typeof updateGuard>;

/** @throws Error that names every property that is missing or wrong */
export function readProperties(given: unknown): LiveRouteProperties {
  return readAs('properties of the live route', liveRoute, given);
}

/** @throws Error that names every property that is missing or wrong */
export function readGuard(given: unknown): UpdateGuardProperties {
  return readAs('properties of the update guard', updateGuard, given);
}
