import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { preloadFile } from '../../../common/bundles';
import { processMark } from '../../core/processes/marked-processes';
import { temporaryFolder } from '../../core/processes/run-directory';
import { type Credentials, type World } from '../../core/service';
import { ScaledClock } from '../../core/clock';
import type { LambdaFunction, Version } from './state';

/**
 * Environment that puts a Node program into the rehearsed world: AWS time, its network and its endpoint. For Lambda's
 * processes and the CDK CLI.
 */
export function rehearsedEnvironment(
  world: Pick<World, 'clock' | 'endpoint' | 'network' | 'directory'>,
): Record<string, string> {
  return {
    ...(world.clock instanceof ScaledClock && {
      GREENLIGHT_CLOCK: world.clock.share(world.directory),
    }),
    ...processMark(world.directory),
    AWS_ENDPOINT_URL: world.endpoint,
    GREENLIGHT_NETWORK_URL: world.endpoint + world.network.route.path,
    NODE_OPTIONS: `--require ${JSON.stringify(preloadFile('process'))}`,
  };
}

/**
 * Variables of an execution environment; nothing is inherited but PATH.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function environmentVariables(
  world: World,
  fn: LambdaFunction,
  { version, configuration }: Version,
  runtime: { readonly api: string; readonly logStreamName: string; readonly credentials: Credentials },
): Record<string, string> {
  const rehearsed = rehearsedEnvironment(world);
  const own = configuration.environment['NODE_OPTIONS'];
  return {
    PATH: [withoutRegistry(world.directory), process.env['PATH'] ?? '/usr/bin:/bin'].join(delimiter),
    HOME: configuration.codeDirectory,
    // Its /tmp, which goes with the rehearsal.
    TMPDIR: temporaryFolder(world.directory),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    // A remark on this machine's Node, which the function never sees on AWS.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...configuration.environment,
    ...rehearsed,
    // Whatever file the function names on AWS, its servers here are the rehearsal's.
    ...(world.network.authorityFile !== undefined && { NODE_EXTRA_CA_CERTS: world.network.authorityFile }),
    NODE_OPTIONS: own ? `${rehearsed['NODE_OPTIONS']} ${own}` : (rehearsed['NODE_OPTIONS'] ?? ''),
    GREENLIGHT_FUNCTION: fn.arn,
    _HANDLER: configuration.handler,
    AWS_REGION: world.region,
    AWS_DEFAULT_REGION: world.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: runtime.logStreamName,
    AWS_LAMBDA_LOG_FORMAT: configuration.logFormat,
    AWS_LAMBDA_LOG_LEVEL: configuration.logLevel,
    AWS_LAMBDA_RUNTIME_API: runtime.api,
    LAMBDA_TASK_ROOT: configuration.codeDirectory,
    AWS_ACCESS_KEY_ID: runtime.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: runtime.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: runtime.credentials.sessionToken,
  };
}

/**
 * A folder whose `npm` fails at once, as it would for want of a registry after its retries, and after it wrote into `/tmp`:
 * with `installLatestAwsSdk` the CDK's AwsCustomResource then takes the SDK of the runtime.
 */
function withoutRegistry(directory: string): string {
  const folder = join(directory, 'lambda-programs');
  const file = join(folder, 'npm');
  if (existsSync(file)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, '#!/bin/sh\necho "npm $*: a function of a rehearsal reaches no registry" >&2\nexit 1\n', {
    mode: 0o755,
  });
  return folder;
}

export interface RuntimeProcess {
  /** Ends it and everything it started, at once. */
  kill(): void;
  readonly exited: Promise<string>;
}

export interface RuntimeOutput {
  line(text: string): void;
  /** Everything that the invocation logged has been seen. */
  logged(requestId: string): void;
  /** The function required a package that AWS's runtime has and this one has not. */
  missing(packageName: string): void;
}

/** The program that runs a function of Node. */
export const nodeRuntime = (): readonly string[] => [process.execPath, preloadFile('lambda-runtime')];

/**
 * Starts a runtime on a function's code. Descriptor 0 is its lifeline, which closes however this process
 * dies; descriptor 3 carries log records, each of which may span lines.
 */
export function startRuntime(
  [program = '', ...args]: readonly string[],
  variables: Record<string, string>,
  directory: string,
  output: RuntimeOutput,
): RuntimeProcess {
  const child = spawn(program, args, {
    cwd: directory,
    env: variables,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // A process group of its own, so that it ends whole and a Ctrl-C of the terminal reaches only us.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => output.line(line));
  createInterface(child.stdio[3] as NodeJS.ReadableStream).on('line', (line) => readRecord(line, output));
  child.stdin?.on('error', () => {});
  return { kill: () => kill(child), exited: exitOf(child) };
}

function readRecord(line: string, output: RuntimeOutput): void {
  const record = recordOf(line);
  if (typeof record.log === 'string') output.line(record.log);
  if (typeof record.logged === 'string') output.logged(record.logged);
  if (typeof record.missing === 'string') output.missing(record.missing);
}

interface LogRecord {
  readonly log?: unknown;
  readonly logged?: unknown;
  readonly missing?: unknown;
}

/** The function's own code can write to the descriptor too: that is a line of its log. */
function recordOf(line: string): LogRecord {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // No record of the runtime's.
  }
  return { log: line };
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** In Lambda's words: `exit status 1`, `signal: killed`. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    // 'close' and not 'exit': its last words have been read by then.
    child.once('close', (code, signal) =>
      resolve(signal === 'SIGKILL' ? 'signal: killed' : signal ? `signal: ${signal}` : `exit status ${code}`),
    );
  });
}
