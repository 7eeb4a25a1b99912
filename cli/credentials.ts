import type { AwsCredentials } from '../aws/signature';

/** The credentials that any AWS client of this process uses: profile, environment, sign-on. Loaded only when they are needed. */
export async function awsCredentials(): Promise<AwsCredentials> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider()();
}

/** The region that any AWS client of this process uses: environment, then the profile. @throws Error without one */
export async function awsRegion(env: Readonly<Record<string, string | undefined>> = process.env): Promise<string> {
  const given = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  if (given) return given;
  const config = await import('@smithy/core/config');
  return config.loadConfig(config.NODE_REGION_CONFIG_OPTIONS, config.NODE_REGION_CONFIG_FILE_OPTIONS)();
}
