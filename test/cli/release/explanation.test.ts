import { AwsCallError } from '../../../aws/signed-call';
import { explain } from '../../../cli/release/explanation';
import { fakeAws } from './support';

const service = {
  serviceArn: 'arn:aws:ecs:eu-west-1:1:service/Shop/web',
  serviceName: 'web',
  clusterArn: 'arn:aws:ecs:eu-west-1:1:cluster/Shop',
  deploymentController: { type: 'CODE_DEPLOY' },
};
const group = { applicationName: 'app', deploymentGroupName: 'group', ecsServices: [{ serviceName: 'web' }] };
const ALARM = JSON.stringify({ newState: { stateValue: 'ALARM', stateReason: '60 > 5' } });

/** CodeDeploy's deployments by id, of a service that no stack has. */
function region(deployments: Readonly<Record<string, object>>) {
  return fakeAws({
    GetDeployment: ({ deploymentId }) => {
      const info = deployments[String(deploymentId)];
      if (!info) throw new AwsCallError('DeploymentDoesNotExistException', 'no such deployment', 400);
      return { deploymentInfo: { deploymentId, createTime: 1_000, ...group, ...info } };
    },
    GetDeploymentGroup: () => ({
      deploymentGroupInfo: { ...group, alarmConfiguration: { alarms: [{ name: 'errors' }] } },
    }),
    ListApplications: () => ({ applications: [] }),
    BatchGetDeploymentTargets: () => ({ deploymentTargets: [] }),
    DescribeStackResources: () => {
      throw new AwsCallError('ValidationError', 'Stack for web does not exist', 400);
    },
    DescribeAlarmHistory: () => ({
      AlarmHistoryItems: [{ Timestamp: '1970-01-01T00:18:00.000Z', HistoryData: ALARM }],
    }),
    DescribeAlarms: () => ({
      MetricAlarms: [{ AlarmName: 'errors', StateReason: 'still 60', StateUpdatedTimestamp: '1970-01-01T00:18:00Z' }],
    }),
  });
}

const find = () => Promise.resolve(service);
const why = (deployments: Readonly<Record<string, object>>, named = 'd-1') => explain(region(deployments), named, find);

test('a release that succeeded, and one in progress, have no failure to explain', async () => {
  expect(await why({ 'd-1': { status: 'Succeeded' } })).toEqual({
    service: 'web',
    release: 'd-1',
    outcome: 'succeeded',
    sentence: 'Release d-1 of web succeeded.',
    evidence: [],
  });
  expect(await why({ 'd-1': { status: 'InProgress' } })).toMatchObject({ outcome: 'in progress' });
});

test('without a gate the sentence has the reason of the engine, and what production is left with', async () => {
  const errorInformation = { code: 'MANUAL_STOP', message: 'Stopped by a person.' };
  const rollbackInfo = { rollbackDeploymentId: 'd-2' };
  const found = await why({
    'd-1': { status: 'Stopped', completeTime: 1_300, errorInformation, rollbackInfo },
    'd-2': { status: 'Succeeded' },
  });
  expect(found).toMatchObject({
    outcome: 'failed',
    sentence:
      'web was not released: Stopped by a person (MANUAL_STOP); deployment d-1 stopped; ' +
      'production is back on the old version (rollback d-2).',
  });
  expect(found.remedy).toContain('break-glass');
});

test('while the rollback runs, the sentence says so', async () => {
  const rollbackInfo = { rollbackDeploymentId: 'd-2' };
  const deployments = {
    'd-1': { status: 'Failed', completeTime: 1_300, rollbackInfo },
    'd-2': { status: 'InProgress' },
  };
  expect((await why(deployments)).sentence).toMatch(/^web: the rollback of d-1 has not ended\. web was not released: /);
});

test('an alarm that stopped it is named with its value and time', async () => {
  const errorInformation = { code: 'ALARM_ACTIVE', message: 'an alarm' };
  const aws = region({ 'd-1': { status: 'Stopped', completeTime: 1_300, errorInformation } });
  const withTaskSet = { ...service, taskSets: [{ externalId: 'd-1' }] };
  const listed = { ...aws, codeDeploy: withDeployments(aws) };
  const found = await explain(listed, 'd-1', () => Promise.resolve(withTaskSet));
  expect(found.sentence).toContain('alarm "errors" went to ALARM at 1970-01-01T00:18:00.000Z: 60 > 5');
});

/** With an empty list of deployments, which only the names of the alarms are read with. */
function withDeployments(aws: ReturnType<typeof region>) {
  return <Output>(operation: string, input: object): Promise<Output> =>
    operation === 'ListDeployments' ? Promise.resolve({} as Output) : aws.codeDeploy<Output>(operation, input);
}

test('a deployment that does not exist is bad input', async () => {
  await expect(why({}, 'd-9')).rejects.toMatchObject({
    exitCode: 2,
    message: 'there is no deployment d-9 in eu-west-1',
  });
});
