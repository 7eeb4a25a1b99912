import { ScaledClock } from '../../../rehearsal/core/clock';
import { INTERNAL, type Service } from '../../../rehearsal/core/service';
import { createLambda, lambdaSdk } from '../../../rehearsal/services/lambda';
import { createLogs } from '../../../rehearsal/services/logs';
import { worldOn } from './world';
import { zipOf } from './zip';

export interface Result {
  StatusCode: number;
  Payload: string;
  FunctionError?: string;
}

const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop?.();
});

/** Lambda and CloudWatch Logs with real processes; the function `f` is what `create` makes. @param appDirectory whose SDK clients functions use */
export function lambdaWorld(speed = 600, appDirectory: string = __dirname) {
  // At this speed 5 min of AWS are half a second.
  const world = worldOn(new ScaledClock(speed), { parameters: { lambdaWallMsMin: 1000 } });
  const objects: Record<string, Buffer> = {};
  const lambda = createLambda(world, {
    readObject: async (bucket, key) => objects[`${bucket}/${key}`] ?? Buffer.from(''),
    sdk: lambdaSdk(world, appDirectory),
  });
  const logs = createLogs(world);
  services.push(lambda);
  world.add(lambda);
  world.add(logs);
  const request = (properties: object) => ({
    stackName: 'S',
    stackId: 'arn',
    logicalId: 'F',
    signal: new AbortController().signal,
    properties,
  });
  const resource = async (type: string, properties: object) =>
    lambda.resourceTypes?.[type]?.create(request(properties));
  const create = async (code: string | Record<string, string>, properties: object = {}) => {
    if (typeof code !== 'string') objects['assets/f.zip'] = zipOf(code);
    const Code = typeof code === 'string' ? { ZipFile: code } : { S3Bucket: 'assets', S3Key: 'f.zip' };
    return resource('AWS::Lambda::Function', {
      FunctionName: 'f',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::111111111111:role/f',
      Timeout: 300,
      Code,
      ...properties,
    });
  };
  const invoke = (payload: unknown = {}, input: object = {}) =>
    world.call<Result>(INTERNAL, 'lambda', 'Invoke', { FunctionName: 'f', Payload: JSON.stringify(payload), ...input });
  const lines = async () => {
    const found = await world.call<{ events: { message: string }[] }>(INTERNAL, 'logs', 'FilterLogEvents', {
      logGroupName: '/aws/lambda/f',
    });
    return found.events.map((event) => event.message);
  };
  return { world, lambda, create, invoke, lines, request, resource, objects };
}

/** What an invocation returned. */
export const payloadOf = (result: Result) => JSON.parse(result.Payload) as Record<string, unknown>;
