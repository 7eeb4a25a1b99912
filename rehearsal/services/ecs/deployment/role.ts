/** ECS acts with roles of the account: those of hooks, and of the load balancers. */
import type { Principal, World } from '../../../core/service';

const ECS: Principal = { arn: 'ecs.amazonaws.com', callerArn: 'ecs.amazonaws.com', kind: 'internal' };

/** @throws AwsError AccessDenied when the role does not exist or its trust policy does not admit ECS */
export async function assumeRole(world: World, roleArn: string, sessionName: string): Promise<Principal> {
  await world.call(ECS, 'sts', 'AssumeRole', { RoleArn: roleArn, RoleSessionName: sessionName });
  return world.principalOf(roleArn, sessionName);
}
