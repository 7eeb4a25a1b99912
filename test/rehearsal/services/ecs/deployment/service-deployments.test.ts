import { AwsError } from '../../../../../rehearsal/core/service';
import type { DeploymentConfiguration } from '../../../../../rehearsal/services/ecs/deployment/configuration';
import {
  BLUE,
  DeployedService,
  FUNCTION,
  GREEN,
  HOOK_ROLE,
  INFRASTRUCTURE_ROLE,
  OTHER,
  PRODUCTION_RULE,
  TEST_RULE,
} from '../../../../support/rehearsal/service-deployments';

const hooked = (stages: readonly string[], more: DeploymentConfiguration = {}): DeploymentConfiguration => ({
  strategy: 'BLUE_GREEN',
  bakeTimeInMinutes: 1,
  lifecycleHooks: [{ hookTargetArn: FUNCTION, roleArn: HOOK_ROLE, lifecycleStages: stages }],
  ...more,
});

describe('the traffic of service deployments', () => {
  test('the live side is what the production rule forwards to: releases alternate, and the first one goes to the other group', async () => {
    const web = new DeployedService();
    expect(await web.deploy('v1')).toMatchObject({ status: 'SUCCESSFUL' });
    expect([web.running(), web.production()]).toEqual([['v1 in green'], { blue: 0, green: 100 }]);
    await web.deploy('v2');
    expect([web.running(), web.production()]).toEqual([['v2 in blue'], { blue: 100, green: 0 }]);
    expect(web.calls).toContain('ModifyRule as infrastructure/ecs-service-deployment');
  });

  test('a rule that somebody put back sends the next release into the group of the version that runs', async () => {
    const web = new DeployedService();
    await web.deploy('v1');
    web.rules.set(PRODUCTION_RULE, { [BLUE]: 1, [GREEN]: 0 });
    await web.deploy('v2', 1);
    expect(web.running()).toEqual(['v1 in green', 'v2 in green']);
  });

  test('canary and linear steps reach the rule, and each revision says where it is', async () => {
    const web = new DeployedService();
    await web.deploy('v1');
    web.service.configuration = {
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 0.5, canaryBakeTimeInMinutes: 10 },
      bakeTimeInMinutes: 0,
    };
    const { arn, target } = (await web.deploy('v2', 5), web.deployments.newest(web.service)!);
    expect(web.production()).toEqual({ green: 995, blue: 5 });
    expect(web.describe(arn)).toMatchObject({
      lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
      targetServiceRevision: { requestedProductionTrafficWeight: 0.5, requestedTestTrafficWeight: 100 },
      sourceServiceRevisions: [{ requestedProductionTrafficWeight: 99.5, requestedTestTrafficWeight: 0 }],
    });
    expect(web.call('DescribeServiceRevisions', { serviceRevisionArns: [target.arn] })).toMatchObject({
      serviceRevisions: [
        {
          taskDefinition: 'v2',
          resolvedConfiguration: {
            loadBalancers: [{ targetGroupArn: BLUE, productionListenerRule: PRODUCTION_RULE }],
          },
        },
      ],
    });
    await web.clock.advance(20 * 60_000);
    expect(web.production()).toEqual({ green: 0, blue: 100 });
  });

  test('a newer deployment stops the older, gives traffic back to the good version, and then deploys', async () => {
    const web = new DeployedService(hooked(['RECONCILE_SERVICE']));
    await web.deploy('v1');
    web.healthy = false;
    await web.deploy('v2', 1);
    web.healthy = true;
    await web.deploy('v3');
    const { serviceDeployments } = web.call<{ serviceDeployments: { status: string }[] }>('ListServiceDeployments', {
      cluster: 'main',
      service: 'web',
    });
    expect(serviceDeployments.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL']);
    expect(web.hooks.map(({ lifecycleStage }) => lifecycleStage)).toEqual(['RECONCILE_SERVICE']);
    expect([web.running(), web.production()]).toEqual([['v3 in blue'], { green: 0, blue: 100 }]);
  });
});

describe('lifecycle hooks', () => {
  test('a function gets the documented event, as the hook role, and its hookDetails again', async () => {
    const web = new DeployedService(hooked(['POST_TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT']));
    await web.deploy('v1');
    web.hooks.length = 0;
    web.respond = ({ hookDetails }) =>
      JSON.stringify(hookDetails) === '{}'
        ? { hookStatus: 'IN_PROGRESS', callBackDelay: 60, hookDetails: { round: 1 } }
        : { hookStatus: 'SUCCEEDED' };
    await web.deploy('v2');
    expect(web.calls).toContain('Invoke as hook/ECS-Lambda-Execution');
    expect(web.hooks.map(({ lifecycleStage, hookDetails }) => [lifecycleStage, hookDetails])).toEqual([
      ['POST_TEST_TRAFFIC_SHIFT', {}],
      ['POST_TEST_TRAFFIC_SHIFT', { round: 1 }],
      ['PRODUCTION_TRAFFIC_SHIFT', {}],
      ['PRODUCTION_TRAFFIC_SHIFT', { round: 1 }],
    ]);
    const revision = 'arn:aws:ecs:us-east-1:111111111111:service-revision/main/web';
    expect(web.hooks[0]?.executionDetails).toEqual({
      serviceArn: 'arn:aws:ecs:us-east-1:111111111111:service/main/web',
      targetServiceRevisionArn: `${revision}/101`,
      testTrafficWeights: {},
      productionTrafficWeights: {},
    });
    expect(web.hooks[2]?.executionDetails.productionTrafficWeights).toEqual({
      [`${revision}/100`]: 0,
      [`${revision}/101`]: 100,
    });
  });

  test('a pause is announced to EventBridge, waits for ContinueServiceDeployment, and accepts only its own ids', async () => {
    const web = new DeployedService(
      hooked([], { lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] }] }),
    );
    const { serviceDeploymentArn, lifecycleHookDetails } = (await web.deploy('v1')) as {
      serviceDeploymentArn: string;
      lifecycleHookDetails: { hookId: string; status: string }[];
    };
    const hookId = lifecycleHookDetails[0]?.hookId ?? '';
    expect(web.busEvents.find(({ DetailType }) => DetailType === 'ECS Hook State Change')?.Detail).toMatchObject({
      eventName: 'HOOK_AWAITING_ACTION',
      hookId,
      hookType: 'PAUSE',
      lifecycleStage: 'PRE_SCALE_UP',
    });
    const proceed = (id: string, arn = serviceDeploymentArn) =>
      web.call('ContinueServiceDeployment', { serviceDeploymentArn: arn, hookId: id });
    expect(() => proceed('pause-1')).toThrow('Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}');
    expect(() => proceed('ecs-pause-1')).toThrow('Provided hookId is either completed, unavailable, or not associated');
    expect(() => proceed(hookId, 'arn:none')).toThrow('The service deployment does not exist.');
    expect(proceed(hookId)).toEqual({ serviceDeploymentArn });
    await web.clock.advance(600_000);
    expect(web.describe(serviceDeploymentArn)).toMatchObject({ status: 'SUCCESSFUL' });
    expect(() => proceed(hookId)).toThrow('Continuing a service deployment is not allowed');
    expect(web.busEvents.map(({ Detail }) => Detail.eventName)).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'HOOK_AWAITING_ACTION',
      'HOOK_SUCCEEDED',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
  });

  const failed = 'Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. ';
  const unreadable = `${failed}ECS was unable to parse the response from ${FUNCTION} due to `;
  test.each<[string, (web: DeployedService) => void, string]>([
    [
      'returns FAILED',
      (web) => (web.respond = () => ({ hookStatus: 'FAILED' })),
      `${failed}Lifecycle hook target ${FUNCTION} returned FAILED status.`,
    ],
    ['returns nothing', (web) => (web.respond = () => 'null'), `${unreadable}HookStatus must not be null`],
    ['returns no status', (web) => (web.respond = () => ({})), `${unreadable}HookStatus must not be null`],
    [
      'throws',
      (web) => (web.respond = () => new Error('no')),
      `${failed}Lifecycle hook target ${FUNCTION} returned an error.`,
    ],
    [
      'may not be invoked',
      (web) => web.refused.set('Invoke', new AwsError('AccessDeniedException', 'User: x is not authorized')),
      `${failed}ECS was unable to invoke hook target ${FUNCTION} due to User: x is not authorized`,
    ],
    [
      'has a role that ECS may not assume',
      (web) => web.refused.set(`AssumeRole ${HOOK_ROLE}`, new AwsError('AccessDenied', 'not trusted')),
      `${failed}ECS was unable to assume role ${HOOK_ROLE} due to not trusted`,
    ],
  ])('a function that %s rolls back in the words of ECS', async (_, arrange, sentence) => {
    const web = new DeployedService(hooked(['PRE_SCALE_UP']));
    await web.deploy('v1');
    arrange(web);
    expect(await web.deploy('v2')).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', statusReason: sentence });
    expect(web.production()).toEqual({ blue: 0, green: 100 });
  });
});

describe('what ECS says of rules that do not fit', () => {
  const network = 'Service deployment rolled back because of invalid networking configuration: ';
  test.each<[string, (web: DeployedService) => void, RegExp]>([
    [
      'the infrastructure role lacks ModifyRule',
      (web) => web.refused.set('ModifyRule', new AwsError('AccessDenied', 'no')),
      new RegExp(`missing permissions on ECS Infrastructure Role '${INFRASTRUCTURE_ROLE}'`),
    ],
    [
      'two groups have traffic',
      (web) => web.rules.set(PRODUCTION_RULE, { [BLUE]: 50, [GREEN]: 50 }),
      /should have exactly one target group serving traffic but found 2 target groups which are serving traffic/,
    ],
    [
      'a third group has traffic',
      (web) => web.rules.set(PRODUCTION_RULE, { [OTHER]: 1 }),
      /is forwarding traffic to unexpected target group/,
    ],
    [
      'no rule forwards to a group',
      (web) => {
        web.rules.set(PRODUCTION_RULE, { [GREEN]: 1 });
        web.rules.set(TEST_RULE, { [GREEN]: 1 });
      },
      /Target group \S+blue\/1 is not associated with either productionListenerRule or testListenerRule/,
    ],
    [
      'only one group has a rule, and there is no test rule',
      (web) => {
        web.rules.set(PRODUCTION_RULE, { [GREEN]: 1 });
        web.withoutTestRule = true;
      },
      /For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup/,
    ],
    ['a rule is gone', (web) => web.rules.delete(TEST_RULE), /One or more rules not found/],
  ])('%s', async (_, arrange, sentence) => {
    const web = new DeployedService();
    await web.deploy('v1');
    arrange(web);
    const { statusReason } = await web.deploy('v2');
    expect(String(statusReason)).toMatch(sentence);
    expect(String(statusReason).startsWith(network)).toBe(true);
  });
});

describe('what else ends a deployment', () => {
  const alarmed = hooked([], {
    lifecycleHooks: [],
    bakeTimeInMinutes: 10,
    alarms: { alarmNames: ['errors'], enable: true, rollback: true },
  });

  test('an alarm in the bake puts production back and says so in events, unless it fired before the start', async () => {
    const web = new DeployedService(alarmed);
    await web.deploy('v1');
    await web.deploy('v2', 5);
    web.alarms = ['errors'];
    await web.clock.advance(120_000);
    expect(web.deployments.newest(web.service)?.progress).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect([web.running(), web.production()]).toEqual([['v1 in green'], { blue: 0, green: 100 }]);
    const messages = web.service.events.map(({ message }) => message);
    expect(messages).toContain('(service web) (deployment ecs-svc/101) deployment failed: alarm detected.');
    expect(messages).toContain('(service web) rolling back to deployment ecs-svc/100.');
    expect(web.service.launch.taskDefinition).toBe('v1');

    expect(await web.deploy('v3')).toMatchObject({ status: 'SUCCESSFUL', alarms: { status: 'DISABLED' } });
  });

  test('StopServiceDeployment rolls back what runs, and nothing that has ended', async () => {
    const web = new DeployedService(hooked([], { lifecycleHooks: [], bakeTimeInMinutes: 30 }));
    await web.deploy('v1', 120);
    const { serviceDeploymentArn } = await web.deploy('v2', 5);
    web.call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
    expect(web.describe(String(serviceDeploymentArn))).toMatchObject({ status: 'ROLLBACK_REQUESTED' });
    await web.clock.advance(120_000);
    expect(web.describe(String(serviceDeploymentArn))).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect(web.production()).toEqual({ blue: 0, green: 100 });
    expect(() => web.call('StopServiceDeployment', { serviceDeploymentArn })).toThrow(
      expect.objectContaining({ code: 'ConflictException' }) as Error,
    );
  });

  test('one that waits for its turn rolls back when it comes, and what the one before it left goes too', async () => {
    const web = new DeployedService(hooked([], { lifecycleHooks: [], bakeTimeInMinutes: 30 }));
    await web.deploy('v1', 120);
    await web.deploy('v2', 5);
    const stopped = web.deployments.newest(web.service)!;
    web.call('StopServiceDeployment', { serviceDeploymentArn: stopped.arn });
    const { serviceDeploymentArn: waiting } = await web.deploy('v3', 0);
    web.call('StopServiceDeployment', { serviceDeploymentArn: waiting });
    expect(web.describe(String(waiting))).toMatchObject({ status: 'ROLLBACK_REQUESTED' });
    expect(stopped.progress.status).toBe('ROLLBACK_REQUESTED');
    await web.clock.advance(120_000);
    expect(web.describe(String(waiting))).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect([web.running(), web.service.launch.taskDefinition]).toEqual([['v1 in green'], 'v1']);
  });

  test('one that is stopped before it starts a task gives traffic and tasks back to the good version', async () => {
    const web = new DeployedService(hooked(['RECONCILE_SERVICE'], { bakeTimeInMinutes: 30 }));
    await web.deploy('v1', 120);
    await web.deploy('v2', 5);
    web.respond = () => ({ hookStatus: 'FAILED' });
    expect(await web.deploy('v3')).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect([web.running(), web.production()]).toEqual([['v1 in green'], { blue: 0, green: 100 }]);
    expect(web.service.taskSets.map(({ status }) => status)).toEqual(['PRIMARY']);
  });

  test('a first deployment that a hook refuses has no version to go back to, and the true reason is an event', async () => {
    const web = new DeployedService(hooked(['POST_SCALE_UP']));
    web.respond = () => ({ hookStatus: 'FAILED' });
    expect(await web.deploy('v1')).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback',
    });
    expect(web.service.events.map(({ message }) => message).join('\n')).toMatch(
      /POST_SCALE_UP lifecycle hook\(s\) failed/,
    );
  });
});
