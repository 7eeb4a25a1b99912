import type { AwsCredentials } from '../smoke/runner';

/** Those that any AWS client of this process would use: profile, environment, sign-on. Loaded only where asked for. */
export async function awsCredentials(): Promise<AwsCredentials> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider()();
}
