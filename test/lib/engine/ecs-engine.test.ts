import { Duration, type Stack } from 'aws-cdk-lib';
import type { CfnService } from 'aws-cdk-lib/aws-ecs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { BlueGreenService, ReleaseEngine, TrafficShift } from '../../../lib';
import { flat, imageTask, newStack, ofType, type Resource, serviceIn, statements, templateOf } from '../support';
import { nonEmpty } from '../../support/non-empty';
import { byEcs, configuration, only, service } from './support';

test('the service has its strategy, hooks, alarms and circuit breaker, and both groups with their rules', () => {
  const stack = byEcs({ maxFailedTasks: 4 });
  expect(service(stack).Properties).toMatchObject({ DeploymentController: { Type: 'ECS' } });
  const found = configuration(stack);
  expect(found).toMatchObject({
    Strategy: 'CANARY',
    CanaryConfiguration: { CanaryPercent: 10, CanaryBakeTimeInMinutes: 5 },
    BakeTimeInMinutes: 10,
    MaximumPercent: 200,
    MinimumHealthyPercent: 100,
    Alarms: { Enable: true, Rollback: true },
    DeploymentCircuitBreaker: {
      Enable: true,
      Rollback: true,
      ThresholdConfiguration: { Type: 'COUNT', Value: 4 },
      ResetOnHealthyTask: false,
    },
  });
  expect((found.Alarms as { AlarmNames: unknown[] }).AlarmNames).toHaveLength(8);
  const hooks = found.LifecycleHooks as { LifecycleStages: string[]; HookTargetArn: unknown }[];
  expect(hooks.map(({ LifecycleStages, HookTargetArn }) => [flat(HookTargetArn), ...LifecycleStages])).toEqual([
    [expect.stringContaining('GateBeforeInstall'), 'PRE_SCALE_UP'],
    [expect.stringContaining('GateAfterAllowTestTraffic'), 'POST_TEST_TRAFFIC_SHIFT'],
    [expect.stringContaining('GateAfterAllowTraffic'), 'POST_PRODUCTION_TRAFFIC_SHIFT'],
  ]);
  const [balancer] = service(stack).Properties.LoadBalancers as unknown as Record<string, object>[];
  expect(flat(balancer?.TargetGroupArn)).toContain('Blue');
  expect(flat(balancer?.AdvancedConfiguration)).toMatch(/Green.*ProductionRule.*TestRule.*EcsRole/);
});

test('a check before each step is a hook of the stage that comes before each step', () => {
  const found = configuration(byEcs({ gate: { stepCheck: true } })).LifecycleHooks as { LifecycleStages: string[] }[];
  expect(found.map(({ LifecycleStages }) => LifecycleStages[0])).toEqual([
    'PRE_SCALE_UP',
    'POST_TEST_TRAFFIC_SHIFT',
    'PRE_PRODUCTION_TRAFFIC_SHIFT',
    'POST_PRODUCTION_TRAFFIC_SHIFT',
  ]);
});

test.each([
  [TrafficShift.allAtOnce(), { Strategy: 'BLUE_GREEN' }],
  [
    TrafficShift.linear({ percent: 20, interval: Duration.minutes(3) }),
    { Strategy: 'LINEAR', LinearConfiguration: { StepPercent: 20, StepBakeTimeInMinutes: 3 } },
  ],
])('each traffic shift is a strategy of ECS', (trafficShift, expected) => {
  expect(configuration(byEcs({ trafficShift }))).toMatchObject(expected);
});

test('nothing of CodeDeploy is left: no resource, and no permission', () => {
  const stack = byEcs();
  const types = Object.values(templateOf(stack).Resources).map(({ Type }) => Type);
  expect(types.filter((type) => /CodeDeploy|EcsRelease/.test(type))).toEqual([]);
  const actions = statements(stack).flatMap(({ Action }) => Action);
  expect(actions.filter((action) => action.startsWith('codedeploy:'))).toEqual([]);
});

test('both rules name both target groups with the weights that are live, and the listeners forward to the live side before there are rules', () => {
  const stack = byEcs();
  const rules = ofType(stack, 'AWS::ElasticLoadBalancingV2::ListenerRule');
  expect(rules).toHaveLength(2);
  for (const [, { Properties }] of nonEmpty(rules)) {
    expect(flat(Properties.Actions)).toMatch(/Blue.*LiveRoute\w+","BlueWeight.*Green.*LiveRoute\w+","GreenWeight/);
  }
  for (const [, { Properties }] of nonEmpty(ofType(stack, 'AWS::ElasticLoadBalancingV2::Listener'))) {
    expect(flat(Properties.DefaultActions)).toMatch(/LiveRoute.*"Type":"forward"/);
  }
});

test('LiveRoute finds deployments by the service, and comes before it', () => {
  const stack = byEcs();
  const [serviceId] = ofType(stack, 'AWS::ECS::Service')[0] as [string, Resource];
  const [routeId, route] = ofType(stack, 'Custom::GreenlightLiveRoute')[0] as [string, Resource];
  expect(route.Properties.EcsService).toMatchObject({ LogicalId: serviceId });
  expect(JSON.stringify(route)).not.toContain(`"Ref":"${serviceId}"`);
  expect(service(stack).DependsOn).toContain(routeId);
});

test('ECS moves only the traffic of this service and calls only its gate, by one role that is complete before the first deployment', () => {
  const stack = byEcs();
  const role = statements(stack).filter(({ holder }) => holder.includes('EcsRole'));
  expect(role.map(({ Action, Resource: on }) => [Action, flat(on)])).toEqual([
    [expect.arrayContaining(['elasticloadbalancing:DescribeRules']), '*'],
    [
      ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
      expect.stringMatching(/Blue.*Green/),
    ],
    ['elasticloadbalancing:ModifyRule', expect.stringMatching(/ProductionRule.*TestRule/)],
    ['lambda:InvokeFunction', expect.stringMatching(/AfterAllowTestTraffic.*AfterAllowTraffic.*BeforeInstall/)],
  ]);
  const trusts = ofType(stack, 'AWS::IAM::Role').filter(([id]) => id.includes('EcsRole'));
  expect(trusts).toHaveLength(1);
  for (const [id, { Properties }] of nonEmpty(trusts)) {
    expect(flat(Properties.AssumeRolePolicyDocument)).toMatch(/ecs\.amazonaws\.com/);
    expect(flat(Properties.AssumeRolePolicyDocument)).toMatch(/aws:SourceAccount/);
    expect(service(stack).DependsOn).toContain(id);
  }
});

test('the follower of the deployment is next to the service, so that cdk deploy says why', () => {
  const stack = byEcs();
  const [serviceId] = ofType(stack, 'AWS::ECS::Service')[0] as [string, Resource];
  const [followerId, follower] = ofType(stack, 'Custom::GreenlightDeploymentFollower')[0] as [string, Resource];
  expect(follower.Properties).toMatchObject({ ServiceName: 'Web', ServiceLogicalId: serviceId });
  expect(follower.DependsOn).not.toContain(serviceId);
  expect(service(stack).DependsOn).not.toContain(followerId);
});

test('break-glass travels in the details of the hooks', () => {
  const stack = newStack();
  stack.node.setContext('greenlight:breakGlass', 'the fix for the outage');
  byEcs({}, stack);
  for (const hook of nonEmpty(configuration(stack).LifecycleHooks as object[])) {
    expect(hook).toMatchObject({
      HookDetails: { greenlightBreakGlass: { Reason: 'the fix for the outage', Allow: ['alarms'] } },
    });
  }
});

describe('an approval', () => {
  const approval = { timeout: Duration.hours(10) };
  const pattern = (stack: Stack) => only(stack, 'AWS::Events::Rule').Properties.EventPattern as unknown;

  test('is a pause before production traffic moves, which rolls back when its time is over', () => {
    const hooks = configuration(byEcs({ approval })).LifecycleHooks as { LifecycleStages: string[] }[];
    expect(hooks.at(-1)).toEqual({
      TargetType: 'PAUSE',
      LifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
      TimeoutConfiguration: { Action: 'ROLLBACK', TimeoutInMinutes: 600 },
    });
  });

  test('lets the gate of that stage continue the first version, and nothing without an approval', () => {
    const details = (stack: Stack) =>
      (configuration(stack).LifecycleHooks as { HookDetails?: unknown }[]).map(({ HookDetails }) => HookDetails);
    const continued = (stack: Stack) => statements(stack).filter(({ Action }) => /ContinueService/.test(flat(Action)));
    const stack = byEcs({ approval });
    expect(details(stack)).toEqual([undefined, { greenlightApproval: true }, undefined, undefined]);
    expect(continued(stack).map(({ holder, Resource: on }) => [holder, flat(on)])).toEqual([
      [expect.stringContaining('GateRole'), expect.stringMatching(/:service-deployment\/<WebCluster\w+>\/\*$/)],
    ]);
    const without = byEcs();
    expect(details(without)).toEqual([undefined, undefined, undefined]);
    expect(continued(without)).toEqual([]);
    expect(ofType(byEcs({ approval }), 'AWS::Events::Rule')).toEqual([]);
  });

  test('is announced with both commands by a rule for this service, which is there before the service', () => {
    const stack = newStack();
    byEcs({ approval: { ...approval, topic: new Topic(stack, 'Approvers') } }, stack);
    const [[serviceId]] = ofType(stack, 'AWS::ECS::Service') as [[string, Resource]];
    const [[ruleId, rule]] = ofType(stack, 'AWS::Events::Rule') as [[string, Resource]];
    const { detail, ...rest } = pattern(stack) as { detail: { serviceArn: [{ prefix: unknown }] } };
    expect(rest).toEqual({ source: ['aws.ecs'], 'detail-type': ['ECS Hook State Change'] });
    expect(detail).toMatchObject({
      eventName: ['HOOK_AWAITING_ACTION'],
      hookType: ['PAUSE'],
      lifecycleStage: ['POST_TEST_TRAFFIC_SHIFT'],
    });
    expect(flat(detail.serviceArn[0].prefix)).toMatch(
      new RegExp(`:service/<WebCluster\\w+>/<AWS::StackName>-${serviceId}-$`),
    );
    expect(service(stack).DependsOn).toContain(ruleId);
    expect(JSON.stringify(rule)).not.toContain(`"Ref":"${serviceId}"`);
    const [target] = rule.Properties.Targets as unknown as { InputTransformer: Record<string, unknown> }[];
    expect(target?.InputTransformer.InputPathsMap).toEqual({
      'detail-serviceDeploymentArn': '$.detail.serviceDeploymentArn',
      'detail-hookId': '$.detail.hookId',
      'detail-expiresAt': '$.detail.expiresAt',
    });
    const command = (action: string) =>
      'aws ecs continue-service-deployment --service-deployment-arn <detail-serviceDeploymentArn> --hook-id <detail-hookId> ' +
      `--action ${action} \\.`;
    expect(target?.InputTransformer.InputTemplate).toMatch(
      new RegExp(`^"Web: deployment .*To ship it: ${command('CONTINUE')} To stop it: ${command('ROLLBACK')}`),
    );
  });

  test('is announced for a service with a name of its own by that name', () => {
    const stack = newStack();
    const web = serviceIn(stack, {
      engine: ReleaseEngine.ecs(),
      approval: { ...approval, topic: new Topic(stack, 'Approvers') },
    });
    (web.service.node.defaultChild as CfnService).addPropertyOverride('ServiceName', 'shop');
    const { detail } = pattern(stack) as { detail: { serviceArn: [{ prefix: unknown }] } };
    expect(flat(detail.serviceArn[0].prefix)).toMatch(/:service\/<WebCluster\w+>\/shop$/);
  });
});

test.each(['application', 'deploymentGroup', 'release'] as const)('%s says that ECS ships', (name) => {
  const web = new BlueGreenService(newStack(), 'Web', { task: imageTask(), engine: ReleaseEngine.ecs() });
  expect(() => web[name]).toThrow(new RegExp(`Web: ${name}: ECS ships this service`));
});
