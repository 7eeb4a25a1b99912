import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ScaledClock } from '../../../../rehearsal/core/clock';
import { createLambda, lambdaSdk } from '../../../../rehearsal/services/lambda';
import { boto3Problem, findPython } from '../../../../rehearsal/services/lambda/python/machine';
import { createLogs } from '../../../../rehearsal/services/logs';
import { INTERNAL, type Service } from '../../../../rehearsal/core/service';
import { processesOf } from '../../../support/processes';
import { temporaryDirectory } from '../../../support/temporary';
import { until } from '../../../support/until';
import { worldOn } from '../../../support/rehearsal/world';
import { zipOf } from '../../../support/rehearsal/zip';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function setUp() {
  const world = worldOn(new ScaledClock(60), { parameters: { lambdaWallMsMin: 20_000 } });
  const objects: Record<string, Buffer> = {};
  const readObject = async (_bucket: string, key: string) => objects[key] ?? Buffer.from('');
  const lambda: Service = createLambda(world, { readObject, sdk: lambdaSdk(world, __dirname) });
  stops.push(() => lambda.stop?.());
  world.add(lambda);
  world.add(createLogs(world));
  const create = async (type: string, properties: object) => {
    const request = { stackName: 'S', stackId: 'arn', logicalId: 'F', signal: new AbortController().signal };
    const state = await lambda.resourceTypes?.[type]?.create({ ...request, properties });
    return state?.physicalId ?? '';
  };
  const python = (code: string | Record<string, string>, properties: object = {}) => {
    if (typeof code !== 'string') objects['f.zip'] = zipOf(code);
    return create('AWS::Lambda::Function', {
      FunctionName: 'f',
      Runtime: 'python3.13',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::111111111111:role/f',
      Code: typeof code === 'string' ? { ZipFile: code } : { S3Bucket: 'assets', S3Key: 'f.zip' },
      ...properties,
    });
  };
  const invoke = async (payload: unknown = {}) => {
    const input = { FunctionName: 'f', Payload: JSON.stringify(payload) };
    const { Payload, FunctionError } = await world.call<{ Payload: string; FunctionError?: string }>(
      INTERNAL,
      'lambda',
      'Invoke',
      input,
    );
    return { result: JSON.parse(Payload) as unknown, FunctionError };
  };
  const lines = async () => {
    const found = await world.call<{ events: { message: string }[] }>(INTERNAL, 'logs', 'FilterLogEvents', {
      logGroupName: '/aws/lambda/f',
    });
    return found.events.map(({ message }) => message);
  };
  return { world, lambda, objects, create, python, invoke, lines };
}

/** @returns the port of a server on loopback */
async function serverWith(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a function of Python runs with event, context, environment, logs and the keys of its role', async () => {
  const { python, invoke, lines } = setUp();
  const code = `
import logging, os
logging.getLogger().setLevel(logging.INFO)
calls = 0
def handler(event, context):
    global calls
    calls += 1
    print("printed", event["name"])
    logging.info("logged")
    return {"calls": calls, "own": os.environ["OWN"], "key": os.environ["AWS_ACCESS_KEY_ID"],
            "function": context.function_name, "time": 0 < context.get_remaining_time_in_millis() <= 60_000}
`;
  await python({ 'src/app.py': code }, { Handler: 'src/app.handler', Environment: { Variables: { OWN: 'mine' } } });
  const result = { own: 'mine', key: expect.stringContaining('role/f') as string, function: 'f', time: true };
  expect(await invoke({ name: 'it' })).toMatchObject({ result: { ...result, calls: 1 } });
  expect(await invoke({ name: 'again' })).toMatchObject({ result: { calls: 2 } });
  expect(await lines()).toEqual(
    expect.arrayContaining(['printed it', expect.stringMatching(/^\[INFO\]\t\d{4}-.*Z\t[0-9a-f-]{36}\tlogged$/)]),
  );
});

test.each([
  ['raises', 'def handler(event, context):\n  raise ValueError("bad")', 'ValueError', 'bad'],
  ['does not load', 'import gone', 'Runtime.ImportModuleError', "No module named 'gone'"],
  ['does not parse', 'def handler(', 'Runtime.UserCodeSyntaxError', 'Syntax error'],
  ['has no handler', 'other = 1', 'Runtime.HandlerNotFound', "'handler' missing"],
  ['exits', 'import os\ndef handler(event, context):\n  os._exit(3)', 'Runtime.ExitError', 'exit status 3'],
])('a function of Python that %s says so in the words of AWS', async (_, code, errorType, message) => {
  const { python, invoke } = setUp();
  await python(code);
  expect(await invoke()).toMatchObject({
    FunctionError: 'Unhandled',
    result: { errorType, errorMessage: expect.stringContaining(message) as string },
  });
});

const NO_BOTO3 = `raise ModuleNotFoundError("No module named 'boto3'", name="boto3")`;

test.each([
  ['at its start', `${NO_BOTO3}\ndef handler(event, context):\n  pass`, "Unable to import module 'index': "],
  ['in its handler', `def handler(event, context):\n  ${NO_BOTO3}`, ''],
])(
  'a function of Python that imports boto3 %s says what to install where the machine has none',
  async (_, code, start) => {
    const { python, invoke, lines } = setUp();
    await python(code);
    const { result } = await invoke();
    const message = `${start}No module named 'boto3'. AWS's Python runtimes have boto3, and `;
    expect(result).toMatchObject({ errorMessage: expect.stringContaining(message) as string });
    expect(result).toMatchObject({
      errorMessage: expect.stringMatching(/Remedy: \S+python\S* -m pip install boto3$/) as string,
    });
    expect((await lines()).join('\n')).toContain('-m pip install boto3');
  },
);

test('a function of Python reaches the rehearsed network only, by name and by address', async () => {
  const { world, lambda, python, invoke } = setUp();
  const localPort = await serverWith((_request, response) => void response.end('rehearsed'));
  const { path, prefix } = world.network.route;
  const endpoint = await serverWith((request, response) => {
    const { searchParams: query } = new URL(request.url ?? '', 'http://localhost');
    const found = lambda.routes?.[prefix]?.({ method: 'GET', path, query, headers: {}, body: Buffer.from('') });
    void found?.then(({ status, body }) => response.writeHead(status).end(body));
  });
  Object.assign(world, { endpoint: `http://127.0.0.1:${endpoint}` });
  const at = { privateAddresses: ['10.0.9.1'], names: ['shop.internal'], internetFacing: true, securityGroupIds: [] };
  world.network.register({ ...at, port: 80, localPort });
  const code = `
import socket, urllib.request
def ask(url):
    try:
        return urllib.request.urlopen(url, timeout=10).read().decode()
    except OSError as error:
        return str(getattr(error, "reason", error))
def handler(event, context):
    return [ask(url) for url in event]
`;
  await python(code, { Environment: { Variables: { HTTP_PROXY: '' } } });
  const { result } = await invoke([
    'http://shop.internal/',
    'http://10.0.9.1/',
    'http://example.com/',
    'http://10.9.9.9/',
  ]);
  expect(result).toEqual(['rehearsed', 'rehearsed', expect.stringContaining('not known'), expect.any(String)]);
  expect((result as string[])[3]).not.toBe('rehearsed');
});

test('layers stand in /opt: modules are imported, and scripts for the Python of AWS run', async () => {
  const { objects, create, python, invoke } = setUp();
  objects['layer.zip'] = zipOf({
    'python/shared.py': 'VALUE = "from the layer"',
    'tool/run': '#!/var/lang/bin/python\nimport sys\nprint("ran", sys.argv[1])',
  });
  const layer = await create('AWS::Lambda::LayerVersion', { Content: { S3Bucket: 'assets', S3Key: 'layer.zip' } });
  const code = `
import subprocess, shared
def handler(event, context):
    return [shared.VALUE, subprocess.check_output(["/opt/tool/run", "it"], text=True)]
`;
  await python(code, { Layers: [layer] });
  expect(await invoke()).toMatchObject({ result: ['from the layer', 'ran it\n'] });
});

test('a function of Python that never yields, and what it started, end with the rehearsal', async () => {
  const { world, python, invoke } = setUp();
  await python(
    'import subprocess\ndef handler(event, context):\n  subprocess.Popen(["sleep", "1000"])\n  while True: pass',
  );
  const running = invoke().catch((error: Error) => error.message);
  await until('both processes', () => processesOf(world.directory).length >= 2);
  for (const stop of stops.splice(0)) await stop();
  await running;
  await until('no process', () => processesOf(world.directory).length === 0);
});

test('a machine without Python, or with one that is too old, gets an error with what to install', () => {
  const folder = temporaryDirectory('path');
  expect(findPython(folder)).toBe('this machine has no python3. Remedy: install Python 3.9 or newer, and boto3');
  writeFileSync(join(folder, 'python3'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  expect(findPython(folder)).toMatch(/python3 is not Python 3\.9\. Remedy: install Python 3\.9 or newer, and boto3$/);
});

test('a Python without boto3 is named with the command that installs it', () => {
  const folder = temporaryDirectory('path');
  const found = { executable: '/usr/bin/python3', userBase: '/home/you/.local', hasBoto3: false };
  writeFileSync(join(folder, 'python3'), `#!/bin/sh\necho '${JSON.stringify(found)}'\n`, { mode: 0o755 });
  expect(boto3Problem(findPython(folder))).toBe(
    "/usr/bin/python3 has no boto3 of at least 1.28, as AWS's Python runtimes have. " +
      'Remedy: /usr/bin/python3 -m pip install --upgrade boto3',
  );
  expect(boto3Problem({ ...found, hasBoto3: true })).toBeUndefined();
});
