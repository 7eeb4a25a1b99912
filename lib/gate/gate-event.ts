/** The lifecycle events at which a gate runs. */
export enum GateEvent {
  /** Nothing is started yet: is the live side fit to release from? */
  BEFORE_INSTALL = 'BeforeInstall',
  /** Green answers on the test listener; production traffic is still on blue. */
  AFTER_ALLOW_TEST_TRAFFIC = 'AfterAllowTestTraffic',
  /** All production traffic is on green. */
  AFTER_ALLOW_TRAFFIC = 'AfterAllowTraffic',
}
