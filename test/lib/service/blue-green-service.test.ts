import { readdirSync } from 'node:fs';
import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { REHEARSAL_COMMAND_LABEL as KNOWN_LABEL } from '../../../rehearsal/images';
import { type BlueGreenServiceProps, ServiceTask, SmokeSuite } from '../../../lib';
import { REHEARSAL_COMMAND_LABEL } from '../../../lib/service/service-task';
import { temporaryDirectory } from '../../support/temporary';
import { imageTask, flat, newStack, ofType, type Resource, serviceIn, statements, templateOf } from '../support';
import { nonEmpty } from '../../support/non-empty';

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Actions that the service authorization reference lists without a resource type. */
const WITHOUT_RESOURCE_LEVEL = [
  // Limited by its cluster.
  'ecs:ListTasks',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ecr:GetAuthorizationToken',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
];

test('no role may do everything, and `*` resources go with actions that know no other', () => {
  const stack = newStack();
  serviceIn(stack);
  const found = statements(stack);
  expect(found.length).toBeGreaterThan(15);
  for (const { Action, Resource: resource } of nonEmpty(found)) {
    for (const action of nonEmpty(list(Action))) {
      expect(action).not.toContain('*');
      if (list(resource).includes('*')) expect(WITHOUT_RESOURCE_LEVEL).toContain(action);
    }
  }
  // The role of the CDK's own function that empties a VPC's default security group is the CDK's.
  const own = ofType(stack, 'AWS::IAM::Role').filter(([id]) => !id.startsWith('CustomVpcRestrictDefaultSG'));
  expect(own.length).toBeGreaterThan(5);
  for (const [, role] of nonEmpty(own)) expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
});

test('wildcards within a resource are just the known ones', () => {
  const stack = newStack();
  serviceIn(stack);
  const wild = statements(stack)
    .flatMap((statement) => list(statement.Resource).map(flat))
    .filter((resource) => resource !== '*' && resource.includes('*'))
    .map((resource) => resource.replace(/<AWS::\w+>|<\w+(\.\w+)?>|\{"Fn::Select".*?\]\}\]\}/g, '~'));
  expect([...new Set(wild)].sort()).toEqual([
    'arn:~:application-autoscaling:~:~:scalable-target/*',
    'arn:~:cloudwatch:~:~:alarm:*',
    'arn:~:ec2:~:~:*/*',
    'arn:~:ecs:~:~:task-set/~/~/*',
    'arn:~:ecs:~:~:task/~/*',
    'arn:~:logs:~:~:log-group:~:*',
    'arn:~:states:~:~:execution:Test-GreenlightRelease-469B622D-waiter:*',
    '~:listener-rule/~/*',
  ]);
});

test("CodeDeploy's role touches this service, these listeners, these hooks and the tasks' roles", () => {
  const stack = newStack();
  serviceIn(stack);
  const own = statements(stack).filter(({ holder }) => holder.startsWith('WebCodeDeploy'));
  const on = (action: string) =>
    own.filter((each) => list(each.Action).includes(action)).flatMap((each) => list(each.Resource).map(flat));
  expect(on('ecs:CreateTaskSet')).toEqual([
    expect.stringMatching(/:task-set\//),
    expect.stringMatching(/^<WebService/),
  ]);
  expect(on('ecs:UpdateServicePrimaryTaskSet')).toEqual([expect.stringMatching(/^<WebService/)]);
  expect(on('elasticloadbalancing:ModifyListener')).toEqual([
    expect.stringMatching(/^<WebTwinsProductionListener/),
    expect.stringMatching(/^<WebTwinsTestListener/),
  ]);
  expect(on('lambda:InvokeFunction')).toEqual([
    expect.stringMatching(/^<WebGateAfterAllowTestTraffic/),
    expect.stringMatching(/^<WebGateAfterAllowTraffic/),
    expect.stringMatching(/^<WebGateBeforeInstall/),
  ]);
  expect(own.find((each) => each.Action === 'iam:PassRole')).toMatchObject({
    Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
});

test('the service names only the family, has no desired count, and waits for its listeners', () => {
  const stack = newStack();
  serviceIn(stack, { desiredCount: 3 });
  const [, service] = ofType(stack, 'AWS::ECS::Service')[0] ?? [];
  expect(service?.Properties).toMatchObject({
    DeploymentController: { Type: 'CODE_DEPLOY' },
    TaskDefinition: expect.stringMatching(/^TestWebTaskDefinition\w+$/) as string,
    HealthCheckGracePeriodSeconds: 60,
  });
  expect(service?.Properties).not.toHaveProperty('DesiredCount');
  const waits = service?.DependsOn ?? [];
  for (const id of [
    'WebTwinsProductionListener',
    'WebTwinsTestListener',
    'WebTaskSecurityGroup',
    'WebTwinsLoadBalancerSecurityGrouptoTestWebTaskSecurityGroup',
    'WebVpcPrivateSubnet1DefaultRoute',
  ]) {
    expect(waits.filter((each) => each.startsWith(id))).not.toEqual([]);
  }
  Template.fromStack(stack).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
    MinCapacity: 3,
    MaxCapacity: 3,
  });
});

test('two versions differ in task definition, release, suite and nothing else', () => {
  const version = (name: string): Record<string, Resource> => {
    const stack = newStack();
    const suite = SmokeSuite.of({ name: 'version', path: '/version', expect: { bodyContains: name } });
    serviceIn(stack, {
      task: ServiceTask.fromImage(ContainerImage.fromRegistry(`example/web:${name}`), {
        containerPort: 8080,
        environment: { VERSION: name },
      }),
      suite,
    });
    return templateOf(stack).Resources;
  };
  const one = version('1');
  const two = version('2');
  expect(Object.keys(two)).toEqual(Object.keys(one));
  const changed = Object.keys(one).filter((id) => JSON.stringify(one[id]) !== JSON.stringify(two[id]));
  expect(changed.map((id) => one[id]?.Type)).toEqual([
    'AWS::ECS::TaskDefinition',
    'AWS::Lambda::Function',
    'AWS::Lambda::Function',
    'AWS::Lambda::Function',
  ]);
});

test('the deployment group bakes, rolls back on everything, and uses both listeners', () => {
  const stack = newStack();
  serviceIn(stack, { bakeTime: Duration.minutes(30) });
  Template.fromStack(stack).hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
    AutoRollbackConfiguration: {
      Enabled: true,
      Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
    },
    BlueGreenDeploymentConfiguration: {
      TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: 30 },
    },
    LoadBalancerInfo: {
      TargetGroupPairInfoList: [
        {
          ProdTrafficRoute: { ListenerArns: [{ Ref: Match.stringLikeRegexp('ProductionListener') }] },
          TestTrafficRoute: { ListenerArns: [{ Ref: Match.stringLikeRegexp('TestListener') }] },
        },
      ],
    },
  });
});

test('only the load balancer reaches tasks', () => {
  const stack = newStack();
  serviceIn(stack);
  const template = Template.fromStack(stack);
  const rule = { FromPort: 8080, ToPort: 8080, IpProtocol: 'tcp' };
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    GroupDescription: 'Tasks of a blue/green service',
    SecurityGroupIngress: [
      Match.objectLike({
        ...rule,
        SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('LoadBalancerSecurityGroup'), 'GroupId'] },
      }),
    ],
  });
  template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
    ...rule,
    GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('LoadBalancerSecurityGroup'), 'GroupId'] },
  });
});

test('the rehearsal command is a label that the rehearsal reads', () => {
  expect(REHEARSAL_COMMAND_LABEL).toBe(KNOWN_LABEL);
  const stack = newStack();
  serviceIn(stack, { task: imageTask({ rehearsalCommand: ['node', 'server.js'] }) });
  Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [
      Match.objectLike({ DockerLabels: { 'greenlight.rehearsal.command': '["node","server.js"]' } }),
    ],
  });
});

test('takes a VPC, a cluster and a task definition of the caller', () => {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Network');
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', {
    image: ContainerImage.fromRegistry('example/web:1'),
    portMappings: [{ containerPort: 3000 }],
  });
  const web = serviceIn(stack, {
    task: ServiceTask.fromTaskDefinition(taskDefinition),
    cluster,
  });
  expect(web.vpc).toBe(vpc);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::EC2::VPC', 1);
  template.resourceCountIs('AWS::ECS::Cluster', 1);
  template.hasResourceProperties('AWS::ECS::Service', {
    LoadBalancers: [Match.objectLike({ ContainerName: 'web', ContainerPort: 3000 })],
  });
});

test.each<[string, (stack: Stack) => Partial<BlueGreenServiceProps>, RegExp]>([
  ['task missing', () => ({ task: undefined }), /Test\/Web: task is missing: set it to ServiceTask.fromImage/],
  [
    'port',
    () => ({ task: imageTask({ containerPort: 0 }) }),
    /containerPort 0: must be a whole number from 1 to 65535/,
  ],
  ['count', () => ({ desiredCount: 0 }), /desiredCount 0/],
  [
    'maximum below desired',
    () => ({ desiredCount: 4, maxCapacity: 3 }),
    /maxCapacity 3: must be a whole number from 4/,
  ],
  ['bake', () => ({ bakeTime: Duration.seconds(90) }), /bakeTime 1.5 min: must be whole minutes/],
  ['bake too long', () => ({ bakeTime: Duration.days(3) }), /bakeTime 4320 min/],
  [
    'two VPCs',
    (stack) => ({ vpc: new Vpc(stack, 'A'), cluster: new Cluster(stack, 'C', { vpc: new Vpc(stack, 'B') }) }),
    /vpc and cluster: the cluster is in another VPC: leave vpc out/,
  ],
  [
    'no container',
    (stack) => ({ task: ServiceTask.fromTaskDefinition(new FargateTaskDefinition(stack, 'T')) }),
    /has no container: call addContainer/,
  ],
])('refuses bad input: %s', (_name, props, message) => {
  const stack = newStack();
  expect(() => serviceIn(stack, props(stack))).toThrow(message);
});

test('synthesis leaves nothing behind in the temporary directory', () => {
  // One of its own: other tests synthesize at the same time.
  const { TMPDIR } = process.env;
  const folder = temporaryDirectory('synthesis');
  process.env.TMPDIR = folder;
  try {
    const stack = newStack();
    const before = readdirSync(folder);
    serviceIn(stack);
    expect(readdirSync(folder)).toEqual(before);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
});
