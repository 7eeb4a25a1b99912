import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError, type World } from '../../core/service';
import { writeInlineCode } from './inline-code';
import type { RuntimeSdk } from './sdk';
import type { FunctionConfiguration } from './state';
import { unzip } from './zip';

/** Reads an object of the rehearsed S3. @throws AwsError when it is not there */
export type ReadObject = (bucket: string, key: string) => Promise<Buffer>;

/** What a function's code is read with. */
export interface CodeSource {
  readonly readObject: ReadObject;
  readonly sdk: RuntimeSdk;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export interface FunctionProperties {
  readonly FunctionName?: string;
  readonly Code: {
    readonly S3Bucket?: string;
    readonly S3Key?: string;
    readonly ZipFile?: string;
    readonly ImageUri?: string;
  };
  readonly Handler?: string;
  readonly Runtime?: string;
  readonly Role: string;
  readonly Description?: string;
  /** CloudFormation passes numbers as text as well. */
  readonly Timeout?: number | string;
  readonly MemorySize?: number | string;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> };
  readonly VpcConfig?: { readonly SecurityGroupIds?: readonly string[]; readonly SubnetIds?: readonly string[] };
  readonly LoggingConfig?: {
    readonly LogGroup?: string;
    readonly LogFormat?: 'Text' | 'JSON';
    readonly ApplicationLogLevel?: string;
  };
  readonly Layers?: readonly string[];
}

/** Where each function's code has a folder of its own. */
export function codeFolder(world: Pick<World, 'directory'>): string {
  return join(world.directory, 'lambda');
}

/** Unpacks the code and fills in Lambda's defaults: 3 s, 128 MB. */
export async function readConfiguration(
  world: World,
  source: CodeSource,
  name: string,
  properties: FunctionProperties,
): Promise<Omit<FunctionConfiguration, 'layersDirectory'>> {
  const variables = Object.entries(properties.Environment?.Variables ?? {});
  const groups = properties.VpcConfig?.SecurityGroupIds;
  return {
    runtime: properties.Runtime ?? (properties.Code.ImageUri ? 'container image' : ''),
    handler: properties.Handler ?? '',
    roleArn: properties.Role,
    timeoutSeconds: Number(properties.Timeout ?? 3),
    memoryMb: Number(properties.MemorySize ?? 128),
    environment: Object.fromEntries(variables.map(([key, value]) => [key, String(value)])),
    ...(groups && groups.length > 0 && { securityGroupIds: groups }),
    description: properties.Description ?? '',
    logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    logFormat: properties.LoggingConfig?.LogFormat ?? 'Text',
    logLevel: properties.LoggingConfig?.ApplicationLogLevel ?? 'INFO',
    modifiedAtMs: world.clock.now(),
    ...(await readCode(world, source, properties)),
  };
}

async function readCode(world: World, { readObject, sdk }: CodeSource, { Code, Runtime }: FunctionProperties) {
  const { S3Bucket, S3Key, ZipFile } = Code;
  const zip = S3Bucket && S3Key ? await readObject(S3Bucket, S3Key) : undefined;
  const content = zip ?? Buffer.from(ZipFile ?? '');
  const hash = createHash('sha256').update(content);
  const codeSha256 = hash.copy().digest('base64');
  const codeDirectory = join(codeFolder(world), hash.digest('hex'));
  // In one go: nothing is written any more once the rehearsal has ended and its directory is gone.
  mkdirSync(codeDirectory, { recursive: true });
  if (!zip) writeInlineCode(codeDirectory, Runtime ?? '', content);
  else unzipTo(codeDirectory, zip);
  if (Runtime?.startsWith('nodejs')) sdk.provideFor(codeDirectory);
  return { codeDirectory, codeSha256, codeSize: content.length };
}

/** @throws AwsError InvalidParameterValueException */
function unzipTo(directory: string, zip: Buffer): void {
  try {
    unzip(zip, directory);
  } catch (error) {
    throw new AwsError('InvalidParameterValueException', `Could not unzip uploaded file: ${(error as Error).message}`);
  }
}
