import { Duration, Stack, Tags } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  type CfnService,
  Cluster,
  ContainerImage,
  DeploymentStrategy,
  FargateService,
  FargateTaskDefinition,
  LogDriver,
} from 'aws-cdk-lib/aws-ecs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { DeploymentFollower, type DeploymentFollowerProps, ReleaseAlarms } from '../../../lib';
import { flat, newStack, ofType, type Resource, serviceIn, statements, templateOf, newApp } from '../support';

/** A service that ECS deploys, of the CDK's own constructs. */
function plainService(stack: Stack) {
  const cluster = new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc') });
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('app', {
    image: ContainerImage.fromRegistry('example/web:1'),
    logging: LogDriver.awsLogs({ streamPrefix: 'web' }),
  });
  return new FargateService(stack, 'Service', {
    cluster,
    taskDefinition,
    desiredCount: 2,
    minHealthyPercent: 100,
    deploymentStrategy: DeploymentStrategy.BLUE_GREEN,
    bakeTime: Duration.minutes(1),
  });
}

function followerIn(stack: Stack, props: Partial<DeploymentFollowerProps> = {}): Resource {
  new DeploymentFollower(stack, 'Follower', { service: plainService(stack), serviceName: 'web', ...props });
  return resourceIn(stack);
}

function resourceIn(stack: Stack): Resource {
  const [, resource] = ofType(stack, 'Custom::GreenlightDeploymentFollower')[0] ?? [];
  if (!resource) throw new Error('no follower');
  return resource;
}

const serviceId = (stack: Stack) => ofType(stack, 'AWS::ECS::Service')[0]?.[0] ?? '';

/** Logical ids that a resource, or what it waits for, refers to. */
function waitsFor(stack: Stack, from: string): ReadonlySet<string> {
  const { Resources } = templateOf(stack);
  const found = new Set<string>();
  const visit = (id: string) => {
    const resource = Resources[id];
    if (!resource || found.has(id)) return;
    found.add(id);
    for (const next of [...(resource.DependsOn ?? []), ...referencesOf(resource.Properties)]) visit(next);
  };
  visit(from);
  found.delete(from);
  return found;
}

function referencesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: string[] };
  if (Ref !== undefined) return [Ref];
  if (attribute) return attribute.slice(0, 1);
  return Object.values(value).flatMap(referencesOf);
}

test('service and follower do not wait for each other, and the follower waits for what the service waits for', () => {
  const stack = newStack();
  const service = plainService(stack);
  new DeploymentFollower(stack, 'Follower', { service });
  // Also what comes after the follower.
  service.node.addDependency(new Bucket(stack, 'Assets'));
  const [[follower = ''] = []] = ofType(stack, 'Custom::GreenlightDeploymentFollower');
  const [followerWaits, serviceWaits] = [waitsFor(stack, follower), waitsFor(stack, serviceId(stack))];
  expect(followerWaits).not.toContain(serviceId(stack));
  expect(serviceWaits).not.toContain(follower);
  expect([...serviceWaits].filter((id) => !followerWaits.has(id))).toEqual([]);
  expect([...serviceWaits].filter((id) => id.startsWith('Assets'))).toHaveLength(1);
});

test('what starts a deployment is in its properties, and what does not is not', () => {
  const stack = newStack();
  const service = plainService(stack);
  new DeploymentFollower(stack, 'Follower', { service });
  (service.node.defaultChild as CfnService).addPropertyOverride('PlatformVersion', '1.4.0');
  Tags.of(service).add('owner', 'shop');
  const { Properties } = resourceIn(stack);
  expect(Properties).toMatchObject({ ServiceLogicalId: serviceId(stack), TimeoutSeconds: '3480' });
  expect(Properties).toMatchObject({ ServiceName: 'Test', ServiceTimeout: '3600' });
  const deployed = Properties.Deployed as unknown as Record<string, unknown>;
  expect(flat(deployed.TaskDefinition)).toMatch(/^<Task\w+>$/);
  expect(deployed).toMatchObject({ PlatformVersion: '1.4.0', NetworkConfiguration: {} });
  expect(Object.keys(deployed).filter((name) => /Tags|DesiredCount|DeploymentConfiguration/.test(name))).toEqual([]);
});

test('the function may read the deployments and tasks of the cluster, and nothing of CodeDeploy', () => {
  const stack = newStack();
  followerIn(stack);
  const granted = statements(stack).filter(({ holder }) => holder.startsWith('GreenlightReleaseRole'));
  const resourcesOf = (action: string) =>
    granted.filter(({ Action }) => [Action].flat().includes(action)).map(({ Resource }) => [Resource].flat().map(flat));
  const place = 'arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:';
  const cluster = /<Cluster\w+>/.exec(flat(resourcesOf('ecs:ListServiceDeployments')[0]?.[0]))?.[0] ?? 'none';
  expect(resourcesOf('ecs:ListServiceDeployments')).toEqual([[`${place}service/${cluster}/*`]]);
  expect(resourcesOf('ecs:DescribeServiceDeployments')).toEqual([[`${place}service-deployment/${cluster}/*`]]);
  expect(resourcesOf('ecs:DescribeTasks')).toEqual([[`${place}task/${cluster}/*`]]);
  expect(resourcesOf('cloudformation:DescribeStackResource')).toEqual([['<AWS::StackId>']]);
  expect(resourcesOf('logs:FilterLogEvents')).toHaveLength(1);
  expect(granted.flatMap(({ Action }) => Action).filter((action) => /codedeploy|alarm/i.test(action))).toEqual([]);
});

test('a gate adds its log groups, each once, and alarms their names and histories', () => {
  const stack = newStack();
  const { gate, alarms } = serviceIn(stack);
  const { Properties } = followerIn(stack, { gate, alarms });
  const groups = (Properties.GateLogGroups as unknown as unknown[]).map(flat);
  expect(groups).toEqual([expect.stringMatching(/^<GreenlightGateLogs\w+>$/)]);
  expect((Properties.AlarmNames as unknown as unknown[]).map(flat)).toHaveLength(alarms.alarms.length);
  expect(Properties.TaskLogs).toMatchObject({ StreamPrefix: 'web', ContainerName: 'app' });
});

test('a stack has one function and one waiter for releases and followers', () => {
  const stack = newStack();
  const { gate } = serviceIn(stack);
  followerIn(stack, { gate });
  const waiters = ofType(stack, 'AWS::StepFunctions::StateMachine');
  expect(waiters).toHaveLength(1);
  const tokens = ['Custom::GreenlightDeploymentFollower', 'Custom::GreenlightEcsRelease'].map((type) =>
    flat(ofType(stack, type)[0]?.[1].Properties.ServiceToken),
  );
  expect(tokens[0]).toBe(tokens[1]);
});

test('a service of another stack is refused', () => {
  const app = newApp();
  const service = plainService(new Stack(app, 'Services'));
  expect(() => new DeploymentFollower(new Stack(app, 'Other'), 'Follower', { service })).toThrow(
    'Other/Follower: service Services/Service is in stack Services: create the follower in that stack',
  );
});

test('an alarm of another Region is refused: its history would be searched here', () => {
  const env = { region: 'eu-west-1', account: '111111111111' };
  const stack = new Stack(newApp(), 'Test', { env });
  const elsewhere = Alarm.fromAlarmArn(stack, 'Elsewhere', 'arn:aws:cloudwatch:us-east-1:111111111111:alarm:errors');
  const alarms = ReleaseAlarms.fromAlarms(stack, 'Alarms', [elsewhere]);
  expect(() => followerIn(stack, { alarms })).toThrow(
    'Test/Follower: alarms: alarm Test/Elsewhere is in 111111111111/us-east-1 and the release in 111111111111/eu-west-1',
  );
});
