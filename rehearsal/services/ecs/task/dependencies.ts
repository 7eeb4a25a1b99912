/** In which order the containers of a task start. Pure. */
import { AwsError } from '../../../core/service';
import type { ContainerDefinition, DependencyCondition } from '../shapes';

export type Health = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';

/** How far a container is. */
export interface Progress {
  readonly started: boolean;
  readonly exitCode?: number;
  readonly health: Health;
}

/** Whether a container that waits for the condition may start: `never` when it cannot come true any more. */
export function holds(condition: DependencyCondition, { started, exitCode, health }: Progress): 'yes' | 'no' | 'never' {
  const exited = exitCode !== undefined;
  switch (condition) {
    case 'START':
      return started ? 'yes' : 'no';
    case 'COMPLETE':
      return exited ? 'yes' : 'no';
    case 'SUCCESS':
      return exited ? (exitCode === 0 ? 'yes' : 'never') : 'no';
    case 'HEALTHY':
      if (exited) return 'never';
      return health === 'HEALTHY' ? 'yes' : health === 'UNHEALTHY' ? 'never' : 'no';
  }
}

/** @throws AwsError ClientException, as RegisterTaskDefinition refuses an order that cannot be */
export function checkDependencies(containers: readonly ContainerDefinition[]): void {
  const refuse = (message: string) => new AwsError('ClientException', message);
  const byName = new Map(containers.map((container) => [container.name, container]));
  for (const { name, dependsOn = [] } of containers) {
    for (const { containerName, condition } of dependsOn) {
      const other = byName.get(containerName);
      if (!other)
        throw refuse(`Container ${name} depends on ${containerName}, which the task definition does not have.`);
      if ((condition === 'COMPLETE' || condition === 'SUCCESS') && other.essential !== false) {
        throw refuse(`Container ${name} waits for the ${condition} of ${containerName}, which is essential.`);
      }
      if (condition === 'HEALTHY' && !other.healthCheck) {
        throw refuse(`Container ${name} waits for ${containerName} to be HEALTHY, which has no health check.`);
      }
    }
  }
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw refuse(`Containers depend on each other in a cycle: ${[...path, name].join(', ')}.`);
    for (const { containerName } of byName.get(name)?.dependsOn ?? []) visit(containerName, [...path, name]);
  };
  for (const name of byName.keys()) visit(name, []);
}
