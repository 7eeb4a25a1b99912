import { listeningProblem } from '../../../../../rehearsal/services/ecs/task/listening';

const container = {
  name: 'web',
  command: ['./server'],
  containerPorts: [8080],
  ports: new Map([
    [8080, 43121],
    [9000, 43122],
  ]),
  exits: [43999, 9000],
};
const here = (address: string, port: number) => ({ address, port, isApart: false });
const apart = (address: string, port: number) => ({ address, port, isApart: true });
const moved = (host: string, port: number, localPort: number) => ({ host, port, localPort });

test.each(['0.0.0.0', '::', '*', '192.168.1.7', 'fe80::1'])(
  "a container that listens on %s of the machine's own network is stopped, with what to do",
  (address) => {
    const problem = listeningProblem(container, [here(address, 8080)], []);
    expect(problem?.isExposed).toBe(true);
    expect(problem?.text).toContain(`container web was stopped: ./server listens on ${address}:8080`);
    expect(problem?.text).toContain('npx greenlight rehearse --containers docker');
    expect(problem?.text).toContain('greenlight.rehearsal.command');
  },
);

test.each([
  ['on loopback only, moved by a preload', [here('127.0.0.1', 5)], [moved('127.0.0.1', 8080, 5)]],
  ['on localhost only', [here('127.0.0.1', 5)], [moved('localhost', 8080, 5)]],
  ['on loopback only, in a network of its own', [apart('127.0.0.1', 8080)], []],
])('a container that listens %s cannot be reached, as on AWS', (_where, sockets, notes) => {
  expect(listeningProblem(container, sockets, notes)).toMatchObject({
    isExposed: false,
    text: expect.stringMatching(
      /listens on \S+:8080 only, which cannot be reached .*: listen on 0\.0\.0\.0$/,
    ) as string,
  });
});

test.each([
  ['moved by a preload', [here('127.0.0.1', 5)], [moved('0.0.0.0', 3000, 5)]],
  ['in a network of its own', [apart('0.0.0.0', 3000)], []],
])('a container that listens on another port than its mapping, %s, gets a note with both', (_how, sockets, notes) => {
  expect(listeningProblem(container, sockets, notes)?.text).toBe(
    'container web listens on 0.0.0.0:3000, and its port mapping has 8080: it cannot be reached by a load balancer on AWS; ' +
      'listen on port 8080, or map the port that it listens on',
  );
});

test.each([
  ['its port, moved', [here('127.0.0.1', 43121)], [moved('0.0.0.0', 8080, 43121)]],
  ['its port in a network of its own', [apart('::', 8080)], []],
  ['the port that it was given', [here('127.0.0.1', 43121)], []],
  ['its port, and loopback for itself', [apart('0.0.0.0', 8080), apart('127.0.0.1', 9229)], []],
  ['nothing yet', [], []],
  ['nothing yet, in a network with ways out', [apart('127.0.0.1', 43999), apart('127.0.0.1', 9000)], []],
  [
    'its port again, after another that is closed',
    [here('127.0.0.1', 43121)],
    [moved('127.0.0.1', 1, 2), moved('0.0.0.0', 8080, 43121)],
  ],
])('a container that listens on %s has no problem', (_what, sockets, notes) => {
  expect(listeningProblem(container, sockets, notes)).toBeUndefined();
});

test('a container without port mappings may listen on loopback wherever it likes', () => {
  const sidecar = { ...container, containerPorts: [] };
  expect(listeningProblem(sidecar, [here('127.0.0.1', 5)], [moved('127.0.0.1', 5000, 5)])).toBeUndefined();
  expect(listeningProblem(sidecar, [here('0.0.0.0', 5)], [])?.isExposed).toBe(true);
});
