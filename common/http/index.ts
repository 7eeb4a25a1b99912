export { Connections } from './connections';
export { exchange } from './exchange';
export { timingsBefore } from './stopwatch';
export { ExchangeTimeout, type HttpResponse, type HttpRequest, type Timings, type TlsVerification } from './types';
