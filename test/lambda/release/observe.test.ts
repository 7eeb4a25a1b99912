import {
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  type DeploymentInfo,
  GetDeploymentCommand,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, ECSClient, type TaskSet } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { observe } from '../../../lambda/release/observe';

/** What the release function makes of what CodeDeploy and ECS say. */

const codedeploy = mockClient(CodeDeployClient);
const ecs = mockClient(ECSClient);
const place = {
  ApplicationName: 'app',
  DeploymentGroupName: 'group',
  ClusterName: 'cluster',
  EcsServiceName: 'web-service',
  ServiceName: 'web',
};
const REVISION = 'a'.repeat(64);

type Deployments = Readonly<Record<string, DeploymentInfo>>;

function given(
  { inFlight = {}, ended = {} }: { inFlight?: Deployments; ended?: Deployments },
  taskSets: TaskSet[] = [],
) {
  codedeploy.reset();
  ecs.reset();
  ecs.on(DescribeServicesCommand).resolves({ services: [{ taskSets }] });
  const all: Deployments = { ...inFlight, ...ended };
  codedeploy.on(ListDeploymentsCommand).callsFake(({ includeOnlyStatuses }: { includeOnlyStatuses: string[] }) => ({
    deployments: Object.keys(includeOnlyStatuses.includes('InProgress') ? inFlight : ended),
  }));
  codedeploy.on(BatchGetDeploymentsCommand).callsFake(({ deploymentIds }: { deploymentIds: string[] }) => ({
    deploymentsInfo: deploymentIds.map((deploymentId) => ({ deploymentId, ...all[deploymentId] })),
  }));
  codedeploy.on(GetDeploymentCommand).callsFake(({ deploymentId }: { deploymentId: string }) => ({
    deploymentInfo: { deploymentId, ...all[deploymentId] },
  }));
  return observe(place, { revision: REVISION });
}

const shipping = (sha256: string): DeploymentInfo => ({ revision: { appSpecContent: { sha256 } } });

test('asks for 25 deployments at a time, which is all that CodeDeploy takes, and misses none of them', async () => {
  const ids = Array.from({ length: 60 }, (_, index) => `d-${index}`);
  const { inFlight } = await given({ inFlight: Object.fromEntries(ids.map((id) => [id, {}])) });
  const batches = codedeploy
    .commandCalls(BatchGetDeploymentsCommand)
    .map(({ args: [{ input }] }) => input.deploymentIds);
  expect(batches.map((batch) => batch?.length)).toEqual([25, 25, 10]);
  expect(inFlight.map(({ deploymentId }) => deploymentId).sort()).toEqual([...ids].sort());
});

test.each<[string, DeploymentInfo, boolean]>([
  ['that CodeDeploy created by itself is a rollback', { creator: 'codeDeployRollback' }, true],
  ['that another one triggered is a rollback', { rollbackInfo: { rollbackTriggeringDeploymentId: 'd-0' } }, true],
  ['of a person is none', { creator: 'user' }, false],
  ['that was rolled back itself is none', { creator: 'user', rollbackInfo: { rollbackDeploymentId: 'd-2' } }, false],
])('a deployment %s', async (_what, info, rollback) => {
  const { inFlight } = await given({ inFlight: { 'd-1': info } });
  expect(inFlight).toMatchObject([{ deploymentId: 'd-1', rollback }]);
});

test('only a deployment with the description of this service is its own', async () => {
  const { inFlight } = await given({
    inFlight: {
      'd-3': { description: 'cdk-greenlight: web', createTime: new Date(3) },
      'd-2': { description: 'by hand', createTime: new Date(2) },
      'd-1': { createTime: new Date(1) },
    },
  });
  expect(inFlight.map(({ deploymentId, own }) => [deploymentId, own])).toEqual([
    ['d-3', true],
    ['d-2', false],
    ['d-1', false],
  ]);
});

test('the live side is the primary task set, and green the active one, each with what its deployment shipped', async () => {
  const taskSets = [
    { status: 'DRAINING', taskDefinition: 'web:9' },
    { status: 'ACTIVE', taskDefinition: 'web:3', externalId: 'd-3' },
    { status: 'PRIMARY', taskDefinition: 'web:2', externalId: 'd-2' },
  ];
  const observed = await given({ ended: { 'd-2': shipping('b'), 'd-3': shipping(REVISION) } }, taskSets);
  expect(observed).toMatchObject({
    primary: { taskDefinition: 'web:2', deploymentId: 'd-2', revision: 'b' },
    other: { taskDefinition: 'web:3', deploymentId: 'd-3', revision: REVISION },
  });
});

describe('how the revision was shipped before', () => {
  const live = [{ status: 'PRIMARY', taskDefinition: 'web:2', externalId: 'd-1' }];

  test.each<[string, DeploymentInfo, object | undefined]>([
    ['succeeded', { status: 'Succeeded' }, { complete: true, undone: false }],
    [
      'succeeded and was rolled back',
      { status: 'Succeeded', rollbackInfo: { rollbackDeploymentId: 'd-9' } },
      { complete: true, undone: true },
    ],
    ['failed, and is live all the same', { status: 'Failed' }, { complete: false, undone: false }],
    [
      'was stopped in its bake without a rollback',
      { status: 'Stopped', instanceTerminationWaitTimeStarted: true },
      { complete: true, undone: false },
    ],
    ['is a rollback', { status: 'Succeeded', creator: 'codeDeployRollback' }, undefined],
  ])('a deployment that %s', async (_what, info, shipped) => {
    const observed = await given({ ended: { 'd-1': { ...shipping(REVISION), ...info } } }, live);
    expect(observed.shipped).toEqual(shipped);
  });

  test('what failed and is not live is undone, and the newest deployment of the revision decides', async () => {
    const ended = {
      'd-old': { ...shipping(REVISION), status: 'Succeeded' as const, createTime: new Date(1) },
      'd-new': { ...shipping(REVISION), status: 'Failed' as const, createTime: new Date(2) },
      'd-1': { ...shipping('b'), status: 'Succeeded' as const, createTime: new Date(3) },
    };
    expect((await given({ ended }, live)).shipped).toEqual({ complete: false, undone: true });
  });
});

describe('a rollback that CodeDeploy has yet to create is waited for', () => {
  const ago = (ms: number) => new Date(Date.now() - ms);
  const failed = { status: 'Failed', autoRollbackConfiguration: { enabled: true } } as const;

  test.each<[string, DeploymentInfo, boolean]>([
    ['after a failure', { ...failed, completeTime: ago(0) }, true],
    ['after a stop, whatever the group says', { status: 'Stopped', completeTime: ago(0) }, true],
    ['not for ever', { ...failed, completeTime: ago(3_600_000) }, false],
    [
      'not where rollbacks are off',
      { ...failed, autoRollbackConfiguration: { enabled: false }, completeTime: ago(0) },
      false,
    ],
    ['not once it is there', { ...failed, completeTime: ago(0), rollbackInfo: { rollbackDeploymentId: 'd-2' } }, false],
    ['not of a rollback', { ...failed, completeTime: ago(0), creator: 'codeDeployRollback' }, false],
  ])('%s', async (_when, info, rollbackDue) => {
    expect((await given({ ended: { 'd-1': info } })).rollbackDue).toBe(rollbackDue);
  });
});
