import { join } from 'node:path';
import {
  eventually,
  EXECUTION_ROLE,
  type Fixture,
  fixture,
  GROUP,
  IMAGE,
  SECRET,
  service,
  taskDefinition,
} from './support';

interface TaskSetShape {
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

let world: Fixture;
afterEach(() => world.ecs.stop());

const cluster = () => world.create('AWS::ECS::Cluster', 'Cluster', { ClusterName: 'main' });
const describe1 = async () =>
  (await world.call<{ services: ServiceShape[] }>('DescribeServices', { cluster: 'main', services: ['web'] }))
    .services[0]!;
const events = (name: string) => world.world.events.all().filter((each) => each.event === name);
const stopped = () => events('task-stopped').map((each) => each.data as { reason: string; stopCode: string });
const idsOf = async (desiredStatus = 'RUNNING') =>
  (await world.call<{ taskArns: string[] }>('ListTasks', { cluster: 'main', desiredStatus })).taskArns;
const greenSet = (definition: string) => ({
  cluster: 'main',
  service: 'web',
  taskDefinition: definition,
  externalId: 'd-1',
  scale: { value: 100, unit: 'PERCENT' },
  loadBalancers: [{ targetGroupArn: GROUP, containerName: 'web', containerPort: 8080 }],
});

const isAlive = (port: number) =>
  fetch(`http://127.0.0.1:${port}/version`).then(
    async (answer) => ((await answer.json()) as { version: string }).version,
    () => undefined,
  );
const localPorts = () =>
  [...world.loadBalancer.targets.values()]
    .filter((target) => target.drainedAtMs === undefined)
    .map((target) => world.loadBalancer.localPort(target.id, target.port)!);

/** An init container that fails, where the task definition waits for one. */
function withInit(definition: ReturnType<typeof taskDefinition>) {
  const [web] = definition.ContainerDefinitions;
  if (!('DependsOn' in web!)) return definition;
  const init = { Name: 'init', Image: IMAGE, Essential: false, Command: ['node', '-e', 'process.exit(3)'] };
  return { ...definition, ContainerDefinitions: [web, init] };
}

async function createService(environment: Record<string, string> = {}, more: object = {}) {
  await cluster();
  await world.create('AWS::ECS::TaskDefinition', 'Task', taskDefinition(environment));
  return world.create('AWS::ECS::Service', 'Service', service(more));
}

test('a service is created once its tasks run and are healthy, with a primary task set', async () => {
  world = fixture();
  const { physicalId } = await createService();
  expect(physicalId).toBe('arn:aws:ecs:us-east-1:111111111111:service/main/web');
  const described = await describe1();
  expect(described.deployments).toEqual([]);
  expect(described.taskSets).toHaveLength(1);
  expect(described.taskSets[0]).toMatchObject({
    status: 'PRIMARY',
    stabilityStatus: 'STEADY_STATE',
    computedDesiredCount: 2,
    runningCount: 2,
    pendingCount: 0,
    taskDefinition: 'arn:aws:ecs:us-east-1:111111111111:task-definition/web:1',
  });
  expect(described.taskSets[0]!.id).toMatch(/^ecs-svc\/\d{19}$/);
  expect(described.events[0]!.message).toContain('has reached a steady state');
  expect(await Promise.all(localPorts().map(isAlive))).toEqual(['v1', 'v1']);
});

test('lines go to CloudWatch Logs, and the environment holds the task role and nothing inherited', async () => {
  process.env.AWS_PROFILE = 'someone';
  world = fixture();
  await cluster();
  const script = 'console.log(JSON.stringify(process.env)); setInterval(() => {}, 1000)';
  const container = { Command: ['node', '-e', script] };
  await world.create('AWS::ECS::TaskDefinition', 'Task', taskDefinition({ OWN: '1' }, container));
  await world.create('AWS::ECS::Service', 'Service', service({ LoadBalancers: [], DesiredCount: 1 }));
  delete process.env.AWS_PROFILE;
  const [stream, lines] = await eventually(() => [...world.logs].find(([, each]) => each.length > 0));
  expect(stream).toMatch(/^web\/web\/[0-9a-f]{32}$/);
  const environment = JSON.parse(lines[0]!) as Record<string, string>;
  expect(environment).toMatchObject({ OWN: '1', FROM_IMAGE: 'yes', VERSION: 'v1' });
  expect([environment.HOST, environment.PORT]).toEqual([undefined, undefined]);
  expect(environment).toMatchObject({ AWS_ENDPOINT_URL: world.world.endpoint, AWS_SECRET_ACCESS_KEY: 'secret' });
  expect(environment.AWS_PROFILE).toBeUndefined();
  expect(environment.HOME).toBe(join(world.world.directory, 'image', 'root'));
});

test('a green task set runs beside blue, becomes primary, and blue drains before it is told to stop', async () => {
  world = fixture();
  await createService();
  const green = await world.create('AWS::ECS::TaskDefinition', 'Task2', taskDefinition({ VERSION: 'v2' }));
  const { taskSet } = await world.call<{ taskSet: TaskSetShape }>('CreateTaskSet', greenSet(green.physicalId));
  expect(taskSet).toMatchObject({ status: 'ACTIVE', stabilityStatus: 'STABILIZING', externalId: 'd-1' });
  await eventually(async () => (await describe1()).taskSets[1]?.stabilityStatus === 'STEADY_STATE');
  expect((await Promise.all(localPorts().map(isAlive))).sort()).toEqual(['v1', 'v1', 'v2', 'v2']);
  const bluePorts = localPorts().slice(0, 2);

  await world.call('UpdateServicePrimaryTaskSet', { cluster: 'main', service: 'web', primaryTaskSet: taskSet.id });
  const [blue] = (await describe1()).taskSets;
  expect(blue!.status).toBe('ACTIVE');
  expect((await describe1()).taskDefinition).toBe(green.physicalId);
  await expect(world.call('DeleteTaskSet', { cluster: 'main', service: 'web', taskSet: blue!.id })).rejects.toThrow(
    'not scaled down to 0',
  );
  await world.call('DeleteTaskSet', { cluster: 'main', service: 'web', taskSet: blue!.taskSetArn, force: true });

  await eventually(
    () => world.loadBalancer.calls.filter((each) => each.operation === 'DeregisterTargets').length === 2,
  );
  expect(await Promise.all(bluePorts.map(isAlive))).toEqual(['v1', 'v1']);
  await eventually(async () => (await describe1()).taskSets.length === 1);
  expect(await Promise.all(bluePorts.map(isAlive))).toEqual([undefined, undefined]);
  expect((await Promise.all(localPorts().map(isAlive))).sort()).toEqual(['v2', 'v2']);
  for (const event of events('task-stopped')) {
    const data = event.data as { address: string; exitCodes: object; stopCode: string };
    expect(data).toMatchObject({ stopCode: 'ServiceSchedulerInitiated', exitCodes: { web: 0 } });
    const gone = world.loadBalancer.calls.find((c) => c.id === data.address && c.operation === 'DeregisterTargets');
    expect(event.atMs - gone!.atMs).toBeGreaterThanOrEqual(10_000);
  }
});

test('a task that crashes is replaced, and says why it stopped', async () => {
  world = fixture();
  await createService({ FAULT_CRASH_AFTER_MS: '1500' }, { DesiredCount: 1 });
  await eventually(() => stopped().length > 0);
  expect(events('task-stopped')[0]!.data).toMatchObject({
    stopCode: 'EssentialContainerExited',
    reason: 'Essential container in task exited',
    exitCodes: { web: 1 },
    lastLines: expect.arrayContaining(['crashing: FAULT_CRASH_AFTER_MS']) as unknown,
  });
  const [arn] = await idsOf('STOPPED');
  const { tasks } = await world.call<{ tasks: { containers: { exitCode: number }[] }[] }>('DescribeTasks', {
    cluster: 'main',
    tasks: [arn],
  });
  expect(tasks[0]).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
  expect(tasks[0]!.containers[0]!.exitCode).toBe(1);
  await eventually(() => events('task-running').length >= 2);
});

test('a task that is never healthy is replaced after the grace period, with the reason of the load balancer', async () => {
  world = fixture();
  const giveUp = new AbortController();
  await cluster();
  await world.create('AWS::ECS::TaskDefinition', 'Task', taskDefinition({ FAULT_NEVER_HEALTHY: 'true' }));
  const properties = service({ DesiredCount: 1, HealthCheckGracePeriodSeconds: 60 });
  const creation = world.create('AWS::ECS::Service', 'Service', properties, giveUp.signal);
  const refused = expect(creation).rejects.toThrow('given up');
  await eventually(() => stopped().length > 0);
  expect(stopped()[0]).toMatchObject({ stopCode: 'ServiceSchedulerInitiated' });
  expect(stopped()[0]!.reason).toBe(`Task failed ELB health checks in (target-group ${GROUP}): Health checks failed`);
  expect((await describe1()).taskSets[0]!.stabilityStatus).toBe('STABILIZING');
  giveUp.abort(new Error('given up'));
  await refused;
});

test('a slow start within the grace period is waited for', async () => {
  world = fixture();
  await createService({ FAULT_SLOW_START_MS: '1200' }, { DesiredCount: 1, HealthCheckGracePeriodSeconds: 600 });
  expect(stopped()).toEqual([]);
  expect(await Promise.all(localPorts().map(isAlive))).toEqual(['v1']);
});

test.each([
  ['the image may not be pulled', 'BatchGetImage', {}, `CannotPullContainerError: ${IMAGE}: not authorized`],
  [
    'the log stream may not be created',
    'CreateLogStream',
    {},
    'ResourceInitializationError: failed to validate logger',
  ],
  [
    'the command does not exist',
    '',
    { Command: ['no-such-program'] },
    'CannotStartContainerError: web: exec: "no-such-program": executable file not found in $PATH',
  ],
  [
    'a parameter does not exist',
    '',
    { Secrets: [{ Name: 'KEY', ValueFrom: 'arn:aws:ssm:us-east-1:111111111111:parameter/web/none' }] },
    'unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /web/none',
  ],
  [
    'a secret may not be read',
    'GetSecretValue',
    { Secrets: [{ Name: 'KEY', ValueFrom: SECRET }] },
    'unable to retrieve secret from asm: service call has been retried 1 time(s): not authorized: GetSecretValue',
  ],
  [
    'a container that it waits for fails',
    '',
    { DependsOn: [{ ContainerName: 'init', Condition: 'SUCCESS' }] },
    'container web waits for init (SUCCESS), and it exited with 3',
  ],
])('a task does not start when %s, and restarts are throttled', async (_name, operation, container, reason) => {
  const denied = (principal: { arn: string }, name: string) => principal.arn === EXECUTION_ROLE && name === operation;
  world = fixture({ denied });
  await cluster();
  await world.create('AWS::ECS::TaskDefinition', 'Task', withInit(taskDefinition({}, container)));
  const creation = world.create('AWS::ECS::Service', 'Service', service({ DesiredCount: 1 }));
  await expect(creation).rejects.toThrow(reason);
  expect(stopped().length).toBeGreaterThanOrEqual(3);
  expect(stopped()[0]).toMatchObject({ stopCode: 'TaskFailedToStart' });
  expect(stopped()[0]!.reason).toContain(reason);
  const starts = events('task-started').map((each) => each.atMs);
  const ends = events('task-stopped').map((each) => each.atMs);
  expect(starts[1]! - ends[0]!).toBeGreaterThanOrEqual(9_990);
  expect(starts[2]! - ends[1]!).toBeGreaterThanOrEqual(19_990);
  expect((await describe1()).events.map((each) => each.message).join()).toContain('unable to consistently start tasks');
});

test('a service whose image comes from a registry fails at its first task, with the remedy', async () => {
  world = fixture();
  await cluster();
  await world.create('AWS::ECS::TaskDefinition', 'Task', taskDefinition({}, { Image: 'nginx:1' }));
  const creation = world.create('AWS::ECS::Service', 'Service', service({ DesiredCount: 1 }));
  await expect(creation).rejects.toThrow(
    /CannotPullContainerError: nginx:1: .*a registry.*greenlight.rehearsal.command/,
  );
  expect(events('task-started')).toHaveLength(1);
});

test('a service that crashes at each start fails within minutes, with the error that its task wrote', async () => {
  world = fixture();
  await cluster();
  const crash = "require('no-such-module')";
  await world.create('AWS::ECS::TaskDefinition', 'Task', taskDefinition({}, { Command: ['node', '-e', crash] }));
  const creation = world.create('AWS::ECS::Service', 'Service', service({ DesiredCount: 1 }));
  await expect(creation).rejects.toThrow(
    /does not start: 3 tasks failed; task \w{8} stopped: .*exited with 1\): Error: Cannot find module 'no-such-module'/,
  );
});

test('the label wins over the image, also over one that comes from a registry', async () => {
  world = fixture();
  const DockerLabels = {
    'greenlight.rehearsal.command': JSON.stringify([
      'node',
      join(__dirname, '../../../../examples/service/src/server.js'),
    ]),
  };
  await cluster();
  await world.create('AWS::ECS::TaskDefinition', 'Task', taskDefinition({}, { Image: 'nginx:1', DockerLabels }));
  await world.create('AWS::ECS::Service', 'Service', service({ DesiredCount: 1 }));
  expect(stopped()).toEqual([]);
});

test('under CODE_DEPLOY CloudFormation cannot update the service, but its API takes a desired count', async () => {
  world = fixture();
  const current = { attributes: {}, ...(await createService({}, { DesiredCount: 1 })) };
  const type = world.ecs.resourceTypes!['AWS::ECS::Service']!;
  const request = { stackName: 'S', stackId: 's', logicalId: 'Service', signal: new AbortController().signal, current };
  const previous = service({ DesiredCount: 1 });
  const update = async (properties: object) => type.update!({ ...request, properties, previous });
  await expect(update(service({ DesiredCount: 3 }))).rejects.toThrow(
    'Invalid request provided: UpdateService error: Unable to update task definition on services with a CODE_DEPLOY ' +
      'deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
  );
  await expect(update(service({ DesiredCount: 1, Tags: [{ Key: 'a', Value: 'b' }] }))).resolves.toBe(current);
  await expect(
    world.call('UpdateService', { cluster: 'main', service: 'web', networkConfiguration: {} }),
  ).rejects.toThrow('Unable to update network parameters');
  await world.call('UpdateService', { cluster: 'main', service: 'web', desiredCount: 2 });
  await eventually(async () => (await describe1()).taskSets[0]!.runningCount === 2);
});

test('a rolling service replaces its tasks without a gap and is deleted when they are gone', async () => {
  world = fixture();
  const rolling = { DeploymentController: undefined };
  const current = { attributes: {}, ...(await createService({}, rolling)) };
  const next = await world.create('AWS::ECS::TaskDefinition', 'Task2', taskDefinition({ VERSION: 'v2' }));
  const type = world.ecs.resourceTypes!['AWS::ECS::Service']!;
  const request = { stackName: 'S', stackId: 's', logicalId: 'Service', signal: new AbortController().signal, current };
  const properties = service({ ...rolling, TaskDefinition: next.physicalId });
  await type.update!({ ...request, properties, previous: service(rolling) });
  expect(await Promise.all(localPorts().map(isAlive))).toEqual(['v2', 'v2']);
  expect((await describe1()).deployments).toMatchObject([{ status: 'PRIMARY', runningCount: 2 }]);
  const ports = localPorts();
  await type.delete!({ ...request, properties });
  expect((await describe1()).status).toBe('INACTIVE');
  expect(await Promise.all(ports.map(isAlive))).toEqual([undefined, undefined]);
});

test('stop() leaves no process, and may be called twice', async () => {
  world = fixture();
  await createService();
  const ports = localPorts();
  await world.ecs.stop();
  expect(await Promise.all(ports.map(isAlive))).toEqual([undefined, undefined]);
  await world.ecs.stop();
});

test('stop() ends a creation that still waits', async () => {
  world = fixture();
  const creation = createService({ FAULT_NEVER_HEALTHY: 'true' });
  const refused = expect(creation).rejects.toThrow('the rehearsal ends');
  await eventually(() => events('task-running').length > 0);
  await world.ecs.stop();
  await refused;
});
