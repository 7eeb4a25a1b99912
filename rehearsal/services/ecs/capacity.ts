/** Where a task set's next task runs, by its capacity provider strategy. Pure. */
import { AwsError } from '../../core/service';
import type { CapacityProviderStrategyItem, LaunchSettings } from './shapes';
import type { Cluster } from './state';

/** What decides: the launch's own strategy, else, without a launch type either, the cluster's default one. */
export function strategyOf(
  launch: Pick<LaunchSettings, 'capacityProviderStrategy' | 'launchType'>,
  cluster: Pick<Cluster, 'defaultCapacityProviderStrategy'>,
): readonly CapacityProviderStrategyItem[] {
  if (launch.capacityProviderStrategy?.length) return launch.capacityProviderStrategy;
  return launch.launchType ? [] : cluster.defaultCapacityProviderStrategy;
}

/**
 * The base first, then the provider that is furthest below its share of the weights.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 * @param taken the providers of the tasks that the set has
 * @returns undefined without a strategy: the launch type decides
 */
export function nextProvider(
  strategy: readonly CapacityProviderStrategyItem[],
  taken: readonly (string | undefined)[],
): string | undefined {
  const countOf = (provider: string) => taken.filter((each) => each === provider).length;
  const below = strategy.find(({ capacityProvider, base = 0 }) => countOf(capacityProvider) < base);
  if (below) return below.capacityProvider;
  const shares = strategy
    .filter(({ weight = 0 }) => weight > 0)
    .map(({ capacityProvider, base = 0, weight = 1 }) => ({
      capacityProvider,
      share: (countOf(capacityProvider) - base + 1) / weight,
    }));
  return shares.sort((a, b) => a.share - b.share)[0]?.capacityProvider ?? strategy[0]?.capacityProvider;
}

/** @throws AwsError InvalidParameterException in the words of ECS: https://github.com/dask/dask-cloudprovider/issues/328 */
export function checkStrategy(
  strategy: readonly CapacityProviderStrategyItem[],
  cluster: Pick<Cluster, 'capacityProviders'>,
): void {
  if (strategy.every(({ capacityProvider }) => cluster.capacityProviders.includes(capacityProvider))) return;
  throw new AwsError(
    'InvalidParameterException',
    'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the ' +
      'cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.',
  );
}
