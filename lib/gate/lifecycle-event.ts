/** The points of a deployment at which a gate runs, named as CodeDeploy names them. */
export enum LifecycleEvent {
  /** Nothing has started yet. The gate checks whether the live side is fit for a release. */
  BEFORE_INSTALL = 'BeforeInstall',
  /** Green serves the test listener; production traffic is still on blue. */
  AFTER_ALLOW_TEST_TRAFFIC = 'AfterAllowTestTraffic',
  /** Before each step of production traffic, also the first. Only ECS calls a gate there, and only with `stepCheck`. */
  BEFORE_ALLOW_TRAFFIC = 'BeforeAllowTraffic',
  /** All production traffic is on green. */
  AFTER_ALLOW_TRAFFIC = 'AfterAllowTraffic',
}

/** Where only green responds. */
export const ON_TEST_LISTENER: readonly LifecycleEvent[] = [
  LifecycleEvent.AFTER_ALLOW_TEST_TRAFFIC,
  LifecycleEvent.BEFORE_ALLOW_TRAFFIC,
];

/** Those at which a gate with such options runs, in their order. */
export function lifecycleEventsOf({
  preflight = true,
  stepCheck = false,
}: {
  readonly preflight?: boolean;
  readonly stepCheck?: boolean;
}): LifecycleEvent[] {
  const left: readonly (LifecycleEvent | false)[] = [
    !preflight && LifecycleEvent.BEFORE_INSTALL,
    !stepCheck && LifecycleEvent.BEFORE_ALLOW_TRAFFIC,
  ];
  return Object.values(LifecycleEvent).filter((event) => !left.includes(event));
}
