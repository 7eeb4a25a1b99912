import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { preloadFile } from '../../../../../common/bundles';
import { LocalProcesses } from '../../../../../rehearsal/services/ecs/task/containers';
import { hasNamespaces } from '../../../../../rehearsal/services/ecs/task/isolation';
import { launchOf } from '../../../../../rehearsal/services/ecs/task/launch';
import { eventually } from '../../../../support/until';
import { temporaryDirectory } from '../../../../support/temporary';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const directory = temporaryDirectory('launch');
const runtime = new LocalProcesses();
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));
afterAll(() => runtime.stop());

/** Starts a container with the label's command. @returns what it wrote, and the body of its port 8080 */
async function start(command: readonly string[], name: string) {
  const aws = createServer((_request, response) => response.end('the local AWS')).listen(0, '127.0.0.1');
  servers.push(aws);
  const local = createServer().listen(0, '127.0.0.1');
  await eventually(() => aws.listening && local.listening);
  const port = (local.address() as AddressInfo).port;
  local.close();
  const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  const launch = launchOf(
    {
      name,
      image: 'any',
      portMappings: [{ containerPort: 8080 }],
      dockerLabels: { 'greenlight.rehearsal.command': JSON.stringify(command) },
    },
    {
      world: { region: 'us-east-1', endpoint, directory },
      images: { find: () => undefined },
      preload: preloadFile('task'),
      ports: new Map([[8080, port]]),
      address: '10.0.1.7',
      taskId: name,
    },
  );
  const lines: string[] = [];
  runtime.start({ name, ...launch, onLine: (line) => void lines.push(line) });
  const body = async () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.text(),
      () => undefined,
    );
  const file = launch.listening?.file ?? '';
  const notes = () =>
    (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])
      // The file begins empty, and its last line may be half written.
      .slice(0, -1)
      .map((line) => JSON.parse(line) as object);
  return { lines, body, notes };
}

const SERVER = `
import http.server, sys, urllib.request, os
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        text = urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"]).read()
        self.wfile.write(b"python and " + text)
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer((sys.argv[1], 8080), H).serve_forever()
`;
const python = join(directory, 'server.py');
writeFileSync(python, SERVER);

(hasPython ? describe : describe.skip)('a Python server on a fixed port', () => {
  test('is reached on its task port, twice at once on one machine', async () => {
    const tasks = [await start(['python3', python, '0.0.0.0'], 'one'), await start(['python3', python, ''], 'two')];
    for (const { body } of tasks) await eventually(async () => (await body()) === 'python and the local AWS');
  });

  test('that listens on 127.0.0.1 is not reached, as on AWS, and notes why', async () => {
    const { body, notes } = await start(['python3', python, '127.0.0.1'], 'three');
    await eventually(() => notes().length > 0);
    expect(notes()).toMatchObject([{ host: '127.0.0.1', port: 8080 }]);
    expect(await body()).toBeUndefined();
  });
});

describe('a Node server', () => {
  const node = join(directory, 'server.js');
  writeFileSync(
    node,
    `const [host, port = '8080'] = process.argv.slice(2);
    const server = require('http').createServer((q, r) => r.end('node'));
    host ? server.listen(Number(port), host) : server.listen(Number(port));`,
  );

  test.each([
    ['any address', []],
    ['0.0.0.0', ['0.0.0.0']],
    ['::', ['::']],
  ])('on %s and the port of its container is reached', async (host, args) => {
    const { body } = await start(['node', node, ...args], `any${host.length}`);
    await eventually(async () => (await body()) === 'node');
  });

  test.each([
    ['127.0.0.1', ['127.0.0.1']],
    ['localhost', ['localhost']],
    ['::1', ['::1']],
    ['0.0.0.0', ['0.0.0.0', '3000']],
  ])('that listens on %s %j is not reached, as on AWS, and notes why', async (host, args) => {
    const { body, notes } = await start(['node', node, ...args], `not${host}${args.length}`);
    await eventually(() => notes().length > 0);
    expect(notes()).toMatchObject([{ host, port: Number(args[1] ?? 8080) }]);
    expect(await body()).toBeUndefined();
  });

  test("that works with processes of Node's cluster, as pm2 -i does, is reached", async () => {
    const many = join(directory, 'cluster.js');
    writeFileSync(
      many,
      `const cluster = require('cluster');
      if (cluster.isPrimary) for (let i = 0; i < 2; i++) cluster.fork();
      else require('http').createServer((q, r) => r.end('a worker')).listen(8080);`,
    );
    const { body, notes } = await start(['node', many], 'cluster');
    await eventually(async () => (await body()) === 'a worker');
    await eventually(() => notes().length === 2);
    expect(notes()).toMatchObject([
      { host: '0.0.0.0', port: 8080 },
      { host: '0.0.0.0', port: 8080 },
    ]);
  });

  test('that replaces a container listens where HOST and PORT say', async () => {
    const assigned = join(directory, 'assigned.js');
    const text = "require('http').createServer((q, r) => r.end('assigned')).listen(process.env.PORT, process.env.HOST)";
    writeFileSync(assigned, text);
    const { body, notes } = await start(['node', assigned], 'assigned');
    await eventually(async () => (await body()) === 'assigned');
    expect(notes()).toEqual([]);
  });
});

test('a container of an image is given no port and no host, as on AWS', () => {
  const root = temporaryDirectory('image');
  writeFileSync(join(root, 'server.js'), '');
  const built = {
    root,
    directory: root,
    environment: {},
    entrypoint: [],
    command: ['node', 'server.js'],
    pythonPath: [],
    baseImage: 'node:22',
  };
  const { environment } = launchOf(
    {
      name: 'web',
      image: 'any',
      portMappings: [{ containerPort: 8080 }],
      environment: [{ name: 'HOST', value: '::' }],
    },
    {
      world: { region: 'us-east-1', endpoint: 'http://127.0.0.1:4711', directory },
      images: { find: (uri) => ({ uri, contextDirectory: root, built }) },
      preload: preloadFile('task'),
      ports: new Map([[8080, 43121]]),
      taskId: 'image',
    },
  );
  expect([environment['HOST'], environment['PORT']]).toEqual(['::', undefined]);
});

/** A program that no preload moves: the shell starts a Node without its options. */
const other = join(directory, 'server');
const body = `
require('http').createServer((q, r) => require('http').get(process.env.AWS_ENDPOINT_URL, (a) => {
  r.write('other and '); a.pipe(r);
})).listen(8080, process.argv[1], () => console.log('up'));`;
writeFileSync(other, `#!/bin/sh\nNODE_OPTIONS= exec '${process.execPath}' -e "${body.replace(/"/g, '\\"')}" "$1"\n`);
chmodSync(other, 0o755);

(hasNamespaces() ? describe : describe.skip)('a program that cannot be moved to loopback', () => {
  test('listens in a network of its own, twice at once on one machine', async () => {
    const tasks = [await start([other, '0.0.0.0'], 'four'), await start([other, '0.0.0.0'], 'five')];
    for (const { body } of tasks) await eventually(async () => (await body()) === 'other and the local AWS');
  });

  test('that listens on 127.0.0.1 is not reached, as on AWS', async () => {
    const { body, lines } = await start([other, '127.0.0.1'], 'six');
    await eventually(() => lines.includes('up'));
    expect(await body()).toBeUndefined();
  });
});

(hasNamespaces() ? test : test.skip)(
  'a container whose child listens on every address is killed, and says what to do',
  () => {
    const program = [
      '--require',
      require.resolve('tsx/cjs'),
      require.resolve('../../../../support/rehearsal/exposed-container.ts'),
      directory,
    ];
    const args = ['--user', '--map-root-user', '--net', process.execPath, ...program];
    const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8', timeout: 50_000 });
    if (stdout === '') throw new Error(stderr);
    const { notes, exitCode } = JSON.parse(stdout) as { notes: string[]; exitCode: number };
    expect(exitCode).toBe(137);
    expect(notes[0]).toBe('open');
    expect(notes[1]).toMatch(/^true container web was stopped: node -e .* listens on 0\.0\.0\.0:8080/);
  },
);

test('with a container engine the image itself runs, its ports on loopback, and it is removed at the end', async () => {
  const record = join(directory, 'docker.log');
  const docker = join(directory, 'docker');
  writeFileSync(docker, `#!/bin/sh\necho "$@" >> '${record}'\necho "secret is $SECRET"\n`);
  chmodSync(docker, 0o755);
  const launch = launchOf(
    {
      name: 'web',
      image: 'public.ecr.aws/nginx/nginx:1',
      command: ['serve', '--all'],
      portMappings: [{ containerPort: 80 }],
      environment: [{ name: 'A', value: 'b' }],
    },
    {
      world: { region: 'us-east-1', endpoint: 'http://127.0.0.1:4711', directory },
      images: { find: () => undefined },
      preload: preloadFile('task'),
      ports: new Map([[80, 43121]]),
      secrets: { SECRET: 'hidden' },
      taskId: '0123456789abcdef',
      engine: docker,
    },
  );
  const lines: string[] = [];
  const { exited } = runtime.start({ name: 'web', ...launch, onLine: (line) => void lines.push(line) });
  expect(await exited).toBe(0);
  const [run, removal] = readFileSync(record, 'utf8').split('\n');
  expect(run).toContain('run --rm --name greenlight-0123456789ab-web');
  expect(run).toContain('--publish 127.0.0.1:43121:80');
  expect(run).toMatch(/ public\.ecr\.aws\/nginx\/nginx:1 serve --all$/);
  expect(run).not.toContain('hidden');
  expect(lines).toEqual(['secret is hidden']);
  expect(removal).toBe('rm --force greenlight-0123456789ab-web');
});
