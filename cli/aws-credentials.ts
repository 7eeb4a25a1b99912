import type { AwsCredentials } from '../lambda/gate/smoke/contract';

/** Those that any AWS client of this process would use: profile, environment, sign-on. Loaded only where asked for. */
export async function awsCredentials(): Promise<AwsCredentials> {
  const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch');
  return new CloudWatchClient({ region: process.env.AWS_REGION ?? 'us-east-1' }).config.credentials();
}
