import { createApplicationAutoScaling } from '../../../../rehearsal/services/application-autoscaling';
import { INTERNAL } from '../../../../rehearsal/core/service';
import { testWorld } from '../../../support/rehearsal/world';

const target = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/shop/web',
  ScalableDimension: 'ecs:service:DesiredCount',
};

function scene(desiredCount: number) {
  const world = testWorld();
  const updates: unknown[] = [];
  world.add({
    prefix: 'ecs',
    operations: {
      DescribeServices: { handle: () => ({ services: [{ desiredCount }] }) },
      UpdateService: { handle: (input: unknown) => void updates.push(input) },
    },
  });
  const service = createApplicationAutoScaling(world);
  world.add(service);
  const register = (min: number, max: number) =>
    world.call(INTERNAL, service.prefix, 'RegisterScalableTarget', { ...target, MinCapacity: min, MaxCapacity: max });
  return { register, updates, service, world };
}

test.each([
  [1, 2, 4, 2],
  [9, 2, 4, 4],
])('a service of %i tasks in a range of %i to %i is moved to %i', async (current, min, max, to) => {
  const { register, updates } = scene(current);
  await register(min, max);
  expect(updates).toEqual([{ cluster: 'shop', service: 'web', desiredCount: to }]);
});

test('a service within the range stays', async () => {
  const { register, updates } = scene(3);
  await register(2, 4);
  expect(updates).toEqual([]);
});

test('a range upside down is refused', async () => {
  await expect(scene(1).register(4, 2)).rejects.toThrow('Maximum capacity cannot be less than minimum capacity');
});
