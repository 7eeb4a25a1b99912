import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FargatePlatformVersion } from 'aws-cdk-lib/aws-ecs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ReleaseEnvironment } from '../../../lambda/release/types';
import { BlueGreenService, EcsRelease, ServiceTask, TrafficShift } from '../../../lib';
import { FLAGS, flat, newStack, ofType, serviceIn, statements, templateOf, newApp } from '../support';

interface AppSpec {
  readonly version: string;
  readonly Resources: { TargetService: { Type: string; Properties: Record<string, unknown> } }[];
  readonly Hooks: Record<string, string>[];
}

function release(stack = newStack()) {
  serviceIn(stack);
  const [, resource] = ofType(stack, 'Custom::GreenlightEcsRelease')[0] ?? [];
  if (!resource) throw new Error('no release');
  return { stack, resource, properties: resource.Properties as Record<string, unknown> };
}

test('the AppSpec carries everything that ships, and names the hooks', () => {
  const { properties } = release();
  const spec = JSON.parse(flat(properties.AppSpec)) as AppSpec;
  expect(spec.version).toBe('0.0');
  expect(spec.Resources).toHaveLength(1);
  expect(spec.Resources[0]?.TargetService).toEqual({
    Type: 'AWS::ECS::Service',
    Properties: {
      TaskDefinition: expect.stringMatching(/^<WebTaskDefinition\w+>$/) as string,
      LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 8080 },
      PlatformVersion: 'LATEST',
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          Subnets: [expect.stringContaining('PrivateSubnet1'), expect.stringContaining('PrivateSubnet2')],
          SecurityGroups: [expect.stringMatching(/^<WebTaskSecurityGroup\w+\.GroupId>$/)],
          AssignPublicIp: 'DISABLED',
        },
      },
    },
  });
  expect(spec.Hooks).toEqual([
    { BeforeInstall: expect.stringMatching(/^<WebGateBeforeInstall\w+>$/) as string },
    { AfterAllowTestTraffic: expect.stringMatching(/^<WebGateAfterAllowTestTraffic\w+>$/) as string },
    { AfterAllowTraffic: expect.stringMatching(/^<WebGateAfterAllowTraffic\w+>$/) as string },
  ]);
});

test('the properties are those that the function reads', () => {
  const { properties } = release();
  expect(Object.keys(properties).sort()).toEqual(
    [
      'ServiceToken',
      'ServiceTimeout',
      'ServiceName',
      'ApplicationName',
      'DeploymentGroupName',
      'DeploymentConfigName',
      'ClusterName',
      'EcsServiceName',
      'AppSpec',
      'TaskDefinition',
      'GateLogGroups',
      'AlarmNames',
      'TimeoutSeconds',
      'StartTimeoutSeconds',
      'TaskLogs',
    ].sort(),
  );
  expect(properties).toMatchObject({
    ServiceName: 'Web',
    DeploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
    EcsServiceName: { 'Fn::GetAtt': [expect.stringMatching(/^WebService/), 'Name'] },
    TimeoutSeconds: '3480',
    StartTimeoutSeconds: '600',
    TaskLogs: { StreamPrefix: 'app', ContainerName: 'app' },
    GateLogGroups: { AfterAllowTestTraffic: {}, AfterAllowTraffic: {} },
  });
  expect(properties.AlarmNames).toHaveLength(8);
});

test('a release waits for all that it needs, policies included', () => {
  const { stack, resource } = release();
  const needed = Object.entries(templateOf(stack).Resources)
    .filter(
      ([id]) =>
        !/Vpc|Cluster|CDKMetadata|TaskDefinition|^WebLogs|WebExecutionRole|LiveRoute|GreenlightDashboard|GateLogs/.test(
          id,
        ),
    )
    .filter(([, each]) => each.Type !== 'Custom::GreenlightEcsRelease' && each.Type !== 'AWS::CodeDeploy::Application')
    .map(([id]) => id);
  // The tasks' security group comes with the service, and the gate's log with its functions.
  const waits = new Set(resource.DependsOn);
  expect(needed.filter((id) => !waits.has(id) && !id.startsWith('WebTaskSecurityGroup'))).toEqual([]);
});

test('nothing in the template depends on itself', () => {
  const { Resources } = templateOf(release().stack);
  const references = (value: unknown): string[] => {
    if (Array.isArray(value)) return value.flatMap(references);
    if (typeof value !== 'object' || value === null) return [];
    const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: string[] };
    return [Ref, attribute?.[0], ...Object.values(value).flatMap(references)].filter((id) => id !== undefined);
  };
  const edges = new Map(
    Object.entries(Resources).map(([id, each]) => [id, [...references(each.Properties), ...(each.DependsOn ?? [])]]),
  );
  const done = new Set<string>();
  const visit = (id: string, path: string[]): void => {
    if (path.includes(id)) throw new Error([...path, id].join(' -> '));
    if (done.has(id)) return;
    for (const next of edges.get(id) ?? []) visit(next, [...path, id]);
    done.add(id);
  };
  for (const id of edges.keys()) visit(id, []);
  expect(done.size).toBeGreaterThanOrEqual(edges.size);
});

test('the waiter calls Step Functions’ integration of its own partition', () => {
  const stack = newStack();
  serviceIn(stack);
  const [, waiter] = ofType(stack, 'AWS::StepFunctions::StateMachine')[0] ?? [];
  expect(flat(waiter?.Properties.DefinitionString)).toContain(
    '"Resource":"arn:<AWS::Partition>:states:::lambda:invoke"',
  );
});

test('nothing in the template names a partition, a region or an account', () => {
  const stack = newStack();
  serviceIn(stack, {});
  const text = JSON.stringify(templateOf(stack).Resources);
  expect(text.match(/arn:aws(-[a-z-]+)?:[^"]{0,60}/g) ?? []).toEqual([]);
});

test('one function and one waiter per stack, however many services ship', () => {
  const stack = newStack();
  const first = serviceIn(stack);
  new BlueGreenService(stack, 'Api', {
    task: ServiceTask.fromTaskDefinition(first.taskDefinition),
    cluster: first.cluster,
  });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  template.resourceCountIs('Custom::GreenlightEcsRelease', 2);
  const names = ofType(stack, 'AWS::Lambda::Function').filter(([id]) => id.startsWith('GreenlightRelease'));
  expect(names).toHaveLength(1);
});

test("each release has a policy of its own on the function's role, which CloudFormation deletes after the release", () => {
  const stack = newStack();
  const first = serviceIn(stack);
  new BlueGreenService(stack, 'Api', {
    task: ServiceTask.fromTaskDefinition(first.taskDefinition),
    cluster: first.cluster,
  });
  const policies = ofType(stack, 'AWS::IAM::Policy').filter(([id]) => id.startsWith('GreenlightReleaseRole'));
  const releases = ofType(stack, 'Custom::GreenlightEcsRelease');
  for (const name of ['Web', 'Api']) {
    const own = policies.filter(([, { Properties }]) => JSON.stringify(Properties).includes(`${name}DeploymentGroup`));
    expect(own.map(([id]) => id)).toEqual([expect.stringMatching(`^GreenlightReleaseRole${name}Release`)]);
    const [, release] = releases.find(([id]) => id.startsWith(`${name}Release`)) ?? [];
    expect((release as { DependsOn?: string[] } | undefined)?.DependsOn).toContain(own[0]?.[0]);
  }
});

test('the waiter has the name that the function was given, calls only the function, and repeats until done', () => {
  const { stack } = release();
  const machine = ofType(stack, 'AWS::StepFunctions::StateMachine')[0]?.[1].Properties as unknown as Record<
    string,
    object
  >;
  const name = machine.StateMachineName as unknown as string;
  expect(name.length).toBeLessThanOrEqual(80);
  const release_ = ofType(stack, 'AWS::Lambda::Function').find(([id]) => id.startsWith('GreenlightRelease'))?.[1];
  const { Variables } = release_?.Properties.Environment as unknown as { Variables: Record<string, unknown> };
  expect(flat(Variables[ReleaseEnvironment.waiterArn])).toMatch(new RegExp(`:stateMachine:${name}$`));
  const definition = JSON.parse(flat(machine.DefinitionString)) as { States: Record<string, object> };
  expect(definition.States).toMatchObject({
    Wait: { Type: 'Wait', SecondsPath: '$.pollAgainSeconds', Next: 'Ask' },
    Ask: {
      Parameters: { FunctionName: expect.stringMatching(/^<GreenlightReleaseFunction\w+\.Arn>$/) as string },
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Wait' }],
    },
    'Done?': { Choices: [{ Variable: '$.done', BooleanEquals: true, Next: 'Done' }], Default: 'Wait' },
  });
  expect(statements(stack).filter(({ holder }) => holder.startsWith('GreenlightReleaseWaiterRole'))).toEqual([
    expect.objectContaining({
      Action: 'lambda:InvokeFunction',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^GreenlightReleaseFunction/), 'Arn'] },
    }),
  ]);
});

test('a shift that does not fit into the hour is refused with the sum', () => {
  const trafficShift = TrafficShift.linear({ percent: 10, interval: Duration.minutes(6) });
  expect(() => serviceIn(newStack(), { trafficShift })).toThrow(
    /start of the green tasks 10 min, shift of 10 % every 6 min 54 min, hook BeforeInstall 1 min, hook AfterAllowTestTraffic 5 min, hook AfterAllowTraffic 5 min: together 75 min; .* 60 min at most: shift faster/,
  );
});

test('works without a gate, and repeats a capacity provider strategy', () => {
  const stack = newStack();
  const web = serviceIn(stack);
  const second = new EcsRelease(stack, 'Second', {
    deploymentGroup: web.deploymentGroup,
    service: web.service,
    taskDefinition: web.taskDefinition,
    containerName: 'app',
    containerPort: 8080,
    subnets: web.vpc.publicSubnets,
    securityGroups: [],
    assignPublicIp: true,
    platformVersion: FargatePlatformVersion.VERSION1_4,
    capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  });
  const properties = stack.resolve(
    (second.resource.node.defaultChild as unknown as { _cfnProperties: { AppSpec: unknown } })._cfnProperties.AppSpec,
  ) as unknown;
  const spec = JSON.parse(flat(properties)) as AppSpec;
  expect(spec.Hooks).toEqual([]);
  expect(spec.Resources[0]?.TargetService.Properties).toMatchObject({
    PlatformVersion: '1.4.0',
    CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 1 }],
    NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED' } },
  });
});

test('an approval counts in the hour, makes the deployment wait, and says how to continue', () => {
  const stack = newStack();
  const topic = new Topic(stack, 'Approvers');
  serviceIn(stack, { approval: { timeout: Duration.minutes(15), topic } });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
    BlueGreenDeploymentConfiguration: {
      DeploymentReadyOption: { ActionOnTimeout: 'STOP_DEPLOYMENT', WaitTimeInMinutes: 15 },
    },
  });
  const [, rule] = ofType(stack, 'AWS::Events::Rule')[0] ?? [];
  expect(rule?.Properties).toMatchObject({
    EventPattern: { source: ['aws.codedeploy'], detail: { state: ['READY'] } },
  });
  expect(JSON.stringify(rule?.Properties)).toMatch(/continue-deployment .*READY_WAIT.*stop-deployment/);
  expect(() => serviceIn(newStack(), { approval: { timeout: Duration.minutes(45) } })).toThrow(
    /approval 45 min.*together/,
  );
  expect(() => serviceIn(newStack(), { approval: { timeout: Duration.seconds(90) } })).toThrow(
    /approval.timeout 1.5 min: must be whole minutes from 1 min to 50 min/,
  );
});

test('break-glass comes from the context, needs a reason, and widens the role only for alarms', () => {
  const withContext = (context: Record<string, string>) => {
    const stack = new Stack(newApp({ ...FLAGS, ...context }), 'Test');
    serviceIn(stack);
    const [, resource] = ofType(stack, 'Custom::GreenlightEcsRelease')[0] ?? [];
    return { BreakGlass: resource?.Properties.BreakGlass as unknown, text: JSON.stringify(templateOf(stack)) };
  };
  const reason = { 'greenlight:breakGlass': 'fix of the outage' };
  const alarms = withContext(reason);
  expect(alarms.BreakGlass).toEqual({ Reason: 'fix of the outage', Allow: ['alarms'] });
  expect(alarms.text).toContain('codedeploy:UpdateDeploymentGroup');
  const smoke = withContext({ ...reason, 'greenlight:breakGlassAllow': 'smoke' });
  expect(smoke.BreakGlass).toEqual({ Reason: 'fix of the outage', Allow: ['smoke'] });
  expect(smoke.text).not.toContain('codedeploy:UpdateDeploymentGroup');
  const none = withContext({});
  expect(none.BreakGlass).toBeUndefined();
  expect(none.text).not.toContain('codedeploy:UpdateDeploymentGroup');
  expect(() => withContext({ 'greenlight:breakGlass': 'now' })).toThrow(/reason "now": must have 10 to 150 characters/);
  expect(() => withContext({ ...reason, 'greenlight:breakGlassAllow': 'all' })).toThrow(/must be alarms, smoke or/);
  expect(() => withContext({ 'greenlight:breakGlassAllow': 'smoke' })).toThrow(/without a reason/);
});
