import { CloudWatchClient, DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  ContinueDeploymentCommand,
  CreateDeploymentCommand,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import type { ReleaseProperties, WaiterState } from '../../../lambda/release/types';
import { createRelease } from '../../../lambda/release/handler';
import { type Aws, aws } from '../../../lambda/release/aws';
import type * as Retry from '../../../common/retry';
import { SHIPPED } from './support';
import { newStack, serviceIn, statements } from '../../lib/support';

/** Each call that the release function's role allows, denied for good: the release ends, with action and role in its sentence. */

// The minute for which a denied call is repeated is over at once.
jest.mock('../../../common/retry', () => {
  const actual = jest.requireActual<typeof Retry>('../../../common/retry');
  const retry: typeof actual.retry = (operation, policy) => actual.retry(operation, { ...policy, limitMs: 0 });
  return { ...actual, retry };
});

const codedeploy = mockClient(CodeDeployClient);
const ecs = mockClient(ECSClient);
const states = mockClient(SFNClient);
const logs = mockClient(CloudWatchLogsClient);
const cloudwatch = mockClient(CloudWatchClient);

const properties: ReleaseProperties = {
  ServiceToken: 'release',
  ...SHIPPED,
  GateLogGroups: { AfterAllowTestTraffic: 'gates' },
  AlarmNames: ['errors'],
  FailedTasksMax: '1',
  StartTimeoutSeconds: '600',
  TaskLogs: { LogGroup: 'logs', StreamPrefix: 'app', ContainerName: 'app' },
};

const deniedBy = (action: string) =>
  Object.assign(new Error(`User: assumed-role/Release/1 is not authorized to perform: ${action} on resource: it`), {
    name: 'AccessDeniedException',
  });

let responses: { Status: string; Reason: string }[];
let changes: Partial<Aws>;
beforeEach(() => {
  responses = [];
  changes = {
    isRollingBack: () => Promise.resolve(false),
    isInProgress: () => Promise.resolve(true),
    suspendScaling: () => Promise.resolve(),
    put: (_url, body) => Promise.resolve(void responses.push(JSON.parse(body) as { Status: string; Reason: string })),
  };
  for (const mock of [codedeploy, ecs, states, logs, cloudwatch]) mock.reset();
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  allowAll();
});
afterEach(() => jest.restoreAllMocks());

/** One release bakes, green of another has a failed task, its rollback is over: every call has an occasion. */
function allowAll(): void {
  codedeploy.on(CreateDeploymentCommand).resolves({ deploymentId: 'd-1' });
  codedeploy.on(ListDeploymentsCommand).resolves({ deployments: ['d-0'] });
  const description = 'cdk-greenlight: web';
  const bakes = { deploymentId: 'd-0', instanceTerminationWaitTimeStarted: true, description };
  codedeploy.on(BatchGetDeploymentsCommand).resolves({ deploymentsInfo: [{ ...bakes, status: 'InProgress' }] });
  codedeploy.on(ContinueDeploymentCommand).resolves({});
  codedeploy.on(StopDeploymentCommand).resolves({});
  codedeploy.on(BatchGetDeploymentTargetsCommand).resolves({ deploymentTargets: [] });
  codedeploy.on(GetDeploymentCommand).resolves({ deploymentInfo: { status: 'InProgress', createTime: new Date() } });
  const primary = { status: 'PRIMARY', externalId: 'd-0', taskDefinition: 'web:1' };
  const green = { status: 'ACTIVE', externalId: 'd-1', id: 'ecs-svc/2', computedDesiredCount: 1 };
  ecs.on(DescribeServicesCommand).resolves({ services: [{ taskSets: [primary, green] }] });
  ecs.on(ListTasksCommand).resolves({ taskArns: ['task/1'] });
  const stopped = { taskArn: 'task/1', startedBy: 'ecs-svc/2', stopCode: 'EssentialContainerExited' as const };
  ecs.on(DescribeTasksCommand).resolves({ tasks: [stopped] });
  states.on(StartExecutionCommand).resolves({ executionArn: 'probe' });
  const none = Object.assign(new Error('none'), { name: 'ExecutionDoesNotExist' });
  states.on(DescribeExecutionCommand).rejects(none);
  states.on(DescribeExecutionCommand, { executionArn: 'probe' }).resolves({ status: 'SUCCEEDED' });
  const other = { stateMachineArn: 'waiter', status: 'RUNNING' as const, startDate: new Date(0) };
  states.on(ListExecutionsCommand).callsFake(({ stateMachineArn }: { stateMachineArn: string }) => ({
    executions: [{ ...other, executionArn: stateMachineArn, name: OTHER_WAIT }],
  }));
  states.on(StopExecutionCommand).resolves({});
  logs.on(FilterLogEventsCommand).resolves({ events: [] });
  cloudwatch.on(DescribeAlarmHistoryCommand).resolves({ AlarmHistoryItems: [] });
  cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] });
}

/** `release-`, the beginning of the hash of stack and resource, and another request. */
const OTHER_WAIT = 'release-bb1b00e0d6d9d487e18a370c-0';

const release = (event: Parameters<ReturnType<typeof createRelease>>[0]) =>
  createRelease({ GREENLIGHT_WAITER_ARN: 'waiter' }, { ...aws, ...changes })(event);

const begins = () =>
  release({
    RequestType: 'Update',
    ResponseURL: 'http://127.0.0.1/response',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Release',
    PhysicalResourceId: 'Release-1',
    ResourceProperties: { ...properties },
  });

async function follows(): Promise<void> {
  const state: WaiterState = {
    kind: 'greenlight.wait',
    requestType: 'Update',
    responseUrl: 'http://127.0.0.1/response',
    stackId: 'stack',
    requestId: 'request',
    logicalResourceId: 'Release',
    physicalResourceId: 'Release-1',
    deploymentId: 'd-1',
    startedAt: new Date().toISOString(),
    properties,
    done: false,
    pollAgainSeconds: 10,
  };
  const after = await release(state);
  // The task that failed has stopped the deployment: the reason is given once its rollback is over.
  if (after?.done) return;
  endedBy('MANUAL_STOP');
  await release(after as WaiterState);
}

function endedBy(code: 'ALARM_ACTIVE' | 'HOOK_EXECUTION_FAILURE' | 'MANUAL_STOP'): void {
  const [createTime, completeTime] = [new Date(0), new Date(1)];
  const ended = { status: 'Stopped' as const, createTime, completeTime, errorInformation: { code, message: code } };
  codedeploy.on(GetDeploymentCommand).resolves({ deploymentInfo: ended });
  const lifecycleEvents = [{ lifecycleEventName: 'AfterAllowTestTraffic', status: 'Failed' as const }];
  codedeploy.on(BatchGetDeploymentTargetsCommand).resolves({ deploymentTargets: [{ ecsTarget: { lifecycleEvents } }] });
}

async function ends(code: 'ALARM_ACTIVE' | 'HOOK_EXECUTION_FAILURE'): Promise<void> {
  endedBy(code);
  await follows();
}

interface Stub {
  on(command: never): { rejects(error: Error): unknown };
}

/** The command fails with what AWS says of the action. */
const refuses = (mock: unknown, command: unknown) => (action: string) =>
  void (mock as Stub).on(command as never).rejects(deniedBy(action));

const creates = refuses(codedeploy, CreateDeploymentCommand);
const TABLE: Readonly<Record<string, readonly [deny: (action: string) => void, run: () => Promise<unknown>]>> = {
  'cloudformation:DescribeStacks': [
    (action) => void (changes = { ...changes, isRollingBack: () => Promise.reject(deniedBy(action)) }),
    begins,
  ],
  'states:StartExecution': [refuses(states, StartExecutionCommand), begins],
  'states:DescribeExecution': [refuses(states, DescribeExecutionCommand), begins],
  'states:ListExecutions': [refuses(states, ListExecutionsCommand), begins],
  'states:StopExecution': [refuses(states, StopExecutionCommand), begins],
  'ecs:DescribeServices': [refuses(ecs, DescribeServicesCommand), begins],
  'codedeploy:ListDeployments': [refuses(codedeploy, ListDeploymentsCommand), begins],
  'codedeploy:BatchGetDeployments': [refuses(codedeploy, BatchGetDeploymentsCommand), begins],
  'codedeploy:ContinueDeployment': [refuses(codedeploy, ContinueDeploymentCommand), begins],
  // CreateDeployment is authorized for all four of them.
  'codedeploy:CreateDeployment': [creates, () => beginsOnly()],
  'codedeploy:GetDeploymentConfig': [creates, () => beginsOnly()],
  'codedeploy:GetApplicationRevision': [creates, () => beginsOnly()],
  'codedeploy:RegisterApplicationRevision': [creates, () => beginsOnly()],
  'application-autoscaling:RegisterScalableTarget': [
    (action) => void (changes = { ...changes, suspendScaling: () => Promise.reject(deniedBy(action)) }),
    () => beginsOnly(),
  ],
  'codedeploy:GetDeployment': [refuses(codedeploy, GetDeploymentCommand), follows],
  'codedeploy:BatchGetDeploymentTargets': [refuses(codedeploy, BatchGetDeploymentTargetsCommand), follows],
  'codedeploy:StopDeployment': [refuses(codedeploy, StopDeploymentCommand), follows],
  'ecs:ListTasks': [refuses(ecs, ListTasksCommand), follows],
  'ecs:DescribeTasks': [refuses(ecs, DescribeTasksCommand), follows],
  'logs:FilterLogEvents': [refuses(logs, FilterLogEventsCommand), () => ends('HOOK_EXECUTION_FAILURE')],
  'cloudwatch:DescribeAlarmHistory': [refuses(cloudwatch, DescribeAlarmHistoryCommand), () => ends('ALARM_ACTIVE')],
  'cloudwatch:DescribeAlarms': [refuses(cloudwatch, DescribeAlarmsCommand), () => ends('ALARM_ACTIVE')],
};

/** Nothing is in flight. */
function beginsOnly() {
  codedeploy.on(ListDeploymentsCommand).resolves({ deployments: [] });
  return begins();
}

test.each(Object.entries(TABLE))('%s denied ends the release with action and role', async (action, [deny, run]) => {
  deny(action);
  await run();
  expect(responses).toMatchObject([
    {
      Status: 'FAILED',
      Reason: expect.stringContaining(
        `AccessDeniedException: User: assumed-role/Release/1 is not authorized to perform: ${action} on resource: it`,
      ) as string,
    },
  ]);
});

test("a task's log that may not be read is named next to the task that failed", async () => {
  const action = 'logs:FilterLogEvents';
  logs.on(FilterLogEventsCommand).rejects(deniedBy(action));
  await follows();
  expect(responses[0]?.Reason).toMatch(
    /1 green task failed .*not readable: AccessDeniedException: .*logs:FilterLogEvents/,
  );
});

test.each<[string, string, number, string, boolean]>([
  ['for longer than IAM needs to settle is stopped', 'AfterAllowTestTraffic', 300, 'greenlight.unreported', true],
  ['a moment ago continues', 'AfterAllowTestTraffic', 30, 'greenlight.unreported', false],
  ['at an event without a gate continues', 'Install', 300, 'greenlight.unreported', false],
])('a deployment whose gate may not report %s', async (_which, lifecycleEventName, seconds, kind, stops) => {
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  const startTime = new Date(Date.now() - seconds * 1_000);
  const lifecycleEvents = [{ lifecycleEventName, status: 'InProgress' as const, startTime }];
  codedeploy.on(BatchGetDeploymentTargetsCommand).resolves({ deploymentTargets: [{ ecsTarget: { lifecycleEvents } }] });
  const error = 'AccessDeniedException: User: role/Gate is not authorized to perform: codedeploy:Put';
  logs.on(FilterLogEventsCommand).callsFake(({ filterPattern = '', endTime = 0 }) => ({
    events:
      String(filterPattern).includes(kind) && endTime < Date.now() - 59_000
        ? [{ message: JSON.stringify({ error }) }]
        : [],
  }));
  await follows();
  const stopped = codedeploy.commandCalls(StopDeploymentCommand);
  expect(stopped).toHaveLength(stops ? 1 : 0);
  if (stops)
    expect(responses[0]?.Reason).toMatch(
      /^web was not released: the AfterAllowTestTraffic gate may not report to CodeDeploy: .*role\/Gate is not authorized to perform: codedeploy:Put: denied for longer/,
    );
});

test("the table has every action of the release function's role", () => {
  const stack = newStack();
  serviceIn(stack);
  const own = statements(stack).filter(({ holder }) => holder.startsWith('GreenlightReleaseRole'));
  const actions = new Set(own.flatMap(({ Action }) => Action));
  // Lambda writes the function's log itself.
  for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) actions.delete(action);
  expect([...actions].sort()).toEqual(Object.keys(TABLE).sort());
});
