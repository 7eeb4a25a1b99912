/** What the gate uses of the smoke runner. */
export { TIME_LIMIT } from './smoke/attempt';
export { runChecks, runSuite, type SuiteRun } from './smoke/run';
export type { CheckTarget } from './smoke/target';
export { waitForAnswer } from './smoke/wait';
