import type { AwsCredentials } from '../smoke/runner';

/** The credentials that any AWS client of this process uses: profile, environment, sign-on. The library is loaded only if it is needed. */
export async function awsCredentials(): Promise<AwsCredentials> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider()();
}
