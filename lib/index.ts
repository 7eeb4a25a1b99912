export { BlueGreenService } from './blue-green-service';
export { type BlueGreenServiceProps } from './blue-green-service-props';
export { BreakGlass, BreakGlassAllow, type BreakGlassOptions } from './break-glass';
export { type ComparedRequest, type ComparisonOptions, DifferenceKind } from './comparison';
export type { CustomCheck, VersionHeader } from './custom-check';
export { EcsRelease, type EcsReleaseProps } from './ecs-release';
export { LiveRoute, type LiveRouteProps } from './live-route';
export { ReleaseAlarms, type ReleaseAlarmsProps } from './release-alarms';
export type { ReleaseApproval } from './release-approval';
export { GateEvent, ReleaseGate, type ReleaseGateProps } from './release-gate';
export {
  Capture,
  HeaderMatch,
  type JsonMatch,
  type RepeatOptions,
  SmokeAuth,
  type SmokeAuthOptions,
  type SmokeCheck,
  type SmokeExpectations,
} from './smoke-check';
export { SmokeSuite, type SmokeSuiteOptions } from './smoke-suite';
export { TrafficShift, type TrafficShiftOptions } from './traffic-shift';
export { type ITwinEnvironments, type TwinEnvironmentsAttributes } from './imported-twin-environments';
export { TwinEnvironments, type TwinEnvironmentsProps } from './twin-environments';
