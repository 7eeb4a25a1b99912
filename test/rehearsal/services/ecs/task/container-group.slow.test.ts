import { type Fixture, fixture, IMAGE, SECRET, service, taskDefinition } from '../../../../support/rehearsal/ecs';
import { eventually } from '../../../../support/until';

let world: Fixture;
afterEach(() => world.ecs.stop());

interface TaskShape {
  readonly healthStatus: string;
  readonly capacityProviderName?: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly containers: readonly { readonly name: string; readonly healthStatus: string; readonly exitCode?: number }[];
}

const SPOT = ['FARGATE', 'FARGATE_SPOT'];
const cluster = (CapacityProviders: readonly string[] = []) =>
  world.create('AWS::ECS::Cluster', 'Cluster', { ClusterName: 'main', CapacityProviders });
const events = (name: string) => world.world.events.all().filter((each) => each.event === name);

/** The sample image running a script, next to the serving container. */
const sidecar = (Name: string, script: string, more: object = {}) => ({
  Name,
  Image: IMAGE,
  Essential: false,
  Command: ['node', '-e', script],
  LogConfiguration: {
    LogDriver: 'awslogs',
    Options: { 'awslogs-group': 'app', 'awslogs-stream-prefix': Name, 'awslogs-region': 'us-east-1' },
  },
  ...more,
});

async function start(containers: readonly object[], web: object = {}, more: object = {}): Promise<void> {
  const definition = taskDefinition({}, web);
  await world.create('AWS::ECS::TaskDefinition', 'Task', {
    ...definition,
    ContainerDefinitions: [...definition.ContainerDefinitions, ...containers],
    RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
  });
  await world.create('AWS::ECS::Service', 'Service', service({ DesiredCount: 1, ...more }));
}

async function tasks(): Promise<readonly TaskShape[]> {
  const { taskArns } = await world.call<{ taskArns: string[] }>('ListTasks', { cluster: 'main' });
  return (await world.call<{ tasks: TaskShape[] }>('DescribeTasks', { cluster: 'main', tasks: taskArns })).tasks;
}

const lines = (prefix: string) =>
  [...world.logs].filter(([name]) => name.startsWith(`${prefix}/`)).flatMap(([, of]) => of);

test('containers start in their order: after an init container, and after a sidecar that is healthy', async () => {
  world = fixture();
  await cluster();
  const asks = `fetch('http://localhost:8080/health').then((response) => console.log('web', response.status))`;
  await start(
    [
      sidecar('init', `console.log('init', Date.now())`),
      sidecar(
        'sidecar',
        `console.log('sidecar', Date.now()); require('http').createServer((q, r) => r.end()).listen(9000)`,
        {
          PortMappings: [{ ContainerPort: 9000 }],
          DependsOn: [{ ContainerName: 'init', Condition: 'SUCCESS' }],
          HealthCheck: {
            Command: ['CMD', 'node', '-e', `fetch('http://localhost:9000').catch(() => process.exit(1))`],
            Interval: 5,
          },
        },
      ),
      sidecar('late', `setTimeout(() => ${asks}, 500); setInterval(() => {}, 1000)`, {
        DependsOn: [{ ContainerName: 'web', Condition: 'START' }],
      }),
    ],
    {
      DependsOn: [{ ContainerName: 'sidecar', Condition: 'HEALTHY' }],
      Secrets: [
        { Name: 'FROM_PARAMETER', ValueFrom: 'arn:aws:ssm:us-east-1:111111111111:parameter/web/key' },
        { Name: 'VERSION', ValueFrom: `${SECRET}:user::` },
      ],
    },
  );
  const [task] = await tasks();
  const shown = Object.fromEntries(task!.containers.map(({ name, ...of }) => [name, of]));
  expect(shown).toMatchObject({ init: { exitCode: 0 }, sidecar: { healthStatus: 'HEALTHY' } });
  expect(task!.attributes).toEqual([{ name: 'ecs.cpu-architecture', value: 'arm64' }]);
  // Both share the task's network.
  await eventually(() => lines('late').includes('web 200'));
  await eventually(() => lines('web').some((line) => line.includes('"version":"web-AbCdEf"')));
  const time = (name: string) => Number(lines(name).join().split(' ')[1]);
  await eventually(() => time('sidecar') > time('init'));
}, 60_000);

test('a task whose essential container becomes unhealthy is replaced', async () => {
  world = fixture();
  await cluster();
  const check = { Command: ['CMD-SHELL', 'exit 1'], Interval: 5, Retries: 2 };
  const creation = start([], { HealthCheck: check });
  const refused = expect(creation).rejects.toThrow('the rehearsal ends');
  await eventually(() => events('task-stopped').length > 0);
  expect(events('task-stopped')[0]!.data).toMatchObject({
    stopCode: 'ServiceSchedulerInitiated',
    reason: 'Task failed container health checks',
  });
  await world.ecs.stop();
  await refused;
}, 60_000);

test('Fargate Spot takes what its weight says, after the base on Fargate, in a green task set too', async () => {
  world = fixture();
  await cluster(SPOT);
  const strategy = [
    { CapacityProvider: 'FARGATE', Base: 1, Weight: 1 },
    { CapacityProvider: 'FARGATE_SPOT', Weight: 3 },
  ];
  await start([], {}, { DesiredCount: 3, LaunchType: undefined, CapacityProviderStrategy: strategy });
  const providers = async () => (await tasks()).map((task) => task.capacityProviderName).sort();
  expect(await providers()).toEqual(['FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT']);
  const green = {
    cluster: 'main',
    service: 'web',
    taskDefinition: 'web',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  };
  await world.call('CreateTaskSet', green);
  await eventually(async () => (await providers()).filter((name) => name === 'FARGATE_SPOT').length === 5);
  const unknown = { ...green, capacityProviderStrategy: [{ capacityProvider: 'MINE', weight: 1 }] };
  await expect(world.call('CreateTaskSet', unknown)).rejects.toThrow(
    'cannot contain a capacity provider that is not associated with the cluster',
  );
}, 60_000);

test.each<[string, object, readonly object[], RegExp]>([
  ['an unknown container', { DependsOn: [{ ContainerName: 'db', Condition: 'START' }] }, [], /depends on db/],
  [
    'the end of an essential one',
    { DependsOn: [{ ContainerName: 'db', Condition: 'SUCCESS' }] },
    [sidecar('db', '', { Essential: true })],
    /SUCCESS of db, which is essential/,
  ],
  [
    'the health of one without a check',
    { DependsOn: [{ ContainerName: 'db', Condition: 'HEALTHY' }] },
    [sidecar('db', '')],
    /db to be HEALTHY, which has no health check/,
  ],
  [
    'each other',
    { DependsOn: [{ ContainerName: 'db', Condition: 'START' }] },
    [sidecar('db', '', { DependsOn: [{ ContainerName: 'web', Condition: 'START' }] })],
    /in a cycle: web, db, web/,
  ],
])('a task definition whose containers wait for %s is refused', async (_name, web, containers, message) => {
  world = fixture();
  await cluster();
  await expect(start(containers, web)).rejects.toThrow(message);
});
