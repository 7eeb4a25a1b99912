import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScaledClock } from '../../../../rehearsal/core/clock';
import { createLambda, lambdaSdk } from '../../../../rehearsal/services/lambda';
import { createLogs } from '../../../../rehearsal/services/logs';
import { AwsError, INTERNAL, type Service } from '../../../../rehearsal/core/service';
import type { RestRequest } from '../../../../rehearsal/core/rest';
import { temporaryDirectory } from '../../../support/temporary';
import { worldOn } from '../../../support/world';
import { zipOf } from './zip-of';

interface Answer {
  StatusCode: number;
  Payload: string;
  FunctionError?: string;
}

const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop?.();
});

function setUp(speed = 600, appDirectory = __dirname) {
  // At this speed 5 min of AWS are half a second.
  const world = worldOn(new ScaledClock(speed), { parameters: { lambdaWallMsMin: 1000 } });
  const objects: Record<string, Buffer> = {};
  const lambda = createLambda(world, {
    readObject: async (bucket, key) => objects[`${bucket}/${key}`] ?? Buffer.from(''),
    sdk: lambdaSdk(world, appDirectory),
  });
  const logs = createLogs(world);
  services.push(lambda);
  world.add(lambda);
  world.add(logs);
  const request = (properties: object) => ({
    stackName: 'S',
    stackId: 'arn',
    logicalId: 'F',
    signal: new AbortController().signal,
    properties,
  });
  const resource = async (type: string, properties: object) =>
    lambda.resourceTypes?.[type]?.create(request(properties));
  const create = async (code: string | Record<string, string>, properties: object = {}) => {
    if (typeof code !== 'string') objects['assets/f.zip'] = zipOf(code);
    const Code = typeof code === 'string' ? { ZipFile: code } : { S3Bucket: 'assets', S3Key: 'f.zip' };
    return resource('AWS::Lambda::Function', {
      FunctionName: 'f',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::111111111111:role/f',
      Timeout: 300,
      Code,
      ...properties,
    });
  };
  const invoke = (payload: unknown = {}, input: object = {}) =>
    world.call<Answer>(INTERNAL, 'lambda', 'Invoke', { FunctionName: 'f', Payload: JSON.stringify(payload), ...input });
  const lines = async () => {
    const found = await world.call<{ events: { message: string }[] }>(INTERNAL, 'logs', 'FilterLogEvents', {
      logGroupName: '/aws/lambda/f',
    });
    return found.events.map((event) => event.message);
  };
  return { world, lambda, create, invoke, lines, request, resource, objects };
}

/** Waits for a condition, ten seconds at most. */
async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (const limit = performance.now() + 10_000; performance.now() < limit;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the condition did not come true');
}

const json = (answer: Answer) => JSON.parse(answer.Payload) as Record<string, unknown>;

test('runs the code of a zip with event, context and environment, and reuses the process', async () => {
  const { create, invoke } = setUp();
  const code = `let count = 0; exports.handler = async (event, context) => ({ event, count: ++count, pid: process.pid,
    left: context.getRemainingTimeInMillis(), name: context.functionName, arn: context.invokedFunctionArn, own: process.env.OWN,
    key: process.env.AWS_ACCESS_KEY_ID, endpoint: process.env.AWS_ENDPOINT_URL, region: process.env.AWS_REGION, home: process.env.JEST_WORKER_ID })`;
  await create(
    { 'index.js': `require('./lib/a'); ${code}`, 'lib/a.js': '' },
    { Environment: { Variables: { OWN: 'mine' } } },
  );
  const first = json(await invoke({ a: 1 }));
  expect(first).toMatchObject({
    event: { a: 1 },
    count: 1,
    name: 'f',
    arn: 'arn:aws:lambda:us-east-1:111111111111:function:f',
    own: 'mine',
    key: expect.stringMatching(/^ASIA/) as string,
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
  });
  expect(first).not.toHaveProperty('home');
  // 300 s are 0.5 s here, less than the second of the wall that every invocation gets.
  expect(first['left']).toBeLessThanOrEqual(600_000);
  expect(first['left']).toBeGreaterThan(300_000);
  const second = json(await invoke());
  expect(second).toMatchObject({ count: 2, pid: first['pid'] });
});

test('invocations at the same time get a process each', async () => {
  const { create, invoke } = setUp();
  await create(`exports.handler = async () => { await new Promise((r) => setTimeout(r, 60_000)); return process.pid }`);
  const answers = await Promise.all([invoke(), invoke()]);
  expect(new Set(answers.map((answer) => answer.Payload)).size).toBe(2);
});

test('ES modules, and callbacks before Node.js 24', async () => {
  const { create, invoke, lambda, request } = setUp();
  await create({ 'src/app.mjs': `export const run = async () => 'esm'` }, { Handler: 'src/app.run' });
  expect(await invoke()).toMatchObject({ Payload: '"esm"' });
  const properties = {
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: 'arn:aws:iam::111111111111:role/f',
    Code: { ZipFile: `exports.handler = (event, context, callback) => setImmediate(callback, null, 'back')` },
  };
  const type = lambda.resourceTypes?.['AWS::Lambda::Function'];
  const current = { physicalId: 'f', attributes: {} };
  await type?.update?.({ ...request(properties), current, previous: {} });
  expect(await invoke()).toMatchObject({ Payload: '"back"' });
  await type?.update?.({ ...request({ ...properties, Runtime: 'nodejs24.x' }), current, previous: {} });
  expect(json(await invoke())).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
});

test.each([
  ['throws', `exports.handler = async () => { throw new TypeError('bad') }`, 'TypeError', 'bad'],
  ['exits', `exports.handler = async () => process.exit(3)`, 'Runtime.ExitError', 'exit status 3'],
  ['has no handler', `exports.other = 1`, 'Runtime.HandlerNotFound', 'index.handler is undefined'],
  ['does not load', `require('./gone')`, 'Runtime.ImportModuleError', './gone'],
  ['does not parse', `exports.handler = (`, 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
  [
    'rejects aside',
    `exports.handler = () => { Promise.reject(new Error('aside')); return new Promise(() => setTimeout(() => {}, 60_000)) }`,
    'Runtime.UnhandledPromiseRejection',
    'aside',
  ],
])('a function that %s', async (_, code, errorType, message) => {
  const { create, invoke, world } = setUp();
  await create(code);
  const answer = await invoke();
  expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  expect(json(answer)).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) as string });
  expect(world.events.all()).toMatchObject([{ source: 'lambda', event: 'function-error' }]);
});

test('a function over its timeout is killed, even when it never yields', async () => {
  const { create, invoke, lines } = setUp();
  await create(`exports.handler = async () => { console.log('in'); for (;;); }`, { Timeout: 3 });
  const answer = await invoke();
  expect(json(answer)).toMatchObject({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 3.00 seconds$/) as string,
  });
  await until(async () => (await lines()).some((line) => line.includes('REPORT')));
  expect((await lines()).join('\n')).toMatch(/START.*\n.*INFO\tin\n.*Task timed out after 3.00 seconds\nEND.*\nREPORT/);
});

test('an event is accepted at once and retried after failures, then dropped', async () => {
  const { create, invoke, world, lines } = setUp();
  await create(`exports.handler = async (e, c) => { console.log('attempt ' + c.awsRequestId); throw new Error('no') }`);
  const answer = await invoke({}, { InvocationType: 'Event' });
  expect(answer).toEqual({ StatusCode: 202, Payload: '' });
  await until(() => world.events.all().some((event) => event.event === 'event-dropped'));
  const attempts = (await lines()).filter((line) => line.includes('INFO\tattempt '));
  expect(attempts).toHaveLength(3);
  expect(new Set(attempts.map((line) => line.split('attempt ')[1])).size).toBe(1);
  const [first, second, third] = world.events.all().filter((event) => event.event === 'function-error');
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(60_000);
  expect((third?.atMs ?? 0) - (second?.atMs ?? 0)).toBeGreaterThanOrEqual(120_000);
});

describe('logs', () => {
  test('console lines carry time, request and level; stdout is raw; line breaks stay in a record', async () => {
    const { create, invoke, lines } = setUp();
    await create(
      `exports.handler = async () => { console.warn('two\\nlines %d', 5); process.stdout.write('{"kind":"raw"}\\n') }`,
    );
    await invoke();
    await until(async () => (await lines()).length >= 5);
    const found = await lines();
    expect(found).toContain('{"kind":"raw"}');
    expect(found.find((line) => line.includes('WARN'))).toMatch(/^\d{4}-\S+Z\t[0-9a-f-]{36}\tWARN\ttwo\nlines 5$/);
  });

  test('LogFormat JSON wraps records and filters by level', async () => {
    const { create, invoke, lines } = setUp();
    const code = `exports.handler = async () => { console.log({ kind: 'x' }); console.debug('hidden') }`;
    await create(code, { LoggingConfig: { LogFormat: 'JSON' } });
    await invoke();
    await until(async () => (await lines()).length >= 3);
    const records = (await lines()).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as object);
    expect(records).toMatchObject([{ level: 'INFO', message: { kind: 'x' } }]);
  });

  test('a role without permission for logs loses them, and the function still runs', async () => {
    const { create, invoke, world } = setUp();
    const deny = () => {
      throw new AwsError('AccessDeniedException', 'is not authorized to perform: logs:CreateLogStream', 400);
    };
    world.add({ prefix: 'logs', operations: { CreateLogStream: { handle: deny } } });
    await create(`exports.handler = async () => 1`);
    expect(await invoke()).toMatchObject({ Payload: '1' });
    await until(() => world.events.all().some((event) => event.event === 'logs-lost'));
  });
});

test('versions keep their code, aliases point to them', async () => {
  const { create, invoke, lambda, request, resource } = setUp();
  await create(`exports.handler = async () => 'one'`);
  const version = await resource('AWS::Lambda::Version', { FunctionName: 'f' });
  expect(version?.attributes['Version']).toBe('1');
  await resource('AWS::Lambda::Alias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
  await lambda.resourceTypes?.['AWS::Lambda::Function']?.update?.({
    ...request({
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::111111111111:role/f',
      Code: { ZipFile: `exports.handler = async () => 'two'` },
    }),
    current: { physicalId: 'f', attributes: {} },
    previous: {},
  });
  expect((await invoke()).Payload).toBe('"two"');
  expect((await invoke({}, { Qualifier: 'live' })).Payload).toBe('"one"');
  await expect(invoke({}, { Qualifier: 'gone' })).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

test('other runtimes are created, and say that they cannot run', async () => {
  const { create, invoke } = setUp();
  await create('def handler; end', { Runtime: 'ruby3.3' });
  await expect(invoke()).rejects.toThrow(
    'f has runtime ruby3.3, and a rehearsal runs functions of Node, and of Python',
  );
});

test('the REST protocol: invoke with headers, describe, list', async () => {
  const { lambda, create } = setUp();
  await create(`exports.handler = async (event) => { if (event.bad) throw new Error('x'); return event }`);
  if (lambda.protocol.kind !== 'rest') throw new Error('not REST');
  const { handle } = lambda.protocol;
  const send = (method: string, path: string, body = '', headers = {}) => {
    const [pathname = '', query] = path.split('?');
    const request: RestRequest = {
      method,
      path: pathname,
      query: new URLSearchParams(query),
      headers,
      body: Buffer.from(body),
    };
    const call = { principal: INTERNAL, requestId: 'r' };
    return handle(request, async (operation, input) => lambda.operations[operation]?.handle(input, call));
  };
  const name = encodeURIComponent('arn:aws:lambda:us-east-1:111111111111:function:f');
  expect(await send('POST', `/2015-03-31/functions/${name}/invocations`, '{"a":1}')).toMatchObject({
    status: 200,
    body: '{"a":1}',
  });
  const failed = await send('POST', '/2015-03-31/functions/f/invocations', '{"bad":1}');
  expect(failed.headers).toMatchObject({ 'x-amz-function-error': 'Unhandled' });
  const event = await send('POST', '/2015-03-31/functions/f/invocations', '{}', { 'x-amz-invocation-type': 'Event' });
  expect(event.status).toBe(202);
  const got = await send('GET', '/2015-03-31/functions/f/configuration');
  expect(JSON.parse(String(got.body))).toMatchObject({ FunctionName: 'f', Runtime: 'nodejs22.x' });
  const list = await send('GET', '/2015-03-31/functions/');
  expect(JSON.parse(String(list.body))).toMatchObject({ Functions: [{ FunctionName: 'f' }] });
  expect((await send('DELETE', '/2015-03-31/functions/f')).status).toBe(404);
});

test('IAM sees the function, with the qualifier that the caller named', () => {
  const { lambda } = setUp();
  const operation = lambda.operations['Invoke'];
  expect(operation?.action).toBe('lambda:InvokeFunction');
  const functionArn = 'arn:aws:lambda:us-east-1:111111111111:function:f';
  expect(operation?.resources?.({ FunctionName: 'f' })).toEqual([functionArn]);
  expect(operation?.resources?.({ FunctionName: functionArn, Qualifier: 'live' })).toEqual([`${functionArn}:live`]);
});

test("a function's connections come from its security groups", async () => {
  const { world, lambda, create } = setUp();
  await create(`exports.handler = async () => 1`, { VpcConfig: { SecurityGroupIds: ['sg-gate'], SubnetIds: ['s'] } });
  world.network.useFirewall({ allows: (_, __, source) => source.securityGroupIds?.includes('sg-gate') ?? false });
  world.network.register({
    privateAddresses: ['10.0.1.5'],
    names: ['alb'],
    internetFacing: false,
    port: 80,
    localPort: 4321,
    securityGroupIds: ['sg-alb'],
  });
  const ask = async (source: string) => {
    const query = new URLSearchParams({ host: 'alb', port: '80', source });
    const { path, prefix } = world.network.route;
    const request = { method: 'GET', path, query, headers: {}, body: Buffer.from('') };
    const answer = await lambda.routes?.[prefix]?.(request);
    return JSON.parse(String(answer?.body)) as object;
  };
  expect(await ask('arn:aws:lambda:us-east-1:111111111111:function:f')).toEqual({ localPort: 4321 });
  expect(await ask('')).toEqual({ error: 'ETIMEDOUT' });
});

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('stop ends every process, also one in the middle of an invocation', async () => {
  const { create, invoke, lambda, lines } = setUp();
  await create(`exports.handler = async () => { console.log('pid ' + process.pid); for (;;); }`, { Timeout: 900 });
  const running = invoke();
  let pid = 0;
  await until(async () => {
    pid = Number(/pid (\d+)/.exec((await lines().catch(() => [])).join('\n'))?.[1] ?? 0);
    return pid > 0;
  });
  await lambda.stop?.();
  expect(await running).toMatchObject({ FunctionError: 'Unhandled' });
  expect(alive(pid)).toBe(false);
  await lambda.stop?.();
});

test('an idle process ends by itself', async () => {
  const { create, invoke } = setUp();
  await create(`exports.handler = async () => process.pid`);
  const pid = Number((await invoke()).Payload);
  expect(alive(pid)).toBe(true);
  await until(() => !alive(pid));
});

test('a function dies with a parent that is killed, even when it never yields', async () => {
  const script = join(__dirname, 'orphan.ts');
  const parent = spawn(process.execPath, ['--import', 'tsx', script], {
    // What it cannot remove itself goes with this test.
    env: { ...process.env, TMPDIR: temporaryDirectory('orphan') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  parent.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until(() => /pid \d+\n/.test(output));
  const pid = Number(/pid (\d+)/.exec(output)?.[1]);
  expect(alive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await until(() => !alive(pid));
});

describe('the AWS SDK of the Node runtimes', () => {
  test('a function requires it, or imports from it by name, without bringing it along', async () => {
    const { create, invoke } = setUp();
    await create(`
      const { EC2 } = require('@aws-sdk/client-ec2');
      const { fromTemporaryCredentials } = require('@aws-sdk/credential-providers');
      exports.handler = async () => [typeof new EC2({}).describeVpcs, typeof fromTemporaryCredentials];`);
    expect(await invoke()).toMatchObject({ Payload: '["function","function"]' });
    const imports = `import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
      import * as logs from '@aws-sdk/client-cloudwatch-logs';`;
    await create(
      {
        'main.mjs': `${imports}
          const { SSM } = await import('@aws-sdk/client-ssm');
          export const handler = async () =>
            [new S3Client({}), new PutObjectCommand({}), new logs.CloudWatchLogs({}), new SSM({})].map((o) => o.constructor.name);`,
      },
      { FunctionName: 'g', Handler: 'main.handler' },
    );
    expect(await invoke({}, { FunctionName: 'g' })).toMatchObject({
      Payload: '["S3Client","PutObjectCommand","CloudWatchLogs","SSM"]',
    });
  });

  test("what the rehearsal does not bring is the app's, and the function's own comes first", async () => {
    const app = temporaryDirectory('app');
    const inApp = join(app, 'node_modules', '@aws-sdk', 'client-glue');
    mkdirSync(inApp, { recursive: true });
    writeFileSync(join(inApp, 'index.js'), `exports.Glue = "the app's";`);
    const { create, invoke } = setUp(600, join(app));
    await create({
      'index.js': `exports.handler = async () => [require('@aws-sdk/client-glue').Glue, require('@aws-sdk/client-s3').S3];`,
      'node_modules/@aws-sdk/client-s3/index.js': `exports.S3 = 'its own';`,
    });
    expect(await invoke()).toMatchObject({ Payload: `["the app's","its own"]` });
  });

  test.each([
    ['index.js', `require('@aws-sdk/client-kinesis'); exports.handler = async () => 1;`],
    ['index.mjs', `import { Kinesis } from '@aws-sdk/client-kinesis'; export const handler = async () => 1;`],
  ])('a client that is nowhere is named with the remedy: %s', async (file, code) => {
    const { create, invoke } = setUp(600, temporaryDirectory('app'));
    await create({ [file]: code });
    const { Payload } = await invoke();
    expect(Payload).toContain('Runtime.ImportModuleError');
    expect(Payload).toContain('npm install --save-dev @aws-sdk/client-kinesis');
  });

  test('a handler that hides the error, as AwsCustomResource does, is told of on the timeline', async () => {
    const { world, create, invoke } = setUp(600, temporaryDirectory('app'));
    await create(`exports.handler = async () => {
      try { require('@aws-sdk/client-kinesis'); } catch { throw new Error('Package does not exist.'); }
    };`);
    await invoke();
    expect(world.events.all().find(({ event }) => event === 'sdk-missing')?.detail).toContain(
      'npm install --save-dev @aws-sdk/client-kinesis',
    );
  });
});
