/** What the local AWS's load balancer uses of the gate's HTTP: how usual heads and bodies are read, and connections kept. */
export { Deadlines, type Timed } from './deadlines';
export { Connection, Connections, type Listener } from './connections';
export { type Body, bodyOf } from './framing';
export { foldHeaders } from './fields';
export { type IncomingHead, readIncomingHead } from './incoming-head';
export { type Head, readHead } from './head';
export { replayOf } from './replay';
