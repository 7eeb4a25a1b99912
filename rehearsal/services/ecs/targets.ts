/** A task in its target groups. ECS does this with its service-linked role, so no policy of the account limits it. */
import { INTERNAL, type World } from '../../core/service';
import type { LoadBalancer } from './shapes';
import { reasonOf } from './task/reason';

export interface TaskTarget extends LoadBalancer {
  /** The task's private address. */
  readonly id: string;
}

interface TargetHealthDescription {
  readonly Target: { readonly Id: string; readonly Port: number };
  readonly TargetHealth?: { readonly State?: string; readonly Reason?: string; readonly Description?: string };
}

interface TargetHealth {
  readonly TargetHealthDescriptions?: readonly TargetHealthDescription[];
}

/** How often a stopping task checks whether its connections are drained [assumed]. AWS milliseconds. */
const DRAIN_POLL_MS = 1_000;
/** Longest deregistration delay that a target group can have, and a minute. */
const DRAIN_MS_MAX = 3_660_000;

const targetsInput = ({ targetGroupArn, id, containerPort }: TaskTarget) => ({
  TargetGroupArn: targetGroupArn,
  Targets: [{ Id: id, Port: containerPort }],
});

const ask = (world: World, operation: string, input: object) =>
  world.call<TargetHealth>(INTERNAL, 'elasticloadbalancing', operation, input);

/** @throws AwsError as RegisterTargets does */
export async function registerTask(world: World, targets: readonly TaskTarget[]): Promise<void> {
  for (const target of targets) await ask(world, 'RegisterTargets', targetsInput(target));
}

/** Out of the target groups; with `drain` it returns when the load balancer has let the last connection end. */
export async function deregisterTask(world: World, targets: readonly TaskTarget[], drain: boolean): Promise<void> {
  await Promise.all(
    targets.map(async (target) => {
      try {
        await ask(world, 'DeregisterTargets', targetsInput(target));
        if (drain) await whenDrained(world, target);
      } catch (error) {
        // The target group may be gone before the task is: then there is nothing left to drain.
        const reason = reasonOf(error);
        world.events.record('ecs', 'deregister-failed', `${target.id}: ${reason}`, { target: target.id, reason });
      }
    }),
  );
}

async function whenDrained(world: World, target: TaskTarget): Promise<void> {
  const endMs = world.clock.now() + DRAIN_MS_MAX;
  while (world.clock.now() < endMs) {
    const { TargetHealthDescriptions = [] } = await ask(world, 'DescribeTargetHealth', targetsInput(target));
    const draining = TargetHealthDescriptions.some(
      (each) => each.Target.Id === target.id && each.TargetHealth?.State === 'draining',
    );
    if (!draining) return;
    await world.clock.sleep(DRAIN_POLL_MS);
  }
}

/** State and reason by `address:port` for a whole target group. @throws AwsError when the group is gone */
export async function healthOf(world: World, targetGroupArn: string): Promise<Map<string, TargetReport>> {
  const response = await ask(world, 'DescribeTargetHealth', { TargetGroupArn: targetGroupArn });
  return new Map(
    (response.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => [
      `${Target.Id}:${Target.Port}`,
      { state: TargetHealth?.State ?? '', reason: TargetHealth?.Description ?? TargetHealth?.Reason ?? '' },
    ]),
  );
}

export interface TargetReport {
  readonly state: string;
  /** For people: `Health checks failed with these codes: [503]`. */
  readonly reason: string;
}
