import { decodedSegment } from '../../core/wire/canonical';
import { arn, type Call, type Operations, type World } from '../../core/service';
import type { RestHandler } from '../../core/rest';
import { functionOf, type InvokeInput, type InvokeOutput, type Invoker } from './invoke';
import { type LambdaFunction, type LambdaState, parseReference, resolveVersion, type Version } from './state';

interface FunctionInput {
  readonly FunctionName: string;
  readonly Qualifier?: string;
}

export function lambdaOperations(world: World, state: LambdaState, invoker: Invoker): Operations {
  /** The function's ARN, with the qualifier when the caller named one: policies tell the two apart. */
  const resources = (input: FunctionInput) => {
    const { name, qualifier } = parseReference(input.FunctionName, input.Qualifier);
    return [arn(world, 'lambda', `function:${name}${qualifier ? `:${qualifier}` : ''}`)];
  };
  const configurationOf = (input: FunctionInput) => {
    const reference = parseReference(input.FunctionName, input.Qualifier);
    const fn = functionOf(world, state, reference);
    return describe(fn, resolveVersion(fn, reference.qualifier, 0) ?? fn.latest, reference.qualifier);
  };
  return {
    Invoke: {
      action: 'lambda:InvokeFunction',
      resources,
      handle: (input: InvokeInput, _call: Call) => invoker.invoke(input, world.ids.uuid()),
    },
    GetFunction: {
      resources,
      handle: (input: FunctionInput) => ({ Configuration: configurationOf(input), Code: { RepositoryType: 'S3' } }),
    },
    GetFunctionConfiguration: { resources, handle: configurationOf },
    ListFunctions: {
      handle: () => ({ Functions: [...state.functions.values()].map((fn) => describe(fn, fn.latest)) }),
    },
  };
}

function describe(fn: LambdaFunction, { version, revision, configuration }: Version, qualifier?: string) {
  return {
    FunctionName: fn.name,
    FunctionArn: qualifier ? `${fn.arn}:${qualifier}` : fn.arn,
    Runtime: configuration.runtime,
    Role: configuration.roleArn,
    Handler: configuration.handler,
    CodeSize: configuration.codeSize,
    CodeSha256: configuration.codeSha256,
    Description: configuration.description,
    Timeout: configuration.timeoutSeconds,
    MemorySize: configuration.memoryMb,
    LastModified: new Date(configuration.modifiedAtMs).toISOString().replace('Z', '+0000'),
    Version: version,
    RevisionId: revision,
    Environment: { Variables: configuration.environment },
    LoggingConfig: { LogFormat: configuration.logFormat, LogGroup: configuration.logGroup },
    ...(configuration.securityGroupIds && { VpcConfig: { SecurityGroupIds: configuration.securityGroupIds } }),
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    State: 'Active',
    LastUpdateStatus: 'Successful',
  };
}

const ROUTE = /^\/2015-03-31\/functions(?:\/([^/]+)(\/invocations|\/configuration)?)?\/?$/;

/** https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
export const lambdaRest: RestHandler = async (request, invoke) => {
  const [matched, encoded, rest] = ROUTE.exec(request.path) ?? [];
  const expected = rest === '/invocations' ? 'POST' : 'GET';
  if (!matched || request.method !== expected) return json(404, { Message: `no such operation: ${request.path}` });
  if (encoded === undefined) return json(200, await invoke('ListFunctions', {}));
  const Qualifier = request.query.get('Qualifier') ?? undefined;
  const target = { FunctionName: decodedSegment(encoded), ...(Qualifier !== undefined && { Qualifier }) };
  if (expected === 'GET') return json(200, await invoke(rest ? 'GetFunctionConfiguration' : 'GetFunction', target));
  const output = (await invoke('Invoke', {
    ...target,
    InvocationType: request.headers['x-amz-invocation-type'] ?? 'RequestResponse',
    Payload: request.body.toString(),
  })) as InvokeOutput;
  return {
    status: output.StatusCode,
    headers: {
      'content-type': 'application/json',
      ...(output.ExecutedVersion && { 'x-amz-executed-version': output.ExecutedVersion }),
      ...(output.FunctionError && { 'x-amz-function-error': output.FunctionError }),
    },
    body: output.Payload ?? '',
  };
};

function json(status: number, body: unknown) {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
