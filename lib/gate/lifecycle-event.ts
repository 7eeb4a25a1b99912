/** The lifecycle events of a CodeDeploy deployment at which a gate runs. */
export enum LifecycleEvent {
  /** Nothing has started yet. The gate checks whether the live side is fit for a release. */
  BEFORE_INSTALL = 'BeforeInstall',
  /** Green serves the test listener; production traffic is still on blue. */
  AFTER_ALLOW_TEST_TRAFFIC = 'AfterAllowTestTraffic',
  /** All production traffic is on green. */
  AFTER_ALLOW_TRAFFIC = 'AfterAllowTraffic',
}
