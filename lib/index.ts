export { BlueGreenService, type BlueGreenServiceProps } from './blue-green-service';
export type { CustomCheck, VersionHeader } from './custom-check';
export { EcsRelease, type EcsReleaseProps } from './ecs-release';
export { ReleaseAlarms, type ReleaseAlarmsProps } from './release-alarms';
export { GateEvent, ReleaseGate, type ReleaseGateProps } from './release-gate';
export { HeaderMatch, type SmokeCheck } from './smoke-check';
export { TrafficShift, type TrafficShiftOptions } from './traffic-shift';
export { TwinEnvironments, type TwinEnvironmentsProps } from './twin-environments';
