import { covered } from '../../core/coverage';
import { cloudWatchCoverage } from './coverage';
import type { Service, World } from '../../core/service';
import { Alarms } from './alarms';
import { Evaluator } from './evaluator';
import { operations } from './operations';
import { resourceTypes } from './resources';
import { newState } from './state';

export type CloudWatchService = Service;

/** https://github.com/aws/api-models-aws/blob/main/models/cloudwatch/service/2010-08-01/cloudwatch-2010-08-01.json */
const ERROR_SHAPES = {
  InternalServiceError: 'InternalServiceFault',
  InvalidFormat: 'InvalidFormatFault',
  InvalidParameterCombination: 'InvalidParameterCombinationException',
  InvalidParameterInput: 'DashboardInvalidInputError',
  InvalidParameterValue: 'InvalidParameterValueException',
  LimitExceeded: 'LimitExceededFault',
  MissingParameter: 'MissingRequiredParameterException',
} as const;

/** Metrics in one-minute buckets, metric and composite alarms evaluated on the world's clock, dashboards as records. */
export function createCloudWatch(world: World): CloudWatchService {
  const state = newState();
  const alarms = new Alarms(world, state);
  const evaluator = new Evaluator(world, state, alarms);
  const parts = { world, state, alarms, evaluator };
  return {
    prefix: 'cloudwatch',
    protocol: {
      kind: 'json',
      targetPrefix: 'GraniteServiceVersion20100801',
      queryCompatible: { namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/', errorShapes: ERROR_SHAPES },
    },
    operations: operations(parts),
    resourceTypes: covered(resourceTypes(parts), cloudWatchCoverage),
    stop: async () => evaluator.stop(),
  };
}
