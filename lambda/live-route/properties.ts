import type { LiveRouteProperties } from './types';

const REQUIRED: readonly (keyof LiveRouteProperties)[] = ['ServiceName', 'BlueTargetGroupArn', 'GreenTargetGroupArn'];

/** @throws Error that names everything that is missing */
export function readProperties(given: Readonly<Record<string, unknown>>): LiveRouteProperties {
  const properties = given as unknown as Partial<LiveRouteProperties>;
  const mistakes = REQUIRED.filter((name) => !properties[name]).map((name) => `${name} is missing`);
  const { ListenerArn, LoadBalancerArn, Port } = properties.Location ?? {};
  if (!ListenerArn && !(LoadBalancerArn && Port)) {
    mistakes.push('Location is missing: a ListenerArn, or a LoadBalancerArn and a Port');
  }
  if (mistakes.length > 0) throw new Error(`the live route is wrong: ${mistakes.join('; ')}`);
  return { ApplicationName: '', DeploymentGroupName: '', ...properties } as LiveRouteProperties;
}
