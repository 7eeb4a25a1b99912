import { AwsError, type Call, INTERNAL } from '../../../../rehearsal/core/service';
import { createStates } from '../../../../rehearsal/services/states';
import { testWorld } from '../../../support/rehearsal/world';

interface Invocation {
  readonly FunctionName: string;
  readonly Payload: string;
}

type Result = { FunctionError?: string; Payload: string };

const check = 'arn:aws:lambda:us-east-1:111111111111:function:check';
const onTimeout = 'arn:aws:lambda:us-east-1:111111111111:function:on-timeout';
const role = 'arn:aws:iam::111111111111:role/waiter';

/** Step Functions with a Lambda service whose functions are the test's. */
async function setUp(definition: object, handle: (input: Invocation, attempt: number) => Result) {
  const world = testWorld();
  const states = createStates(world);
  const invocations: { input: Invocation; call: Call; atMs: number }[] = [];
  world.add(states);
  world.add({
    prefix: 'lambda',
    operations: {
      Invoke: {
        handle: (input: Invocation, call) => {
          invocations.push({ input, call, atMs: world.clock.now() });
          return { StatusCode: 200, ...handle(input, invocations.length) };
        },
      },
    },
  });
  const type = states.resourceTypes?.['AWS::StepFunctions::StateMachine'];
  const created = await type?.create({
    stackName: 'S',
    stackId: 'arn',
    logicalId: 'Waiter',
    signal: new AbortController().signal,
    properties: { DefinitionString: JSON.stringify(definition), RoleArn: role },
  });
  const stateMachineArn = created?.physicalId ?? '';
  const call = <T = Record<string, unknown>>(operation: string, input: object) =>
    world.call<T>(INTERNAL, 'states', operation, { stateMachineArn, ...input });
  const execute = async (input: unknown) => {
    const started = await call<{ executionArn: string }>('StartExecution', { input: JSON.stringify(input) });
    return started.executionArn;
  };
  return { world, states, invocations, call, execute, stateMachineArn };
}

const failure = (errorType: string): Result => ({ FunctionError: 'Unhandled', Payload: JSON.stringify({ errorType }) });

// As aws-cdk-lib 2.276 synthesizes custom_resources.Provider's waiter state machine.
const providerWaiter = {
  StartAt: 'framework-isComplete-task',
  States: {
    'framework-isComplete-task': {
      End: true,
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 360, BackoffRate: 1 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'framework-onTimeout-task' }],
      Type: 'Task',
      Resource: check,
    },
    'framework-onTimeout-task': { End: true, Type: 'Task', Resource: onTimeout },
  },
};

describe("the Provider framework's waiter", () => {
  test('asks every 5 s until the function succeeds, as the role', async () => {
    const { world, call, execute, invocations } = await setUp(providerWaiter, (_, attempt) =>
      attempt < 4 ? failure('Retry') : { Payload: 'null' },
    );
    const startMs = world.clock.now();
    const executionArn = await execute({ a: 1 });
    await world.clock.advance(60_000);
    expect(invocations.map(({ atMs }) => atMs - startMs)).toEqual([0, 5000, 10_000, 15_000]);
    expect(invocations[0]?.call.principal.arn).toBe(role);
    expect(JSON.parse(invocations[3]?.input.Payload ?? '')).toEqual({ a: 1 });
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({ status: 'SUCCEEDED', output: 'null' });
  });

  test('calls onTimeout with error and cause after 360 retries in 30 minutes', async () => {
    const { world, execute, invocations } = await setUp(providerWaiter, (input) =>
      input.FunctionName === check ? failure('Retry') : { Payload: 'null' },
    );
    await execute({ a: 1 });
    await world.clock.advance(31 * 60_000);
    expect(invocations.filter(({ input }) => input.FunctionName === check)).toHaveLength(361);
    expect(invocations).toHaveLength(362);
    expect(JSON.parse(invocations.at(-1)?.input.Payload ?? '')).toEqual({
      Error: 'Retry',
      Cause: '{"errorType":"Retry"}',
    });
  });
});

// As aws-cdk-lib 2.276 synthesizes Wait, LambdaInvoke({ outputPath: '$.Payload' }) and Choice.
const loop = {
  StartAt: 'Wait',
  States: {
    Wait: { Type: 'Wait', Seconds: 10, Next: 'Check' },
    Check: {
      Next: 'Done?',
      Retry: [
        {
          ErrorEquals: ['Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException'],
          IntervalSeconds: 2,
          MaxAttempts: 6,
          BackoffRate: 2,
        },
      ],
      Type: 'Task',
      OutputPath: '$.Payload',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: check, 'Payload.$': '$' },
    },
    'Done?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.done', BooleanEquals: true, Next: 'ok' }],
      Default: 'Wait',
    },
    ok: { Type: 'Succeed' },
  },
};

describe('the Wait, Task, Choice loop', () => {
  test('hands its state from call to call until done', async () => {
    const { world, call, execute, invocations } = await setUp(loop, (input) => {
      const { n } = JSON.parse(input.Payload) as { n: number };
      return { Payload: JSON.stringify({ n: n + 1, done: n === 2 }) };
    });
    const startMs = world.clock.now();
    const executionArn = await execute({ n: 0, done: false });
    await world.clock.advance(29_999);
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({ status: 'RUNNING' });
    await world.clock.advance(60_000);
    expect(invocations.map(({ atMs }) => atMs - startMs)).toEqual([10_000, 20_000, 30_000]);
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"n":3,"done":true}',
    });
  });

  test("a denied call is retried as Lambda.AWSLambdaException, the function's own error is not", async () => {
    const { world, call, execute, invocations } = await setUp(loop, (_, attempt) => {
      if (attempt < 3)
        throw new AwsError('AccessDeniedException', 'is not authorized to perform lambda:InvokeFunction', 403);
      return failure('TypeError');
    });
    const executionArn = await execute({});
    await world.clock.advance(60_000);
    expect(invocations).toHaveLength(3);
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({ status: 'FAILED', error: 'TypeError' });
  });
});

test('time limits of an execution and of a task', async () => {
  const waiting = { StartAt: 'W', TimeoutSeconds: 60, States: { W: { Type: 'Wait', Seconds: 100, End: true } } };
  const { world, call, execute } = await setUp(waiting, () => ({ Payload: 'null' }));
  const executionArn = await execute({});
  await world.clock.advance(61_000);
  expect(await call('DescribeExecution', { executionArn })).toMatchObject({ status: 'TIMED_OUT' });
});

test('a task over its TimeoutSeconds fails with States.Timeout', async () => {
  const slow = { StartAt: 'T', States: { T: { Type: 'Task', Resource: check, TimeoutSeconds: 5, End: true } } };
  const { world, call, execute } = await setUp(slow, () => new Promise<never>(() => {}) as never);
  world.add({ prefix: 'lambda', operations: { Invoke: { handle: () => new Promise<never>(() => {}) } } });
  const executionArn = await execute({});
  await world.clock.advance(6000);
  expect(await call('DescribeExecution', { executionArn })).toMatchObject({
    status: 'FAILED',
    error: 'States.Timeout',
  });
});

test('starting, stopping and listing executions', async () => {
  const waiting = { StartAt: 'W', States: { W: { Type: 'Wait', SecondsPath: '$.s', End: true } } };
  const { world, call } = await setUp(waiting, () => ({ Payload: 'null' }));
  const start = (input: string) => call<{ executionArn: string }>('StartExecution', { name: 'one', input });
  const { executionArn } = await start('{"s":5}');
  await expect(start('{"s":5}')).resolves.toMatchObject({ executionArn });
  await expect(start('{"s":6}')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
  await expect(start('{')).rejects.toMatchObject({ code: 'InvalidExecutionInput' });
  await call('StopExecution', { executionArn, cause: 'enough' });
  await world.clock.advance(10_000);
  expect(await call('DescribeExecution', { executionArn })).toMatchObject({ status: 'ABORTED', cause: 'enough' });
  expect(await call('ListExecutions', { statusFilter: 'ABORTED' })).toMatchObject({ executions: [{ name: 'one' }] });
  await expect(call('DescribeExecution', { executionArn: 'no' })).rejects.toMatchObject({
    code: 'ExecutionDoesNotExist',
  });
});

test('a definition that cannot run is refused at creation', async () => {
  await expect(setUp({ StartAt: 'A', States: {} }, () => ({ Payload: '' }))).rejects.toThrow('there is no state A');
});
