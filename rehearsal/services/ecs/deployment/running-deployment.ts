import type { ServiceState } from '../state';
import type { ServiceDeployment } from './service-deployment';

/** A service deployment together with the service that it changes. */
export interface RunningDeployment extends ServiceDeployment {
  readonly service: ServiceState;
}
