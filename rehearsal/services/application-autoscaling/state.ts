/** A scalable target: a service's desired count and the range that it is kept in. */
export interface ScalableTarget {
  readonly serviceNamespace: string;
  /** `service/<cluster>/<service>` */
  readonly resourceId: string;
  readonly scalableDimension: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Which automatic scaling is suspended; none by default. */
  readonly suspendedState: SuspendedState;
  /** The service-linked role, when the target names no other. */
  readonly roleArn: string;
  readonly createdAtMs: number;
}

export interface SuspendedState {
  readonly DynamicScalingInSuspended: boolean;
  readonly DynamicScalingOutSuspended: boolean;
  readonly ScheduledScalingSuspended: boolean;
}

export const NOT_SUSPENDED: SuspendedState = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

export type ScalableTargets = Map<string, ScalableTarget>;

export function keyOf(target: Pick<ScalableTarget, 'serviceNamespace' | 'resourceId' | 'scalableDimension'>): string {
  return `${target.resourceId}|${target.scalableDimension}|${target.serviceNamespace}`;
}
