import type { Schedule } from '../../../aws/traffic-schedule';
import { AwsError } from '../../core/service';

/** A deployment configuration's `trafficRoutingConfig`, percent and minutes. */
export interface TrafficRoutingConfig {
  readonly type: 'AllAtOnce' | 'TimeBasedCanary' | 'TimeBasedLinear';
  readonly timeBasedCanary?: { readonly canaryPercentage: number; readonly canaryInterval: number };
  readonly timeBasedLinear?: { readonly linearPercentage: number; readonly linearInterval: number };
}

export interface DeploymentConfig {
  readonly deploymentConfigId: string;
  readonly deploymentConfigName: string;
  readonly computePlatform: string;
  readonly createTimeMs: number;
  readonly trafficRoutingConfig: TrafficRoutingConfig;
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html#deployment-configurations-predefined-ecs */
const PREDEFINED: Readonly<Record<string, TrafficRoutingConfig>> = {
  ECSAllAtOnce: { type: 'AllAtOnce' },
  ECSCanary10Percent5Minutes: canary(10, 5),
  ECSCanary10Percent15Minutes: canary(10, 15),
  ECSLinear10PercentEvery1Minutes: linear(10, 1),
  ECSLinear10PercentEvery3Minutes: linear(10, 3),
};

export const ALL_AT_ONCE = 'CodeDeployDefault.ECSAllAtOnce';

export function predefinedConfigs(): readonly DeploymentConfig[] {
  return Object.entries(PREDEFINED).map(([name, trafficRoutingConfig]) => ({
    deploymentConfigId: `00000000-0000-0000-0000-0000000000${name.length}`,
    deploymentConfigName: `CodeDeployDefault.${name}`,
    computePlatform: 'ECS',
    createTimeMs: 0,
    trafficRoutingConfig,
  }));
}

/** @throws AwsError InvalidTrafficRoutingConfigurationException that names the value */
export function scheduleOf(config: TrafficRoutingConfig): Schedule {
  if (config.type === 'AllAtOnce') return { type: 'AllAtOnce' };
  const [percent, intervalMinutes] =
    config.type === 'TimeBasedCanary'
      ? [config.timeBasedCanary?.canaryPercentage, config.timeBasedCanary?.canaryInterval]
      : [config.timeBasedLinear?.linearPercentage, config.timeBasedLinear?.linearInterval];
  if (!(percent !== undefined && percent >= 1 && percent <= 99 && intervalMinutes !== undefined && intervalMinutes > 0))
    throw new AwsError(
      'InvalidTrafficRoutingConfigurationException',
      `${config.type}: ${percent} percent every ${intervalMinutes} minutes is not 1 to 99 percent and a positive interval`,
    );
  return { type: config.type, percent, intervalMinutes };
}

function canary(canaryPercentage: number, canaryInterval: number): TrafficRoutingConfig {
  return { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage, canaryInterval } };
}

function linear(linearPercentage: number, linearInterval: number): TrafficRoutingConfig {
  return { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage, linearInterval } };
}
