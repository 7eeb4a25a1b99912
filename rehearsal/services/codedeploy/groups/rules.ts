/** What a deployment group of ECS must have, by hand and in templates. */
import { AwsError } from '../../../core/service';
import type { DeploymentGroup } from '../state';

/** @throws AwsError InvalidComputePlatformException */
export function requireEcs(platform: unknown): string {
  if (platform === 'ECS') return platform;
  throw new AwsError(
    'InvalidComputePlatformException',
    `ComputePlatform ${String(platform)}: the rehearsal models only ECS`,
  );
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
export function validateGroup(group: DeploymentGroup): void {
  const pairs = group.loadBalancerInfo?.targetGroupPairInfoList ?? [];
  const [pair] = pairs;
  const fail = (code: string, problem: string) =>
    new AwsError(code, `Deployment group ${group.deploymentGroupName}: ${problem}`);
  if (!group.serviceRoleArn) throw fail('RoleRequiredException', 'ServiceRoleArn is required');
  if (group.ecsServices?.length !== 1) throw fail('InvalidECSServiceException', 'exactly one ECS service is required');
  if (pairs.length !== 1 || pair?.targetGroups.length !== 2)
    throw fail('InvalidTargetGroupPairException', 'exactly one pair of two target groups is required');
  if (pair.prodTrafficRoute?.listenerArns.length !== 1)
    throw fail('InvalidLoadBalancerInfoException', 'the production traffic route names exactly one listener');
  if ((group.alarmConfiguration?.alarms?.length ?? 0) > 10)
    throw fail('AlarmsLimitExceededException', 'at most 10 alarms');
}
