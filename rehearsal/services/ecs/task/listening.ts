/** Whether a container listens where the load balancer of AWS would find it, and nowhere else. Pure. */
import { commandRemedy } from '../../../images/remedy';
import { isLoopback, type ListeningSocket } from './sockets';

/** A socket that a preload moved to loopback: what the program requested, and the port that it has. */
export interface MovedSocket {
  readonly host: string;
  readonly port: number;
  readonly localPort: number;
}

export interface Container {
  readonly name: string;
  readonly command: readonly string[];
  /** Those that its port mappings name. */
  readonly containerPorts: readonly number[];
  /** Container port to port on loopback. */
  readonly ports: ReadonlyMap<number, number>;
  /** Ports on loopback through which a network of its own is left: the rehearsal's, not the program's. */
  readonly exits: readonly number[];
}

export interface ListeningProblem {
  /** Whether the machine's other programs, or its network, could reach it: then it must end at once. */
  readonly isExposed: boolean;
  readonly text: string;
}

/** @returns undefined while it listens where it should, or nowhere yet */
export function listeningProblem(
  container: Container,
  sockets: readonly ListeningSocket[],
  moved: readonly MovedSocket[],
): ListeningProblem | undefined {
  const exposed = sockets.find(({ isApart, address }) => !isApart && !isLoopback(address));
  if (exposed) return { isExposed: true, text: exposure(container, exposed) };
  if (container.containerPorts.length === 0) return undefined;
  const wanted = wantedSockets(container, sockets, moved);
  const reached = wanted.filter(({ address }) => !isLoopback(address));
  if (wanted.length === 0 || reached.some(({ port }) => container.containerPorts.includes(port))) return undefined;
  return { isExposed: false, text: unreachable(container, wanted) };
}

/** What the program requested, whatever became of it. */
function wantedSockets(
  { ports, exits }: Container,
  sockets: readonly ListeningSocket[],
  moved: readonly MovedSocket[],
): { address: string; port: number }[] {
  const isOpen = ({ localPort }: MovedSocket) => sockets.length === 0 || sockets.some(({ port }) => port === localPort);
  const byPreload = moved.filter(isOpen).map(({ host, port }) => ({ address: host, port }));
  const apart = sockets.filter(
    ({ isApart, address, port }) => isApart && !(isLoopback(address) && exits.includes(port)),
  );
  // What was not moved got its port on loopback, as a command that replaces a container does.
  const assigned = sockets
    .filter(({ isApart, port }) => !isApart && !moved.some(({ localPort }) => localPort === port))
    .flatMap(({ port: local }) => [...ports].filter((pair) => pair[1] === local))
    .map(([port]) => ({ address: '0.0.0.0', port }));
  return [...byPreload, ...apart, ...assigned];
}

function exposure({ name, command }: Container, { address, port }: ListeningSocket): string {
  return (
    `container ${name} was stopped: ${command.join(' ')} listens on ${address}:${port}, which other machines may reach, and ` +
    'nothing of a rehearsal may listen anywhere but on loopback. Remedy: use a container engine: npx greenlight rehearse ' +
    `--containers docker; or ${commandRemedy(command)}`
  );
}

function unreachable(
  { name, containerPorts }: Container,
  wanted: readonly { address: string; port: number }[],
): string {
  const list = [...new Set(wanted.map(({ address, port }) => `${address}:${port}`))].join(', ');
  const port = containerPorts[0] ?? 0;
  const isPort = wanted.some((each) => containerPorts.includes(each.port));
  return isPort
    ? `container ${name} listens on ${list} only, which cannot be reached by a load balancer on AWS: listen on 0.0.0.0`
    : `container ${name} listens on ${list}, and its port mapping has ${containerPorts.join(', ')}: it cannot be reached by a ` +
        `load balancer on AWS; listen on port ${port}, or map the port that it listens on`;
}
