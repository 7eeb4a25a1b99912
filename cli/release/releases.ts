import type { Aws } from './aws';
import { codeDeployReleases } from './codedeploy';
import { serviceDeploymentReleases } from './service-deployments';
import { type EcsService, engineOf } from './services';
import type { Releases } from './status-types';

/** The releases of a service, as its engine has them. */
export function releasesOf(aws: Aws, service: EcsService): Promise<Releases> {
  return engineOf(service) === 'codedeploy'
    ? codeDeployReleases(aws, service)
    : serviceDeploymentReleases(aws, service);
}
