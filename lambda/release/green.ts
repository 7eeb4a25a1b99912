import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { callLimits, whileIamSettles } from '../../aws/calls';
import type { ReleaseProperties } from './types';
import type { Green, StoppedTask } from './tasks';

// Made at first use and kept from one invocation to the next.
let client: ECSClient | undefined;

export function ecs(): ECSClient {
  return (client ??= new ECSClient());
}

type Place = Pick<ReleaseProperties, 'ClusterName' | 'EcsServiceName'>;

/**
 * The task set that a deployment made, which carries its id, and those of its tasks that stopped.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html (externalId, startedBy)
 * @returns undefined before it is made
 */
export async function green(deploymentId: string, place: Place): Promise<Green | undefined> {
  const cluster = place.ClusterName;
  const describe = new DescribeServicesCommand({ cluster, services: [place.EcsServiceName] });
  const { services } = await whileIamSettles(() => ecs().send(describe, callLimits()));
  const taskSet = services?.[0]?.taskSets?.find(({ externalId }) => externalId === deploymentId);
  if (!taskSet) return undefined;
  return {
    desiredCount: taskSet.computedDesiredCount ?? 0,
    stopped: await stoppedTasks(place, taskSet.id),
  };
}

/** Oldest first. One page of ListTasks is a hundred tasks, as many as DescribeTasks takes. */
export async function stoppedTasks(place: Place, startedById: string | undefined): Promise<StoppedTask[]> {
  const { ClusterName: cluster, EcsServiceName: serviceName } = place;
  const list = new ListTasksCommand({ cluster, serviceName, desiredStatus: 'STOPPED' });
  const { taskArns: tasks = [] } = await whileIamSettles(() => ecs().send(list, callLimits()));
  if (tasks.length === 0) return [];
  const command = new DescribeTasksCommand({ cluster, tasks });
  const output = await whileIamSettles(() => ecs().send(command, callLimits()));
  const own = (output.tasks ?? []).filter(({ startedBy }) => startedBy === startedById);
  return own.sort((a, b) => (a.createdAt?.getTime() ?? 0) - (b.createdAt?.getTime() ?? 0)).map(stoppedTask);
}

function stoppedTask(task: Task): StoppedTask {
  return {
    id: task.taskArn?.split('/').at(-1) ?? '',
    stopCode: task.stopCode ?? '',
    stoppedReason: task.stoppedReason ?? '',
    containers: (task.containers ?? []).map(({ name = '', exitCode, reason }) => ({ name, exitCode, reason })),
  };
}
