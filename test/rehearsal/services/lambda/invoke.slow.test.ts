import { lambdaWorld, payloadOf } from '../../../support/rehearsal/lambda';
import { eventually } from '../../../support/until';

test('runs the code of a zip with event, context and environment, and reuses the process', async () => {
  const { create, invoke } = lambdaWorld();
  const code = `let count = 0; exports.handler = async (event, context) => ({ event, count: ++count, pid: process.pid,
    left: context.getRemainingTimeInMillis(), name: context.functionName, arn: context.invokedFunctionArn, own: process.env.OWN,
    key: process.env.AWS_ACCESS_KEY_ID, endpoint: process.env.AWS_ENDPOINT_URL, region: process.env.AWS_REGION, home: process.env.JEST_WORKER_ID })`;
  await create(
    { 'index.js': `require('./lib/a'); ${code}`, 'lib/a.js': '' },
    { Environment: { Variables: { OWN: 'mine' } } },
  );
  const first = payloadOf(await invoke({ a: 1 }));
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
  // 300 s are 0.5 s here, less than the real second that every invocation gets.
  expect(first['left']).toBeLessThanOrEqual(600_000);
  expect(first['left']).toBeGreaterThan(300_000);
  const second = payloadOf(await invoke());
  expect(second).toMatchObject({ count: 2, pid: first['pid'] });
});

test('invocations at the same time get a process each', async () => {
  const { create, invoke } = lambdaWorld();
  await create(`exports.handler = async () => { await new Promise((r) => setTimeout(r, 60_000)); return process.pid }`);
  const results = await Promise.all([invoke(), invoke()]);
  expect(new Set(results.map((result) => result.Payload)).size).toBe(2);
});

test('ES modules, and callbacks before Node.js 24', async () => {
  const { create, invoke, lambda, request } = lambdaWorld();
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
  expect(payloadOf(await invoke())).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
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
  const { create, invoke, world } = lambdaWorld();
  await create(code);
  const result = await invoke();
  expect(result).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  expect(payloadOf(result)).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) as string });
  expect(world.events.all()).toMatchObject([{ source: 'lambda', event: 'function-error' }]);
});

test('a function over its timeout is killed, even when it never yields', async () => {
  const { create, invoke, lines } = lambdaWorld();
  await create(`exports.handler = async () => { console.log('in'); for (;;); }`, { Timeout: 3 });
  const result = await invoke();
  expect(payloadOf(result)).toMatchObject({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 3.00 seconds$/) as string,
  });
  await eventually(async () => (await lines()).some((line) => line.includes('REPORT')));
  expect((await lines()).join('\n')).toMatch(/START.*\n.*INFO\tin\n.*Task timed out after 3.00 seconds\nEND.*\nREPORT/);
});

test('an event is accepted at once and retried after failures, then dropped', async () => {
  const { create, invoke, world, lines } = lambdaWorld();
  await create(`exports.handler = async (e, c) => { console.log('attempt ' + c.awsRequestId); throw new Error('no') }`);
  const result = await invoke({}, { InvocationType: 'Event' });
  expect(result).toEqual({ StatusCode: 202, Payload: '' });
  await eventually(() => world.events.all().some((event) => event.event === 'event-dropped'));
  const attempts = (await lines()).filter((line) => line.includes('INFO\tattempt '));
  expect(attempts).toHaveLength(3);
  expect(new Set(attempts.map((line) => line.split('attempt ')[1])).size).toBe(1);
  const [first, second, third] = world.events.all().filter((event) => event.event === 'function-error');
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(60_000);
  expect((third?.atMs ?? 0) - (second?.atMs ?? 0)).toBeGreaterThanOrEqual(120_000);
});

test('other runtimes are created, and say that they cannot run', async () => {
  const { create, invoke } = lambdaWorld();
  await create('def handler; end', { Runtime: 'ruby3.3' });
  await expect(invoke()).rejects.toThrow(
    'f has runtime ruby3.3, and a rehearsal runs functions of Node, and of Python',
  );
});
