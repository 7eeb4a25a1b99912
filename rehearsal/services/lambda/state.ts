import type { NetworkSource } from '../../core/network';

/** What Lambda holds: functions, their published versions and aliases. */

export interface FunctionConfiguration {
  readonly runtime: string;
  readonly handler: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Absent outside a VPC. */
  readonly securityGroupIds?: readonly string[];
  readonly description: string;
  readonly logGroup: string;
  /** JSON wraps what console prints; Text leaves lines as they are. */
  readonly logFormat: 'Text' | 'JSON';
  readonly logLevel: string;
  /** Unpacked, on disk. */
  readonly codeDirectory: string;
  /** The folder in place of `/opt`. Absent without layers of the template. */
  readonly layersDirectory?: string;
  readonly codeSha256: string;
  readonly codeSize: number;
  /** AWS time. */
  readonly modifiedAtMs: number;
}

export interface Version {
  /** `$LATEST` or a number. */
  readonly version: string;
  /** Changes with code and configuration: environments of an older one are not used again. */
  readonly revision: string;
  readonly configuration: FunctionConfiguration;
}

export interface Alias {
  readonly name: string;
  readonly version: string;
  /** Share of other versions, 0 to 1. */
  readonly weights: Readonly<Record<string, number>>;
}

export interface AsyncConfiguration {
  /** 0 to 2. */
  readonly retries: number;
  readonly maximumAgeMs: number;
}

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  latest: Version;
  readonly versions: Map<string, Version>;
  readonly aliases: Map<string, Alias>;
  /** By qualifier. */
  readonly asyncConfigurations: Map<string, AsyncConfiguration>;
}

export class LambdaState {
  readonly functions = new Map<string, LambdaFunction>();

  /** Where a function connects from. */
  sourceOf(functionArn: string): NetworkSource | undefined {
    const fn = this.functions.get(parseReference(functionArn).name);
    if (fn?.arn !== functionArn) return undefined;
    const { securityGroupIds } = fn.latest.configuration;
    return securityGroupIds ? { securityGroupIds } : {};
  }
}

export interface FunctionReference {
  readonly name: string;
  readonly qualifier?: string;
}

/** A name, `name:qualifier`, a partial or a full ARN. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function parseReference(text: string, qualifier?: string): FunctionReference {
  const [name = '', inText] = text.replace(/^(arn:[^:]+:lambda:[^:]*:)?(\d{12}:)?(function:)?/, '').split(':');
  const chosen = qualifier ?? inText;
  return { name, ...(chosen !== undefined && { qualifier: chosen }) };
}

/**
 * The version that a qualifier means; a weighted alias draws.
 *
 * @param random a number in [0, 1)
 */
export function resolveVersion(fn: LambdaFunction, qualifier: string | undefined, random: number): Version | undefined {
  if (qualifier === undefined || qualifier === '$LATEST') return fn.latest;
  const alias = fn.aliases.get(qualifier);
  return fn.versions.get(alias ? drawVersion(alias, random) : qualifier);
}

function drawVersion(alias: Alias, random: number): string {
  let rest = random;
  for (const [version, weight] of Object.entries(alias.weights)) {
    if (rest < weight) return version;
    rest -= weight;
  }
  return alias.version;
}

/**
 * When an asynchronous event is tried again after a function error: one minute after the first attempt, two after the
 * second, unless its configuration allows fewer or its age is over.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 *
 * @param failed attempts made so far, all failed
 * @returns milliseconds to wait, or undefined to give up
 */
export function retryDelayMs(failed: number, ageMs: number, configuration: AsyncConfiguration): number | undefined {
  if (failed > configuration.retries) return undefined;
  const delayMs = failed * 60_000;
  return ageMs + delayMs > configuration.maximumAgeMs ? undefined : delayMs;
}

export const DEFAULT_ASYNC: AsyncConfiguration = { retries: 2, maximumAgeMs: 6 * 3_600_000 };
