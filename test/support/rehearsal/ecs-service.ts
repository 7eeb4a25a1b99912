import { type Fixture, GROUP, IMAGE, service, taskDefinition } from './ecs';

export interface TaskSetShape {
  id: string;
  taskSetArn: string;
  status: string;
  runningCount: number;
  pendingCount: number;
  computedDesiredCount: number;
  stabilityStatus: string;
  taskDefinition: string;
  externalId?: string;
}
interface ServiceShape {
  status: string;
  runningCount: number;
  taskSets: TaskSetShape[];
  deployments: unknown[];
  taskDefinition: string;
  events: { message: string }[];
}

/** What tests of one service, `web` in the cluster `main`, do and read. @param world of the test that runs */
export function serviceIn(world: () => Fixture) {
  const cluster = () => world().create('AWS::ECS::Cluster', 'Cluster', { ClusterName: 'main' });
  const describeService = async () =>
    (await world().call<{ services: ServiceShape[] }>('DescribeServices', { cluster: 'main', services: ['web'] }))
      .services[0]!;
  const events = (name: string) =>
    world()
      .world.events.all()
      .filter((each) => each.event === name);
  const stopped = () => events('task-stopped').map((each) => each.data as { reason: string; stopCode: string });
  const idsOf = async (desiredStatus = 'RUNNING') =>
    (await world().call<{ taskArns: string[] }>('ListTasks', { cluster: 'main', desiredStatus })).taskArns;
  const greenSet = (definition: string) => ({
    cluster: 'main',
    service: 'web',
    taskDefinition: definition,
    externalId: 'd-1',
    scale: { value: 100, unit: 'PERCENT' },
    loadBalancers: [{ targetGroupArn: GROUP, containerName: 'web', containerPort: 8080 }],
  });

  const versionAt = (port: number) =>
    fetch(`http://127.0.0.1:${port}/version`).then(
      async (response) => ((await response.json()) as { version: string }).version,
      () => undefined,
    );
  const localPorts = () =>
    [...world().loadBalancer.targets.values()]
      .filter((target) => target.drainedAtMs === undefined)
      .map((target) => world().loadBalancer.localPort(target.id, target.port)!);

  /** An init container that fails, where the task definition waits for one. */
  function withInit(definition: ReturnType<typeof taskDefinition>) {
    const [web] = definition.ContainerDefinitions;
    if (!('DependsOn' in web!)) return definition;
    const init = { Name: 'init', Image: IMAGE, Essential: false, Command: ['node', '-e', 'process.exit(3)'] };
    return { ...definition, ContainerDefinitions: [web, init] };
  }

  async function createService(environment: Record<string, string> = {}, more: object = {}) {
    await cluster();
    await world().create('AWS::ECS::TaskDefinition', 'Task', taskDefinition(environment));
    return world().create('AWS::ECS::Service', 'Service', service(more));
  }
  return { cluster, describeService, events, stopped, idsOf, greenSet, versionAt, localPorts, withInit, createService };
}
