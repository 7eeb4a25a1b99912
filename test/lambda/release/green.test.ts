import { DescribeServicesCommand, DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { green } from '../../../lambda/release/green';

const ecs = mockClient(ECSClient);
const place = { ClusterName: 'cluster', EcsServiceName: 'web' };
const taskSets = [
  { id: 'ecs-svc/1', externalId: 'd-1', computedDesiredCount: 4 },
  { id: 'ecs-svc/2', externalId: 'd-2', computedDesiredCount: 2 },
];
beforeEach(() => {
  ecs.reset();
  ecs.on(DescribeServicesCommand).resolves({ services: [{ taskSets }] });
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
});

test('green is the task set that the deployment made, not the other one', async () => {
  expect(await green('d-2', place)).toEqual({ desiredCount: 2, stopped: [] });
  expect(await green('d-1', place)).toEqual({ desiredCount: 4, stopped: [] });
});

test('there is no green before the deployment made its task set', async () => {
  expect(await green('d-3', place)).toBeUndefined();
  expect(ecs.commandCalls(ListTasksCommand)).toEqual([]);
});

test('only stopped tasks of green are shown, the oldest first', async () => {
  const task = (id: string, startedBy: string, at: number) => ({
    taskArn: `arn:aws:ecs:us-east-1:111111111111:task/cluster/${id}`,
    startedBy,
    createdAt: new Date(at),
    stopCode: 'EssentialContainerExited' as const,
    stoppedReason: 'exited',
    containers: [{ name: 'app', exitCode: 1 }],
  });
  ecs.on(ListTasksCommand).resolves({ taskArns: ['a', 'b', 'c'] });
  ecs
    .on(DescribeTasksCommand)
    .resolves({ tasks: [task('young', 'ecs-svc/2', 2), task('blue', 'ecs-svc/1', 0), task('old', 'ecs-svc/2', 1)] });
  expect((await green('d-2', place))?.stopped).toMatchObject([
    { id: 'old', stopCode: 'EssentialContainerExited', containers: [{ name: 'app', exitCode: 1 }] },
    { id: 'young' },
  ]);
  expect(ecs.commandCalls(ListTasksCommand)[0]?.args[0].input).toMatchObject({ desiredStatus: 'STOPPED' });
});
