import {
  EXECUTION_ROLE,
  type Fixture,
  fixture,
  IMAGE,
  SECRET,
  service,
  taskDefinition,
} from '../../../support/rehearsal/ecs';
import { serviceIn } from '../../../support/rehearsal/ecs-service';

let world: Fixture;
afterEach(() => world.ecs.stop());

const { cluster, describeService, events, stopped, withInit } = serviceIn(() => world);

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
  expect((await describeService()).events.map((each) => each.message).join()).toContain(
    'unable to consistently start tasks',
  );
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
