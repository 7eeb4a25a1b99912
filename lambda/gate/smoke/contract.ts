/** What the command line uses of the smoke runner: the gate's own. */
export type { AwsCredentials } from '../../shared/signature';
export type { CheckResult, ExpectationFailure, TlsVerification } from '../contract';
export { smokeOutbound } from './outbound';
export { smokeReport, type SmokeReport } from './report';
export { runSuite, type SuiteRun } from './run';
export type { CheckTarget } from './target';
