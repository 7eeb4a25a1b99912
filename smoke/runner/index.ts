/** What the command line uses of the smoke runner, which is that of the gate. */
export type { AwsCredentials } from '../../aws/signature';
export type { CheckResult, ExpectationFailure } from '../results';
export type { TlsVerification } from '../../common/http';
export { smokeClients } from './clients';
export { smokeReport, type SmokeReport } from './report';
export { runSuite, type SuiteRun } from './run';
export type { CheckTarget } from './target';
