import type { Stack } from 'aws-cdk-lib';
import { ReleaseEngine } from '../../lib';
import { FLAGS, newApp, newStack, ofType, serviceIn, templateOf } from './support';

/** The CDK behaves otherwise in the app of somebody who has not set its feature flags: an old one, or one made without `cdk init`. */

const ENGINES = { CodeDeploy: () => ReleaseEngine.codeDeploy(), ECS: () => ReleaseEngine.ecs() };

/** Those that a service itself reads. */
const OURS = /aws-ecs:/;

function shop(context: Record<string, unknown>, engine: ReleaseEngine): Stack {
  const stack = newStack('Test', newApp(context));
  serviceIn(stack, { engine });
  return stack;
}

describe.each(Object.entries(ENGINES))('a service that %s ships', (_name, engine) => {
  test('needs no feature flag', () => {
    const types = Object.values(templateOf(shop({}, engine())).Resources).map(({ Type }) => Type);
    expect(types).toContain('AWS::ECS::Service');
  });

  test.each(Object.keys(FLAGS).filter((flag) => OURS.test(flag)))('works when %s is off', (flag) => {
    const { [flag]: value, ...others } = FLAGS;
    const stack = shop({ ...others, ...(typeof value === 'boolean' && { [flag]: !value }) }, engine());
    expect(ofType(stack, 'AWS::ECS::Service')).toHaveLength(1);
  });
});

test('without flags the alarms of a deployment by ECS are those of the release, not the disabled ones of the CDK', () => {
  const [[, service] = []] = ofType(shop({}, ReleaseEngine.ecs()), 'AWS::ECS::Service');
  const { Alarms } = service?.Properties.DeploymentConfiguration as unknown as {
    Alarms: { AlarmNames: unknown[]; Enable: boolean; Rollback: boolean };
  };
  expect(Alarms).toMatchObject({ Enable: true, Rollback: true });
  expect(Alarms.AlarmNames.length).toBeGreaterThan(2);
});
