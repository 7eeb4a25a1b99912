export { type Clock, sleepOn, sleepReal, type Timer } from './clock';
export { ScaledClock } from './scaled';
export { VirtualClock } from './virtual';
