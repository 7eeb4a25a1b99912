import { whileIamSettles } from '../../../aws/calls';
import { describeServiceDeployments, type ServiceDeployment, serviceDeploymentArns } from '../../../aws/ecs';

/** The newest deployment of a service that began after a time. @param service its ARN */
export async function newestServiceDeployment(
  cluster: string,
  service: string,
  since: Date,
): Promise<ServiceDeployment | undefined> {
  const [newest] = await whileIamSettles(() => serviceDeploymentArns(cluster, service, undefined, since));
  if (newest === undefined) return undefined;
  const [deployment] = await whileIamSettles(() => describeServiceDeployments([newest]));
  return deployment;
}
