export { BlueGreenService } from './service/blue-green-service';
export { type BlueGreenServiceProps } from './service/blue-green-service-props';
export { BreakGlass, BreakGlassAllow, type BreakGlassOptions } from './release/break-glass';
export { type ComparedRequest, type ComparisonOptions, DifferenceKind } from './gate/comparison';
export type { CustomCheck, VersionHeader } from './gate/custom-check';
export { EcsRelease, type EcsReleaseProps } from './release/ecs-release';
export { LiveRoute, type LiveRouteProps } from './live-route/live-route';
export { ReleaseAlarms, type ReleaseAlarmsProps } from './alarms/release-alarms';
export type { ReleaseApproval } from './release/release-approval';
export { GateEvent, ReleaseGate, type ReleaseGateProps } from './gate/release-gate';
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
export { type ITwinEnvironments, type TwinEnvironmentsAttributes } from './twins/imported-twin-environments';
export { TwinEnvironments, type TwinEnvironmentsProps } from './twins/twin-environments';
