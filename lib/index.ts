export { BlueGreenService, type BlueGreenServiceProps } from './blue-green-service';
export type { CustomCheck, VersionHeader } from './custom-check';
export { EcsRelease, type EcsReleaseProps } from './ecs-release';
export { ReleaseAlarms, type ReleaseAlarmsProps } from './release-alarms';
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
export { TwinEnvironments, type TwinEnvironmentsProps } from './twin-environments';
