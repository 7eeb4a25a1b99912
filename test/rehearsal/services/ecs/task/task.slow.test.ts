import { join } from 'node:path';
import { type Fixture, fixture, GROUP, service, taskDefinition } from '../../../../support/rehearsal/ecs';
import { serviceIn } from '../../../../support/rehearsal/ecs-service';
import { eventually } from '../../../../support/until';

let world: Fixture;
afterEach(() => world.ecs.stop());

const { cluster, createService, describeService, events, idsOf, localPorts, stopped, versionAt } = serviceIn(
  () => world,
);

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
  expect((await describeService()).taskSets[0]!.stabilityStatus).toBe('STABILIZING');
  giveUp.abort(new Error('given up'));
  await refused;
});

test('a slow start within the grace period is waited for', async () => {
  world = fixture();
  await createService({ FAULT_SLOW_START_MS: '1200' }, { DesiredCount: 1, HealthCheckGracePeriodSeconds: 600 });
  expect(stopped()).toEqual([]);
  expect(await Promise.all(localPorts().map(versionAt))).toEqual(['v1']);
});

test('the label wins over the image, also over one that comes from a registry', async () => {
  world = fixture();
  const DockerLabels = {
    'greenlight.rehearsal.command': JSON.stringify([
      'node',
      join(__dirname, '../../../../../examples/service/src/server.js'),
    ]),
  };
  await cluster();
  await world.create('AWS::ECS::TaskDefinition', 'Task', taskDefinition({}, { Image: 'nginx:1', DockerLabels }));
  await world.create('AWS::ECS::Service', 'Service', service({ DesiredCount: 1 }));
  expect(stopped()).toEqual([]);
});
