export { BlueGreenService } from './service/blue-green-service';
export { type BlueGreenServiceProps } from './service/blue-green-service-props';
export { BreakGlass, BreakGlassAllow, type BreakGlassOptions } from './release/break-glass';
export { type ComparedRequest, type ComparisonOptions, DifferenceKind } from './gate/comparison';
export type { CustomCheck, VersionHeader } from './gate/custom-check';
export { EcsRelease } from './release/ecs-release';
export type { EcsReleaseProps } from './release/ecs-release-props';
export { LiveRoute, type LiveRouteProps } from './live-route/live-route';
export { ReleaseAlarms, type ReleaseAlarmsProps } from './alarms/release-alarms';
export type { ReleaseApproval } from './release/release-approval';
export { ReleaseGate } from './gate/release-gate';
export type { ReleaseGateProps } from './gate/release-gate-props';
export { GateEvent } from './gate/gate-event';
export {
  Capture,
  HeaderMatch,
  type JsonMatch,
  type RepeatOptions,
  SmokeAuth,
  type SmokeAuthOptions,
  type SmokeCheck,
  type SmokeExpectations,
} from './suite/smoke-check';
export { SmokeSuite, type SmokeSuiteOptions } from './suite/smoke-suite';
export { TrafficShift, type TrafficShiftOptions } from './release/traffic-shift';
export type { ITwinEnvironments } from './twins/imported-twin-environments';
export { TwinEnvironments } from './twins/twin-environments';
export type { TwinEnvironmentsAttributes, TwinEnvironmentsProps } from './twins/twin-environments-props';
