export { type Clock, sleepOn, sleepReal, type Timer } from './clock';
export { NamedTimers } from './named-timers';
export { ScaledClock } from './scaled';
export { VirtualClock } from './virtual';
