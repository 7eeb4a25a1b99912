/** The names that the live-route function shares with its construct. No I/O, no aws-cdk-lib. */

export const LIVE_ROUTE_RESOURCE_TYPE = 'Custom::GreenlightLiveRoute';

/** The attribute of the response: ARN of the target group of the pair that production forwards to now. */
export const LIVE_TARGET_GROUP = 'TargetGroupArn';

/** The attributes with the weight of each target group: 100 of the live one, 0 of the other. */
export const LIVE_WEIGHTS = { blue: 'BlueWeight', green: 'GreenWeight' } as const;

export const UPDATE_GUARD_RESOURCE_TYPE = 'Custom::GreenlightUpdateGuard';

export const SIDES = ['Blue', 'Green'] as const;

export { areHealthCodes, codesOf } from '../../common/status-codes';
export type {
  CheckedPath,
  EcsServiceLocation,
  HealthCheck,
  LiveRouteProperties,
  Place,
  RouteLocation,
  UpdateGuardProperties,
} from './properties';
