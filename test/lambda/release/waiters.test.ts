import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import type { CustomResourceEvent } from '../../../lambda/shared/custom-resource';
import { createRelease } from '../../../lambda/release/handler';
import { type Aws, aws } from '../../../lambda/release/aws';
import { SHIPPED } from './support';

const CAUSE =
  'User: arn:aws:sts::111111111111:assumed-role/Waiter/1 is not authorized to perform: lambda:InvokeFunction on resource: ' +
  'arn:aws:lambda:us-east-1:111111111111:function:Release';
const states = mockClient(SFNClient);
let responses: { Status: string; Reason: string }[];
let calls: string[];
beforeEach(() => {
  responses = [];
  calls = [];
  states.reset();
  states.on(StartExecutionCommand).resolves({ executionArn: 'probe' });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());

const event = (RequestType: 'Update' | 'Delete'): CustomResourceEvent => ({
  RequestType,
  ResponseURL: 'http://127.0.0.1/response',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Release',
  PhysicalResourceId: 'Release-1',
  ResourceProperties: SHIPPED,
});

const own = { deploymentId: 'd-1', terminationWait: false, rollback: false, own: true };

function release(inFlight: readonly (typeof own)[] = [], stackRollsBack = false) {
  const note = (call: string) => () => Promise.resolve(void calls.push(call));
  const changes: Partial<Aws> = {
    isRollingBack: () => Promise.resolve(stackRollsBack),
    observe: () => Promise.resolve({ primary: { taskDefinition: 'web:1' }, rollbackDue: false, inFlight }),
    isInProgress: () => Promise.resolve(true),
    hasBegun: () => Promise.resolve(false),
    endOtherWaiters: () => note('endOtherWaiters')().then(() => false),
    startWaiter: note('startWaiter'),
    suspendScaling: note('suspendScaling'),
    stopDeployment: note('stopDeployment'),
    createDeployment: () => Promise.resolve('d-9').finally(note('createDeployment')),
    put: (_url, body) => Promise.resolve(void responses.push(JSON.parse(body) as { Status: string; Reason: string })),
  };
  return createRelease({ GREENLIGHT_WAITER_ARN: 'waiter' }, { ...aws, ...changes });
}

const fails = (error: string, cause: string) =>
  states.on(DescribeExecutionCommand).resolvesOnce({ status: 'RUNNING' }).resolves({ status: 'FAILED', error, cause });

test.each([
  ['Lambda.AWSLambdaException', `${CAUSE} (Service: Lambda, Status Code: 403)`],
  ['Lambda.AccessDeniedException', CAUSE],
])(
  'a waiter that may not call the release function (%s) ends the release before anything is started, with action and role',
  async (error, cause) => {
    fails(error, cause);
    await release()(event('Update'));
    expect(responses).toMatchObject([
      {
        Status: 'FAILED',
        Reason: expect.stringMatching(
          /waiter cannot call the release function: User: .*role\/Waiter\/1 is not authorized to perform: lambda:InvokeFunction .*denied for longer than IAM needs/,
        ) as string,
      },
    ]);
    expect(calls).not.toContain('createDeployment');
    expect(calls).not.toContain('startWaiter');
  },
);

test('so does one that fails for another reason, which is named', async () => {
  fails('Lambda.Unknown', '');
  await release()(event('Update'));
  expect(responses[0]?.Reason).toMatch(/its execution ended FAILED with Lambda\.Unknown$/);
});

test('one that may call it starts the release', async () => {
  states.on(DescribeExecutionCommand).resolvesOnce({ status: 'RUNNING' }).resolves({ status: 'SUCCEEDED' });
  await release()(event('Update'));
  expect(calls.filter((call) => ['createDeployment', 'startWaiter'].includes(call))).toEqual([
    'createDeployment',
    'startWaiter',
  ]);
  expect(responses).toEqual([]);
});

test.each<[string, 'Update' | 'Delete', boolean]>([
  ['a deletion', 'Delete', false],
  ['a rollback of the stack', 'Update', true],
])(
  '%s stops what is in flight although the waiter cannot wait for it, and continues',
  async (_what, type, rollsBack) => {
    fails('Lambda.AWSLambdaException', CAUSE);
    await release([own], rollsBack)(event(type));
    expect(calls).toContain('stopDeployment');
    expect(responses).toMatchObject([{ Status: 'SUCCESS' }]);
  },
);

test('the probe ends at once', async () => {
  await expect(release()({ kind: 'greenlight.probe', done: false })).resolves.toEqual({
    kind: 'greenlight.probe',
    done: true,
  });
});
