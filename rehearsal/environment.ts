import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDockerProgram } from './ecr/program';
import { rehearsedEnvironment } from './lambda';
import type { Credentials, World } from './service';

/** What must not leak from the person's shell into a rehearsal: credentials, profiles, proxies, other tools' settings. */
const notInherited = /^(AWS_|CDK_|GREENLIGHT_|NODE_OPTIONS$|(https?|all|no|ftp)_proxy$)/i;

/**
 * The environment of whoever deploys: the local AWS's own keys, its endpoint and clock, its docker. AWS's configuration
 * files are empty ones, so that no profile of the person is read. Written for the CDK CLI, good for SDKs and the AWS CLI.
 * @throws Error when the package is incomplete
 */
export function deployerEnvironment(
  world: Pick<World, 'clock' | 'endpoint' | 'network' | 'region' | 'directory'>,
  { keys, dockerUrl }: { readonly keys: Credentials; readonly dockerUrl: string },
): Record<string, string> {
  const empty = join(world.directory, 'aws-config');
  writeFileSync(empty, '');
  const inherited = Object.entries(process.env).filter(([name]) => !notInherited.test(name));
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    ...rehearsedEnvironment(world),
    AWS_REGION: world.region,
    AWS_DEFAULT_REGION: world.region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_CONFIG_FILE: empty,
    AWS_SHARED_CREDENTIALS_FILE: empty,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DOCKER: writeDockerProgram(world.directory, dockerUrl),
    // The CLI's cache of accounts and the person's registry logins stay out of it.
    CDK_HOME: join(world.directory, 'cdk-home'),
    CDK_DOCKER_CREDS_FILE: join(world.directory, 'no-docker-credentials.json'),
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    NO_COLOR: '1',
  };
}
