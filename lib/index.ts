export { BlueGreenService } from './service/blue-green-service';
export type { BlueGreenServiceProps } from './service/blue-green-service-props';
export { ServiceTask, type TaskDefinitionOptions, type TaskImageOptions } from './service/service-task';
export { BreakGlass, BreakGlassAllow, type BreakGlassOptions } from './release/break-glass';
export { type ComparedRequest, type ComparisonOptions, DifferenceKind, NotEnoughData } from './gate/comparison';
export type { CustomCheck, VersionHeader } from './gate/custom-check';
export { DeploymentFollower, type DeploymentFollowerProps } from './release/deployment-follower';
export { EcsRelease } from './release/ecs-release';
export type { EcsReleaseProps } from './release/ecs-release-props';
export { LiveRoute, type LiveRouteProps } from './live-route/live-route';
export { ProductionRoute } from './live-route/production-route';
export { ReleaseAlarms } from './alarms/release-alarms';
export type { IReleaseAlarms, ReleaseAlarmsOptions, ReleaseAlarmsProps } from './alarms/release-alarms-props';
export type { CodeDeployEngineOptions } from './engine/engine-options';
export { ReleaseEngine } from './engine/release-engine';
export type { ReleaseApproval } from './release/release-approval';
export { ReleaseGate } from './gate/release-gate';
export type { IReleaseGate, ReleaseGateOptions, ReleaseGateProps } from './gate/release-gate-props';
export { LifecycleEvent } from './gate/lifecycle-event';
export {
  Capture,
  type RepeatOptions,
  SmokeAuth,
  type SmokeAuthOptions,
  SmokeBody,
  type SmokeCheck,
} from './suite/smoke-check';
export { HeaderMatch, type JsonMatch, type SmokeExpectations, StatusMatch } from './suite/smoke-expectations';
export { SmokeSuite, type SmokeSuiteOptions } from './suite/smoke-suite';
export { TrafficShift, type TrafficShiftOptions } from './release/traffic-shift';
export type { ITwinEnvironments } from './twins/imported-twin-environments';
export {
  type ConditionalTestRuleOptions,
  type ListenerRuleOptions,
  type LoadBalancerListenerOptions,
  type NewListenerOptions,
  type NewLoadBalancerOptions,
  ServiceListener,
  type ServiceListenerOptions,
  type TestRuleOptions,
} from './twins/service-listener';
export { TwinEnvironments } from './twins/twin-environments';
export type { TwinEnvironmentsAttributes, TwinEnvironmentsProps } from './twins/twin-environments-props';
