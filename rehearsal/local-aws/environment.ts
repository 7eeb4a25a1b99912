import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preloadFile } from '../../common/bundles';
import { rehearsedEnvironment } from '../services/lambda';
import type { Credentials, World } from '../core/service';

/** What must not leak from the person's shell into a rehearsal: credentials, profiles, proxies, other tools' settings. */
const notInherited = /^(AWS_|CDK_|GREENLIGHT_|NODE_OPTIONS$|(https?|all|no|ftp)_proxy$)/i;

export interface Client {
  readonly keys: Credentials;
  /** Where the rehearsal's docker sends its command line; a client that has it can run programs. */
  readonly dockerUrl: string;
}

type ClientWorld = Pick<World, 'endpoint' | 'region' | 'directory'>;

/**
 * What any AWS client needs to talk to this AWS and to nobody else: its endpoint, keys and docker. AWS's configuration
 * files are empty ones, so that no profile of the person is read.
 * @throws Error when the package is incomplete
 */
export function clientVariables(world: ClientWorld, { keys, dockerUrl }: Client): Record<string, string> {
  const empty = join(world.directory, 'aws-config');
  writeFileSync(empty, '');
  return {
    AWS_ENDPOINT_URL: world.endpoint,
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
  };
}

/** The environment in which the rehearsal runs the CDK CLI: on AWS time, and with no way out of the rehearsed network. */
export function deployerEnvironment(
  world: ClientWorld & Pick<World, 'clock' | 'network'>,
  client: Client,
): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => !notInherited.test(name));
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    ...rehearsedEnvironment(world),
    ...clientVariables(world, client),
    GREENLIGHT_CONTEXT_FILE: join(world.directory, 'cdk.context.json'),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    NO_COLOR: '1',
  };
}

/**
 * Writes a file that a shell in another terminal sources to become a client, on its own clock.
 * @returns its path; it holds keys, so nobody else may read it
 */
export function writeClientScript(world: ClientWorld, name: string, client: Client): string {
  const path = join(world.directory, name);
  const lines = [
    "# Nothing of the terminal's own account may reach the rehearsal, and nothing of it AWS.",
    "unset $(env | sed -n 's/^\\(AWS_[A-Za-z0-9_]*\\)=.*/\\1/p')",
    ...exportLines(clientVariables(world, client)),
    // A proxy cannot reach this machine's loopback.
    ...exportLines({ NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost' }),
  ];
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}

/** For a shell of POSIX's kind. */
export function exportLines(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`);
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Writes the program that replaces docker (`CDK_DOCKER`) into a directory.
 * @returns its path
 * @throws Error when the package is incomplete
 */
function writeDockerProgram(directory: string, url: string): string {
  const bundle = preloadFile('docker');
  if (process.platform === 'win32') {
    const path = join(directory, 'docker.cmd');
    writeFileSync(path, `@set GREENLIGHT_DOCKER_URL=${url}\r\n@"${process.execPath}" "${bundle}" %*\r\n`);
    return path;
  }
  const path = join(directory, 'docker');
  // sh and not a shebang of node's own path, which may hold spaces or be longer than a shebang can be.
  const script = `#!/bin/sh\nGREENLIGHT_DOCKER_URL=${quote(url)} exec ${quote(process.execPath)} ${quote(bundle)} "$@"\n`;
  writeFileSync(path, script, { mode: 0o700 });
  return path;
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
