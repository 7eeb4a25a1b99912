import { nextProvider, strategyOf } from '../../../../rehearsal/services/ecs/capacity';
import type { CapacityProviderStrategyItem } from '../../../../rehearsal/services/ecs/shapes';

/** F for FARGATE, S for FARGATE_SPOT, in the order in which tasks start. */
function started(count: number, strategy: readonly CapacityProviderStrategyItem[]): string {
  const taken: (string | undefined)[] = [];
  for (let task = 0; task < count; task++) taken.push(nextProvider(strategy, taken));
  return taken.map((provider) => (provider === 'FARGATE_SPOT' ? 'S' : provider === 'FARGATE' ? 'F' : '-')).join('');
}

const fargate = (base: number, weight: number) => ({ capacityProvider: 'FARGATE', base, weight });
const spot = (weight: number) => ({ capacityProvider: 'FARGATE_SPOT', weight });

test.each<[string, readonly CapacityProviderStrategyItem[], string]>([
  ['only the base on Fargate', [fargate(2, 0), spot(1)], 'FFSSSS'],
  ['the base, then one in four', [fargate(1, 1), spot(3)], 'FSSFSSSF'],
  ['half and half', [fargate(0, 1), spot(1)], 'FSFS'],
  ['no strategy', [], '--'],
])('%s', (_name, strategy, expected) => {
  const order = started(expected.length, strategy);
  expect([...order].sort()).toEqual([...expected].sort());
  expect(order.slice(0, 2)).toBe(expected.slice(0, 2));
});

test('a launch type outranks the cluster’s default, and a strategy both', () => {
  const cluster = { defaultCapacityProviderStrategy: [spot(1)] };
  expect(strategyOf({ launchType: 'FARGATE' }, cluster)).toEqual([]);
  expect(strategyOf({}, cluster)).toEqual([spot(1)]);
  expect(strategyOf({ capacityProviderStrategy: [fargate(1, 1)] }, cluster)).toEqual([fargate(1, 1)]);
});
