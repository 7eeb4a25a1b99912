import { type Fixture, fixture, service, taskDefinition } from '../../../support/rehearsal/ecs';
import { serviceIn, type TaskSetShape } from '../../../support/rehearsal/ecs-service';
import { nonEmpty } from '../../../support/non-empty';
import { eventually } from '../../../support/until';

let world: Fixture;
afterEach(() => world.ecs.stop());

const { createService, describeService, events, greenSet, localPorts, versionAt } = serviceIn(() => world);

test('a service is created once its tasks run and are healthy, with a primary task set', async () => {
  world = fixture();
  const { physicalId } = await createService();
  expect(physicalId).toBe('arn:aws:ecs:us-east-1:111111111111:service/main/web');
  const described = await describeService();
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
  expect(await Promise.all(localPorts().map(versionAt))).toEqual(['v1', 'v1']);
});

test('a green task set runs next to blue, becomes primary, and blue drains before it gets a signal to stop', async () => {
  world = fixture();
  await createService();
  const green = await world.create('AWS::ECS::TaskDefinition', 'Task2', taskDefinition({ VERSION: 'v2' }));
  const { taskSet } = await world.call<{ taskSet: TaskSetShape }>('CreateTaskSet', greenSet(green.physicalId));
  expect(taskSet).toMatchObject({ status: 'ACTIVE', stabilityStatus: 'STABILIZING', externalId: 'd-1' });
  await eventually(async () => (await describeService()).taskSets[1]?.stabilityStatus === 'STEADY_STATE');
  expect((await Promise.all(localPorts().map(versionAt))).sort()).toEqual(['v1', 'v1', 'v2', 'v2']);
  const bluePorts = localPorts().slice(0, 2);

  await world.call('UpdateServicePrimaryTaskSet', { cluster: 'main', service: 'web', primaryTaskSet: taskSet.id });
  const [blue] = (await describeService()).taskSets;
  expect(blue!.status).toBe('ACTIVE');
  expect((await describeService()).taskDefinition).toBe(green.physicalId);
  await expect(world.call('DeleteTaskSet', { cluster: 'main', service: 'web', taskSet: blue!.id })).rejects.toThrow(
    'not scaled down to 0',
  );
  await world.call('DeleteTaskSet', { cluster: 'main', service: 'web', taskSet: blue!.taskSetArn, force: true });

  await eventually(
    () => world.loadBalancer.calls.filter((each) => each.operation === 'DeregisterTargets').length === 2,
  );
  expect(await Promise.all(bluePorts.map(versionAt))).toEqual(['v1', 'v1']);
  await eventually(async () => (await describeService()).taskSets.length === 1);
  expect(await Promise.all(bluePorts.map(versionAt))).toEqual([undefined, undefined]);
  expect((await Promise.all(localPorts().map(versionAt))).sort()).toEqual(['v2', 'v2']);
  for (const event of nonEmpty(events('task-stopped'))) {
    const data = event.data as { address: string; exitCodes: object; stopCode: string };
    expect(data).toMatchObject({ stopCode: 'ServiceSchedulerInitiated', exitCodes: { web: 0 } });
    const gone = world.loadBalancer.calls.find((c) => c.id === data.address && c.operation === 'DeregisterTargets');
    expect(event.atMs - gone!.atMs).toBeGreaterThanOrEqual(10_000);
  }
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
  await eventually(async () => (await describeService()).taskSets[0]!.runningCount === 2);
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
  expect(await Promise.all(localPorts().map(versionAt))).toEqual(['v2', 'v2']);
  expect((await describeService()).deployments).toMatchObject([{ status: 'PRIMARY', runningCount: 2 }]);
  const underCodeDeploy = { ...properties, DeploymentController: { Type: 'CODE_DEPLOY' } };
  await expect(
    Promise.resolve(type.update!({ ...request, properties: underCodeDeploy, previous: properties })),
  ).rejects.toThrow('Invalid request provided: Unable to update task definition on services with a CODE_DEPLOY');
  const ports = localPorts();
  await type.delete!({ ...request, properties });
  expect((await describeService()).status).toBe('INACTIVE');
  expect(await Promise.all(ports.map(versionAt))).toEqual([undefined, undefined]);
});

test('stop() leaves no process, and may be called twice', async () => {
  world = fixture();
  await createService();
  const ports = localPorts();
  await world.ecs.stop();
  expect(await Promise.all(ports.map(versionAt))).toEqual([undefined, undefined]);
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
