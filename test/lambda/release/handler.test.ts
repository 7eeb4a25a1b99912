import {
  BatchGetDeploymentsCommand,
  CreateDeploymentCommand,
  type DeploymentInfo,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { ListExecutionsCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { type CustomResourceEvent, sha256 } from '../../../lambda/shared/custom-resource';
import type { WaiterState } from '../../../lambda/release/types';
import {
  codedeploy,
  created,
  deployment,
  ecs,
  event,
  inFlight,
  properties,
  release,
  started,
  startedAs,
  states,
  suspensions,
  TASK_DEFINITION,
  world,
} from './world';

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
    expect(world.responses).toEqual([]);
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
    expect(world.responses).toEqual([]);
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
      expect(world.responses).toMatchObject([
        { Status: 'SUCCESS', PhysicalResourceId: expect.stringMatching(/^Release-/) as string },
      ]);
      expect(created()).toEqual([]);
      expect(started()).toEqual([]);
    },
  );

  test('another deployment in flight fails at once and names it', async () => {
    inFlight({ 'd-OTHER': 'other' });
    await release(event());
    expect(world.responses).toMatchObject([
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
    expect(world.responses).toEqual([]);
    inFlight({});
    await expect(release(started()[0] as WaiterState)).resolves.toMatchObject({ done: true });
    expect(world.responses).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('a deletion is never held up by what cannot be read', async () => {
    codedeploy.on(ListDeploymentsCommand).rejects(new Error('no such group'));
    await release(event({ RequestType: 'Delete' }));
    expect(world.responses).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('the id remembers what the service was created with', async () => {
    await release(
      event({
        RequestType: 'Create',
        PhysicalResourceId: undefined,
        ResourceProperties: { ...properties, TaskDefinition: `${TASK_DEFINITION}1` },
      }),
    );
    const id = world.responses[0]?.PhysicalResourceId;
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
    beforeEach(() => void (world.stackRollsBack = true));

    test('to what an alarm of the bake rolled back deploys nothing, and succeeds', async () => {
      had(ROLLED_BACK);
      await release(undo());
      expect(created()).toEqual([]);
      expect(world.responses).toMatchObject([
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
      expect(world.responses).toMatchObject([{ Status: 'SUCCESS' }]);
      expect(created()).toEqual([]);
    });

    test('an update of other settings does not release what was rolled back either, break-glass does', async () => {
      world.stackRollsBack = false;
      had(ROLLED_BACK);
      const settings = { OldResourceProperties: { ...properties, AlarmNames: [] } };
      await release(event(settings));
      expect(world.responses).toMatchObject([{ Status: 'SUCCESS' }]);
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
    expect(world.responses[0]?.Reason).toBe(
      'the release could not begin: DeploymentGroupDoesNotExistException: no such group',
    );
    expect(world.responses[1]?.Reason).toMatch(
      /ApplicationName is missing; DeploymentGroupName is missing;.*TimeoutSeconds/,
    );
  });

  test('an account without access to CodeDeploy learns what that means and what to do', async () => {
    const message = 'The AWS Access Key Id needs a subscription for the service';
    codedeploy
      .on(CreateDeploymentCommand)
      .rejects(Object.assign(new Error(message), { name: 'SubscriptionRequiredException' }));
    await release(event());
    expect(world.responses[0]?.Reason).toMatch(
      /SubscriptionRequiredException: .*no access to CodeDeploy.*ask AWS Support/,
    );
  });

  test('the response is sent again until it is taken', async () => {
    world.failures = 1;
    await release(event({ ResourceProperties: { ...properties, TaskDefinition: `${TASK_DEFINITION}1` } }));
    expect(world.responses).toHaveLength(1);
  });
});
