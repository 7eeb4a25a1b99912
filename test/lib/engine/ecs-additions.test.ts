import type { Stack } from 'aws-cdk-lib';
import { AlarmBehavior, DeploymentLifecycleLambdaTarget, DeploymentLifecycleStage } from 'aws-cdk-lib/aws-ecs';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ReleaseEngine } from '../../../lib';
import { flat, newStack, serviceIn } from '../support';
import { configuration } from './support';

describe('what an app adds to the service', () => {
  const withHooks = (count: number): Stack => {
    const stack = newStack();
    const web = serviceIn(stack, { engine: ReleaseEngine.ecs() });
    const code = { code: Code.fromInline('x'), handler: 'index.handler', runtime: Runtime.NODEJS_22_X };
    for (let hook = 1; hook <= count; hook++)
      web.service.addLifecycleHook(
        new DeploymentLifecycleLambdaTarget(new LambdaFunction(stack, `F${hook}`, code), `Hook${hook}`, {
          lifecycleStages: [DeploymentLifecycleStage.POST_SCALE_UP],
        }),
      );
    return stack;
  };

  test('hooks come after those of the gate, up to ten', () => {
    const hooks = configuration(withHooks(7)).LifecycleHooks as { LifecycleStages: string[]; RoleArn: unknown }[];
    expect(hooks.map(({ LifecycleStages }) => LifecycleStages[0])).toEqual([
      ...['PRE_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'],
      ...Array.from({ length: 7 }, () => 'POST_SCALE_UP'),
    ]);
    expect(flat(hooks.at(-1)?.RoleArn)).toMatch(/Hook7/);
    expect(() => configuration(withHooks(8))).toThrow(
      /11 lifecycle hooks, 3 of them of the gate: a service has 10 Lambda hooks at most: call addLifecycleHook less often/,
    );
  });

  test('alarms of its own are refused, as they would replace those of the release', () => {
    const stack = newStack();
    serviceIn(stack, { engine: ReleaseEngine.ecs() }).service.enableDeploymentAlarms(['shop-errors'], {
      behavior: AlarmBehavior.ROLLBACK_ON_ALARM,
    });
    expect(() => configuration(stack)).toThrow(/enableDeploymentAlarms: .*name them in alarms\.additionalAlarms/);
  });
});
