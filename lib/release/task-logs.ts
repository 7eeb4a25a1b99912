import { Token } from 'aws-cdk-lib';
import type { TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { TaskLogs } from '../../lambda/release/types';

/** Where the serving container logs through awslogs; undefined when it does not, or a task definition was imported. */
export function taskLogs(props: { taskDefinition: TaskDefinition; containerName: string }): TaskLogs | undefined {
  const { taskDefinition, containerName } = props;
  if (Token.isUnresolved(containerName)) return undefined;
  const log = taskDefinition.findContainer(containerName)?.logDriverConfig;
  const group = log?.options?.['awslogs-group'];
  const prefix = log?.options?.['awslogs-stream-prefix'];
  if (log?.logDriver !== 'awslogs' || !group || !prefix) return undefined;
  return { LogGroup: group, StreamPrefix: prefix, ContainerName: containerName };
}
