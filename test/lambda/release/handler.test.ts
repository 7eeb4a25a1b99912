import { CloudWatchClient, DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentInfo,
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
import { type CustomResourceEvent, sha256 } from '../../../lambda/shared/custom-resource';
import type { ReleaseProperties, WaiterState, WatchState } from '../../../lambda/release/types';
import { createRelease } from '../../../lambda/release/handler';
import { type Aws, aws } from '../../../lambda/release/aws';
import { bodyOf, httpServer, type Listening } from '../../support/servers/servers';

const codedeploy = mockClient(CodeDeployClient);
const ecs = mockClient(ECSClient);
const states = mockClient(SFNClient);
const logs = mockClient(CloudWatchLogsClient);
const cloudwatch = mockClient(CloudWatchClient);

const TASK_DEFINITION = 'arn:aws:ecs:us-east-1:111111111111:task-definition/web:';
const properties: ReleaseProperties = {
  ServiceToken: 'arn:aws:lambda:us-east-1:111111111111:function:release',
  ServiceName: 'web',
  ApplicationName: 'app',
  DeploymentGroupName: 'group',
  DeploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
  ClusterName: 'cluster',
  EcsServiceName: 'web-service',
  AppSpec: '{"version":1}',
  TaskDefinition: `${TASK_DEFINITION}2`,
  GateLogGroups: { AfterAllowTestTraffic: '/aws/lambda/smoke' },
  AlarmNames: ['web-errors', 'web-latency'],
  TimeoutSeconds: '3000',
};

interface CloudFormationResponse {
  Status: string;
  Reason: string;
  PhysicalResourceId: string;
  Data?: Record<string, string>;
}

let server: Listening;
let responses: CloudFormationResponse[];
let failures: number;
beforeEach(async () => {
  responses = [];
  suspensions.length = 0;
  stackRollsBack = false;
  failures = 0;
  for (const mock of [codedeploy, ecs, states, logs, cloudwatch]) mock.reset();
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  server = await httpServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.method !== 'PUT' || request.headers['content-type'] !== '' || failures-- > 0) {
        response.writeHead(503).end();
        return;
      }
      responses.push(JSON.parse(body) as CloudFormationResponse);
      response.end();
    });
  });
  live(1);
  inFlight({});
  codedeploy.on(CreateDeploymentCommand).resolves({ deploymentId: 'd-NEW' });
  states.on(StartExecutionCommand).resolves({});
  states.on(DescribeExecutionCommand).resolves({ status: 'SUCCEEDED' });
  states.on(ListExecutionsCommand).resolves({ executions: [] });
  codedeploy.on(BatchGetDeploymentTargetsCommand).resolves({ deploymentTargets: [] });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.close();
});

/** Each call's `suspended`. */
const suspensions: boolean[] = [];
const suspendScaling = (_place: unknown, suspended: boolean) => Promise.resolve(void suspensions.push(suspended));
let stackRollsBack = false;
const isRollingBack = () => Promise.resolve(stackRollsBack);
const release = createRelease(
  { GREENLIGHT_WAITER_ARN: 'arn:aws:states:::waiter' },
  { ...aws, suspendScaling, isRollingBack },
);

const event = (changes: Partial<CustomResourceEvent> = {}): CustomResourceEvent => ({
  RequestType: 'Update',
  ResponseURL: `http://127.0.0.1:${server.port}/response?signature=1`,
  StackId: 'arn:aws:cloudformation:us-east-1:111111111111:stack/Greenlight/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Release',
  PhysicalResourceId: 'Release-1',
  ResourceProperties: { ...properties },
  ...changes,
});

function live(revision: number): void {
  const taskSets = [
    { status: 'DRAINING', taskDefinition: `${TASK_DEFINITION}9` },
    { status: 'PRIMARY', taskDefinition: `${TASK_DEFINITION}${revision}` },
  ];
  ecs.on(DescribeServicesCommand).resolves({ services: [{ taskSets }] });
}

const IN_FLIGHT = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] as const;

function inFlight(revisions: Record<string, string>): void {
  codedeploy.on(ListDeploymentsCommand).resolves({ deployments: [] });
  codedeploy
    .on(ListDeploymentsCommand, { includeOnlyStatuses: [...IN_FLIGHT] })
    .resolves({ deployments: Object.keys(revisions) });
  codedeploy.on(BatchGetDeploymentsCommand).resolves({
    deploymentsInfo: Object.entries(revisions).map(([deploymentId, sha]) => ({
      deploymentId,
      status: 'InProgress',
      description: 'cdk-greenlight: web',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: sha } },
    })),
  });
}

function deployment(deploymentId: string, deploymentInfo: DeploymentInfo): void {
  codedeploy
    .on(GetDeploymentCommand, { deploymentId })
    .resolves({ deploymentInfo: { deploymentId, ...deploymentInfo } });
}

const created = () => codedeploy.commandCalls(CreateDeploymentCommand).map((call) => call.args[0].input);
const startedAs = <S extends { kind: string }>(kind: S['kind']) =>
  states
    .commandCalls(StartExecutionCommand)
    .map(({ args: [{ input }] }) => ({ name: input.name, state: JSON.parse(input.input ?? '') as S }))
    .filter(({ state }) => state.kind === kind);
const started = () => startedAs<WaiterState>('greenlight.wait').map(({ state }) => state);

describe('an event of CloudFormation', () => {
  test('starts a deployment of the AppSpec and the waiter, and does not respond yet', async () => {
    await release(event());
    expect(created()).toMatchObject([
      {
        applicationName: 'app',
        deploymentGroupName: 'group',
        deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
        revision: {
          revisionType: 'AppSpecContent',
          appSpecContent: { content: '{"version":1}', sha256: sha256('{"version":1}') },
        },
      },
    ]);
    expect(started()).toMatchObject([
      {
        kind: 'greenlight.wait',
        deploymentId: 'd-NEW',
        requestId: 'request-1',
        physicalResourceId: 'Release-1',
        done: false,
      },
    ]);
    expect(responses).toEqual([]);
    expect(suspensions).toEqual([true]);
  });

  test('a retried event adopts the deployment and starts the same execution', async () => {
    await release(event());
    inFlight({ 'd-NEW': sha256('{"version":1}') });
    states
      .on(StartExecutionCommand, { name: startedAs<WaiterState>('greenlight.wait')[0]?.name })
      .rejects(Object.assign(new Error('exists'), { name: 'ExecutionAlreadyExists' }));
    await release(event());
    expect(created()).toHaveLength(1);
    const names = startedAs<WaiterState>('greenlight.wait').map(({ name }) => name);
    expect(names[0]).toMatch(/^release-[0-9a-f]{24}-[0-9a-f]{24}$/);
    expect(new Set(names).size).toBe(1);
    expect(responses).toEqual([]);
  });

  test.each<[string, () => CustomResourceEvent, boolean[]]>([
    [
      'Create',
      () =>
        event({
          RequestType: 'Create',
          PhysicalResourceId: undefined,
          ResourceProperties: { ...properties, TaskDefinition: `${TASK_DEFINITION}1` },
        }),
      [false],
    ],
    ['Delete with broken properties', () => event({ RequestType: 'Delete', ResourceProperties: {} }), []],
    [
      'Update to what is live',
      () => event({ ResourceProperties: { ...properties, TaskDefinition: `${TASK_DEFINITION}1` } }),
      [false],
    ],
  ])(
    '%s succeeds without a deployment, and scaling that an earlier one suspended is resumed',
    async (_name, make, resumed) => {
      await release(make());
      expect(suspensions).toEqual(resumed);
      expect(responses).toMatchObject([
        { Status: 'SUCCESS', PhysicalResourceId: expect.stringMatching(/^Release-/) as string },
      ]);
      expect(created()).toEqual([]);
      expect(started()).toEqual([]);
    },
  );

  test('another deployment in flight fails at once and names it', async () => {
    inFlight({ 'd-OTHER': 'other' });
    await release(event());
    expect(responses).toMatchObject([
      { Status: 'FAILED', Reason: expect.stringMatching(/in flight \(d-OTHER\)/) as string },
    ]);
    expect(created()).toEqual([]);
  });

  test('one that was created a moment ago, the response lost, is adopted at the next poll', async () => {
    const limit = Object.assign(new Error('one at a time'), { name: 'DeploymentLimitExceededException' });
    codedeploy.on(CreateDeploymentCommand).callsFake(() => {
      inFlight({ 'd-LOST': sha256('{"version":1}') });
      throw limit;
    });
    await release(event());
    expect(started()).toMatchObject([{ kind: 'greenlight.wait' }]);
    expect(started()[0]?.deploymentId).toBeUndefined();
    await expect(release(started()[0] as WaiterState)).resolves.toMatchObject({ deploymentId: 'd-LOST', done: false });
    expect(created()).toHaveLength(1);
  });

  test('ends the wait of an earlier request for the same resource, and no other', async () => {
    await release(event());
    const own = startedAs<WaiterState>('greenlight.wait')[0]?.name ?? '';
    const execution = (name: string) => ({
      name,
      executionArn: `arn:${name}`,
      stateMachineArn: 'waiter',
      status: 'RUNNING' as const,
      startDate: new Date(0),
    });
    const others = [`release-${'0'.repeat(24)}-1`, `${own.slice(0, 33)}${'0'.repeat(24)}`];
    states.on(ListExecutionsCommand).resolves({ executions: [own, ...others].map(execution) });
    states.on(StopExecutionCommand).resolves({});
    await release(event());
    const stopped = states.commandCalls(StopExecutionCommand).map((call) => call.args[0].input.executionArn);
    expect(stopped).toEqual([`arn:${others[1]}`]);
  });

  test('a deletion stops what is in flight, waits for its rollback, and then continues', async () => {
    inFlight({ 'd-1': 'other' });
    codedeploy.on(StopDeploymentCommand).resolves({});
    await release(event({ RequestType: 'Delete' }));
    expect(codedeploy.commandCalls(StopDeploymentCommand)[0]?.args[0].input).toEqual({
      deploymentId: 'd-1',
      autoRollbackEnabled: true,
    });
    expect(responses).toEqual([]);
    inFlight({});
    await expect(release(started()[0] as WaiterState)).resolves.toMatchObject({ done: true });
    expect(responses).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('a deletion is never held up by what cannot be read', async () => {
    codedeploy.on(ListDeploymentsCommand).rejects(new Error('no such group'));
    await release(event({ RequestType: 'Delete' }));
    expect(responses).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('the id remembers what the service was created with', async () => {
    await release(
      event({
        RequestType: 'Create',
        PhysicalResourceId: undefined,
        ResourceProperties: { ...properties, TaskDefinition: `${TASK_DEFINITION}1` },
      }),
    );
    const id = responses[0]?.PhysicalResourceId;
    expect(id).toMatch(new RegExp(`-${sha256('{"version":1}').slice(0, 16)}$`));
    const update = (AppSpec: string) =>
      release(
        event({
          PhysicalResourceId: id,
          ResourceProperties: { ...properties, TaskDefinition: `${TASK_DEFINITION}1`, AppSpec },
        }),
      );
    await update('{"version":1}');
    expect(created()).toEqual([]);
    await update('{"version":1,"network":2}');
    expect(created()).toHaveLength(1);
  });

  test('break-glass: the alarms are passed and the reason is in the description', async () => {
    const BreakGlass = { Reason: 'fix of the outage', Allow: ['alarms', 'smoke'] };
    await release(event({ ResourceProperties: { ...properties, BreakGlass } }));
    expect(created()).toMatchObject([
      {
        description: 'cdk-greenlight: web; break-glass [alarms,smoke] fix of the outage',
        overrideAlarmConfiguration: { enabled: false },
      },
    ]);
  });

  describe('a rollback of the stack', () => {
    /** The stack had `{"version":1}`, whose deployment d-BAKED ended as said. */
    function had(ended: DeploymentInfo): void {
      codedeploy
        .on(ListDeploymentsCommand, { includeOnlyStatuses: ['Failed', 'Stopped', 'Succeeded'] })
        .resolves({ deployments: ['d-BAKED'] });
      codedeploy.on(BatchGetDeploymentsCommand, { deploymentIds: ['d-BAKED'] }).resolves({
        deploymentsInfo: [
          {
            deploymentId: 'd-BAKED',
            createTime: new Date(0),
            completeTime: new Date(1),
            revision: { appSpecContent: { sha256: sha256('{"version":1}') } },
            ...ended,
          },
        ],
      });
    }
    const ROLLED_BACK = {
      status: 'Stopped',
      instanceTerminationWaitTimeStarted: true,
      rollbackInfo: { rollbackDeploymentId: 'd-BACK' },
    } as const;
    const undo = () => event({ OldResourceProperties: { ...properties, AppSpec: '{"version":2}' } });
    beforeEach(() => void (stackRollsBack = true));

    test('to what an alarm of the bake rolled back deploys nothing, and succeeds', async () => {
      had(ROLLED_BACK);
      await release(undo());
      expect(created()).toEqual([]);
      expect(responses).toMatchObject([
        { Status: 'SUCCESS', Reason: expect.stringMatching(/web:1, the stack names .*web:2/) as string },
      ]);
    });

    test('to what is known good deploys it where its own update is live, and nothing where it is not', async () => {
      had({ status: 'Succeeded' });
      await release(undo());
      expect(created()).toEqual([]);
      ecs
        .on(DescribeServicesCommand)
        .resolves({ services: [{ taskSets: [{ status: 'PRIMARY', externalId: 'd-2' }] }] });
      deployment('d-2', { revision: { appSpecContent: { sha256: sha256('{"version":2}') } } });
      await release(undo());
      expect(created()).toHaveLength(1);
      expect(started()).toMatchObject([{ stackRollsBack: true, previousRevision: sha256('{"version":2}') }]);
    });

    test('is never failed, although AWS cannot be asked', async () => {
      codedeploy.on(ListDeploymentsCommand).rejects(new Error('throttled'));
      await release(undo());
      expect(responses).toMatchObject([{ Status: 'SUCCESS' }]);
      expect(created()).toEqual([]);
    });

    test('an update of other settings does not release what was rolled back either, break-glass does', async () => {
      stackRollsBack = false;
      had(ROLLED_BACK);
      const settings = { OldResourceProperties: { ...properties, AlarmNames: [] } };
      await release(event(settings));
      expect(responses).toMatchObject([{ Status: 'SUCCESS' }]);
      expect(created()).toEqual([]);
      const BreakGlass = { Reason: 'the alarm was wrong', Allow: ['alarms'] };
      await release(event({ ...settings, ResourceProperties: { ...properties, BreakGlass } }));
      expect(created()).toHaveLength(1);
    });
  });

  test('AWS errors and missing properties are reported in one sentence, without a stack', async () => {
    codedeploy
      .on(CreateDeploymentCommand)
      .rejects(Object.assign(new Error('no such group'), { name: 'DeploymentGroupDoesNotExistException' }));
    await release(event());
    await release(event({ ResourceProperties: { ServiceName: 'web' } }));
    expect(responses[0]?.Reason).toBe(
      'the release could not begin: DeploymentGroupDoesNotExistException: no such group',
    );
    expect(responses[1]?.Reason).toMatch(/ApplicationName is missing; DeploymentGroupName is missing;.*TimeoutSeconds/);
  });

  test('an account without access to CodeDeploy learns what that means and what to do', async () => {
    const message = 'The AWS Access Key Id needs a subscription for the service';
    codedeploy
      .on(CreateDeploymentCommand)
      .rejects(Object.assign(new Error(message), { name: 'SubscriptionRequiredException' }));
    await release(event());
    expect(responses[0]?.Reason).toMatch(/SubscriptionRequiredException: .*no access to CodeDeploy.*ask AWS Support/);
  });

  test('the response is sent again until it is taken', async () => {
    failures = 1;
    await release(event({ ResourceProperties: { ...properties, TaskDefinition: `${TASK_DEFINITION}1` } }));
    expect(responses).toHaveLength(1);
  });
});

describe('a poll of the waiter', () => {
  const createTime = new Date(Date.now() - 600_000);
  const completeTime = new Date(Date.now() - 300_000);
  const state = (changes: Partial<WaiterState> = {}): WaiterState => ({
    kind: 'greenlight.wait',
    requestType: 'Update',
    responseUrl: `http://127.0.0.1:${server.port}/response`,
    stackId: 'stack',
    requestId: 'request-1',
    logicalResourceId: 'Release',
    physicalResourceId: 'Release-1',
    deploymentId: 'd-1',
    startedAt: createTime.toISOString(),
    properties,
    done: false,
    pollAgainSeconds: 10,
    ...changes,
  });

  function lifecycle(events: Record<string, string>): void {
    const lifecycleEvents = Object.entries(events).map(([lifecycleEventName, status]) => ({
      lifecycleEventName,
      status: status as 'Succeeded',
    }));
    codedeploy
      .on(BatchGetDeploymentTargetsCommand, { deploymentId: 'd-1', targetIds: ['cluster:web-service'] })
      .resolves({ deploymentTargets: [{ ecsTarget: { lifecycleEvents } }] });
  }

  const failedBy = (code: 'HOOK_EXECUTION_FAILURE' | 'ALARM_ACTIVE', rest: DeploymentInfo = {}) =>
    deployment('d-1', {
      status: 'Failed',
      createTime,
      completeTime,
      errorInformation: { code, message: `${code} happened.` },
      rollbackInfo: { rollbackDeploymentId: 'd-2' },
      ...rest,
    });

  test('continues while it runs', async () => {
    deployment('d-1', { status: 'InProgress', createTime });
    await expect(release(state())).resolves.toEqual(state());
    expect(responses).toEqual([]);
  });

  describe('green that does not come up', () => {
    const stopped = (id: string, exitCode: number) => ({
      taskArn: `arn:aws:ecs:us-east-1:111111111111:task/cluster/${id}`,
      startedBy: 'ecs-svc/2',
      stopCode: 'EssentialContainerExited' as const,
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode }],
    });
    const limits = {
      FailedTasksMax: '2',
      StartTimeoutSeconds: '600',
      TaskLogs: { LogGroup: 'web-logs', StreamPrefix: 'app', ContainerName: 'app' },
    };
    const watching = () => state({ properties: { ...properties, ...limits } });
    const install = (startTime: Date) =>
      codedeploy.on(BatchGetDeploymentTargetsCommand).resolves({
        deploymentTargets: [
          { ecsTarget: { lifecycleEvents: [{ lifecycleEventName: 'Install', status: 'InProgress', startTime }] } },
        ],
      });
    beforeEach(() => {
      deployment('d-1', { status: 'InProgress', createTime });
      ecs.on(DescribeServicesCommand).resolves({
        services: [{ taskSets: [{ id: 'ecs-svc/2', externalId: 'd-1', status: 'ACTIVE', computedDesiredCount: 2 }] }],
      });
      ecs.on(ListTasksCommand).resolves({ taskArns: ['a', 'b'] });
      codedeploy.on(StopDeploymentCommand).resolves({});
      install(new Date());
    });

    test('crashing tasks stop it, and the reason carries exit code and last lines', async () => {
      ecs.on(DescribeTasksCommand).resolves({ tasks: [stopped('aaaaaaaa-1', 137), stopped('b', 1)] });
      logs.on(FilterLogEventsCommand).resolves({ events: [{ message: 'out of memory' }] });
      const after = await release(watching());
      expect(codedeploy.commandCalls(StopDeploymentCommand)[0]?.args[0].input).toEqual({
        deploymentId: 'd-1',
        autoRollbackEnabled: true,
      });
      expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input.logStreamNames).toEqual([
        'app/app/aaaaaaaa-1',
      ]);
      failedBy('ALARM_ACTIVE', { status: 'Stopped', errorInformation: { code: 'MANUAL_STOP', message: 'stopped' } });
      deployment('d-2', { status: 'Succeeded' });
      await release(after as WaiterState);
      expect(responses[0]?.Reason).toBe(
        'web was not released: 2 green tasks failed (limit 2): task aaaaaaaa stopped with EssentialContainerExited: ' +
          'Essential container in task exited (app exited with 137); its last lines: out of memory; deployment d-1 stopped; ' +
          'production is back on the old version (rollback d-2).',
      );
    });

    test.each([
      ['other task sets', { startedBy: 'ecs-svc/1' }],
      ['scaling', { stopCode: 'ServiceSchedulerInitiated' as const, stoppedReason: 'Scaling activity initiated by' }],
      ['a person', { stopCode: 'UserInitiated' as const }],
    ])('tasks stopped by %s do not count', async (_by, change) => {
      ecs.on(DescribeTasksCommand).resolves({ tasks: ['a', 'b'].map((id) => ({ ...stopped(id, 1), ...change })) });
      await release(watching());
      expect(codedeploy.commandCalls(StopDeploymentCommand)).toEqual([]);
    });

    test('neither does green that is slow, until its time is over', async () => {
      ecs.on(ListTasksCommand).resolves({ taskArns: [] });
      install(new Date(Date.now() - 590_000));
      await release(watching());
      expect(codedeploy.commandCalls(StopDeploymentCommand)).toEqual([]);
      install(new Date(Date.now() - 601_000));
      await expect(release(watching())).resolves.toMatchObject({ stopReason: 'green was not healthy within 10 min' });
      expect(codedeploy.commandCalls(StopDeploymentCommand)).toHaveLength(1);
    });
  });

  test('is done as soon as the bake begins', async () => {
    deployment('d-1', { status: 'InProgress', createTime, instanceTerminationWaitTimeStarted: true });
    lifecycle({ AfterAllowTraffic: 'Succeeded' });
    await expect(release(state())).resolves.toMatchObject({ done: true });
    expect(responses).toMatchObject([{ Status: 'SUCCESS', Data: { DeploymentId: 'd-1' } }]);
    expect(suspensions).toEqual([false]);
  });

  test.each<[string, DeploymentInfo, Partial<WaiterState>, boolean]>([
    ['that bakes is followed to its end', { instanceTerminationWaitTimeStarted: true }, {}, true],
    ['that takes too long is followed to its end', {}, { startedAt: new Date(0).toISOString() }, true],
    ['that is over is not followed', { status: 'Succeeded' }, {}, false],
  ])('a deployment %s', async (_which, info, changes, follows) => {
    deployment('d-1', { status: 'InProgress', createTime, ...info });
    await expect(release(state(changes))).resolves.toMatchObject({ done: true });
    const watches = startedAs<WatchState>('greenlight.watch');
    expect(watches).toMatchObject(
      follows ? [{ name: 'watch-d-1', state: { deploymentId: 'd-1', properties, done: false } }] : [],
    );
    expect(responses).toHaveLength(1);
  });

  test('CloudFormation gets its response although nothing can follow the bake', async () => {
    deployment('d-1', { status: 'InProgress', createTime, instanceTerminationWaitTimeStarted: true });
    states.on(StartExecutionCommand).rejects(new Error('throttled'));
    await expect(release(state())).resolves.toMatchObject({ done: true });
    expect(responses).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('does not respond before scaling is resumed, except at the end of its time', async () => {
    const stuck = createRelease({}, { ...aws, suspendScaling: () => Promise.reject(new Error('throttled')) });
    deployment('d-1', { status: 'Succeeded', createTime });
    await expect(stuck(state())).resolves.toMatchObject({ done: false });
    expect(responses).toEqual([]);
    await expect(stuck(state({ startedAt: new Date(Date.now() - 3_600_000).toISOString() }))).resolves.toMatchObject({
      done: true,
    });
    expect(responses).toHaveLength(1);
  });

  test('a failed gate: waits for the rollback, then says which check saw what', async () => {
    failedBy('HOOK_EXECUTION_FAILURE');
    lifecycle({ BeforeInstall: 'Succeeded', AfterAllowTestTraffic: 'Failed', AllowTraffic: 'Skipped' });
    const sentence = 'check "orders" failed: status was 500, expected 200 (GET http://lb/orders, 3 attempts)';
    logs
      .on(FilterLogEventsCommand)
      .resolvesOnce({ events: [], nextToken: 'more' })
      .resolves({
        events: [
          { message: JSON.stringify({ kind: 'greenlight.verdict', deploymentId: 'd-0', sentence: 'of another' }) },
          { message: JSON.stringify({ kind: 'greenlight.verdict', deploymentId: 'd-1', sentence }) },
        ],
      });
    deployment('d-2', { status: 'InProgress' });
    const waiting = await release(state());
    expect(waiting).toMatchObject({ done: false, failureSeenAt: expect.any(String) as string });
    deployment('d-2', { status: 'Succeeded' });
    await expect(release(waiting as WaiterState)).resolves.toMatchObject({ done: true });
    expect(responses).toMatchObject([
      {
        Status: 'FAILED',
        Reason: `web was not released: the AfterAllowTestTraffic gate says: ${sentence}; deployment d-1 failed; production is back on the old version (rollback d-2).`,
      },
    ]);
    expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input).toEqual({
      logGroupName: '/aws/lambda/smoke',
      filterPattern: '{ ($.kind = "greenlight.verdict") && ($.deploymentId = "d-1") }',
      startTime: createTime.getTime(),
    });
  });

  test('an alarm: names the newest transition before the end, with value and threshold', async () => {
    failedBy('ALARM_ACTIVE', { status: 'Stopped' });
    lifecycle({ AllowTraffic: 'Failed' });
    deployment('d-2', { status: 'Succeeded' });
    const item = (minutesBefore: number, stateValue: string, stateReason: string) => ({
      Timestamp: new Date(completeTime.getTime() - minutesBefore * 60_000),
      HistoryData: JSON.stringify({ newState: { stateValue, stateReason } }),
    });
    const reason = 'Threshold Crossed: 1 datapoint [12.0] was greater than the threshold (1.0).';
    cloudwatch.on(DescribeAlarmHistoryCommand).resolves({ AlarmHistoryItems: [] });
    cloudwatch.on(DescribeAlarmHistoryCommand, { AlarmName: 'web-errors' }).resolves({
      AlarmHistoryItems: [item(-1, 'ALARM', 'too late'), item(1, 'ALARM', reason), item(3, 'OK', 'fine')],
    });
    await release(state());
    const at = new Date(completeTime.getTime() - 60_000).toISOString();
    expect(responses[0]?.Reason).toBe(
      `web was not released: alarm "web-errors" went to ALARM at ${at}: ${reason.slice(0, -1)}; deployment d-1 stopped; ` +
        'production is back on the old version (rollback d-2).',
    );
    expect(cloudwatch.commandCalls(DescribeAlarmHistoryCommand)[0]?.args[0].input).toMatchObject({
      HistoryItemType: 'StateUpdate',
      StartDate: createTime,
    });
  });

  test('an alarm that fired before the deployment began is found by its state', async () => {
    failedBy('ALARM_ACTIVE');
    lifecycle({});
    deployment('d-2', { status: 'Failed' });
    cloudwatch.on(DescribeAlarmHistoryCommand).resolves({});
    cloudwatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [{ AlarmName: 'web-latency', StateReason: '2.5 > 1.0', StateUpdatedTimestamp: new Date(0) }],
    });
    await release(state());
    expect(responses[0]?.Reason).toMatch(
      /alarm "web-latency" went to ALARM at 1970-01-01T00:00:00.000Z: 2.5 > 1.0; deployment d-1 failed; its rollback d-2 failed too/,
    );
  });

  test('evidence that cannot be read leaves CodeDeploy’s own reason, at most 1000 characters', async () => {
    failedBy('ALARM_ACTIVE', {
      errorInformation: { code: 'ALARM_ACTIVE', message: `An alarm fired. ${'x'.repeat(2_000)}` },
    });
    lifecycle({});
    deployment('d-2', { status: 'Succeeded' });
    cloudwatch.on(DescribeAlarmHistoryCommand).rejects(new Error('throttled'));
    await release(state());
    expect(responses[0]?.Reason).toMatch(
      /^web was not released: An alarm fired\. x+….*production is back on the old version/,
    );
    expect(responses[0]?.Reason.length).toBeLessThanOrEqual(1_000);
  });

  test('a rollback of the stack whose deployment fails succeeds, or the stack would be stuck', async () => {
    failedBy('HOOK_EXECUTION_FAILURE');
    deployment('d-2', { status: 'Succeeded' });
    await release(state({ stackRollsBack: true }));
    expect(responses).toMatchObject([
      { Status: 'SUCCESS', Reason: expect.stringMatching(/^web was not released: .* \(rollback d-2\)/) as string },
    ]);
  });

  test('the timeout fails clearly and says that the deployment continues', async () => {
    deployment('d-1', { status: 'InProgress', createTime });
    await release(state({ startedAt: new Date(Date.now() - 3_001_000).toISOString() }));
    expect(responses[0]).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(
        /d-1 did not end within 3000 s; it is InProgress and continues in CodeDeploy/,
      ) as string,
    });
  });

  describe('a call that IAM denies for longer than it needs to settle ends the release with that sentence', () => {
    const denies = () => Object.assign(new Error('not authorized to perform: it'), { name: 'AccessDeniedException' });
    const sentence =
      /^web was not released: AccessDeniedException: not authorized to perform: it: denied for longer than IAM/;
    const followed = { properties, startedAt: new Date().toISOString() };

    test.each<[string, (aws: Aws) => Partial<Aws>]>([
      ['BatchGetDeploymentTargets', () => ({ lifecycleEvents: () => Promise.reject(denies()) })],
      ['GetDeployment', () => ({ deployment: () => Promise.reject(denies()) })],
      ['RegisterScalableTarget', () => ({ suspendScaling: () => Promise.reject(denies()) })],
    ])('%s', async (_call, change) => {
      deployment('d-1', { status: 'Succeeded', createTime });
      const refused = createRelease({}, { ...aws, suspendScaling, ...change(aws) });
      await expect(refused(state(followed))).resolves.toMatchObject({ done: true });
      expect(responses).toMatchObject([{ Status: 'FAILED', Reason: expect.stringMatching(sentence) as string }]);
    });
  });

  test('an unreadable deployment is polled again, until the time is over', async () => {
    codedeploy.on(GetDeploymentCommand).rejects(new Error('throttled'));
    await expect(release(state())).resolves.toMatchObject({ done: false });
    expect(responses).toEqual([]);
    await expect(release(state({ startedAt: new Date(0).toISOString() }))).resolves.toMatchObject({ done: true });
    expect(responses[0]?.Status).toBe('FAILED');
  });
});
