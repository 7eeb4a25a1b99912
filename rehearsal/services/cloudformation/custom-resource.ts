import { INTERNAL, type ResourceRequest, type ResourceState, type ResourceType, type World } from '../../core/service';
import type { Responses } from './responses';
import { isRecord, type Properties } from './template/template';

/** A failed create that left something behind: CloudFormation sends a Delete for it when it rolls back. */
export class CreateFailure extends Error {
  constructor(
    message: string,
    readonly physicalId: string,
  ) {
    super(message);
  }
}

/** The function could not be invoked, so that it has nothing to delete. */
class NotSent extends Error {}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html */
interface CustomResourceResponse {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly NoEcho?: boolean;
  readonly Data?: Readonly<Record<string, unknown>>;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html: 4096 bytes. */
const responseBytesMax = 4096;
const serviceTimeoutSecondsDefault = 3600;

type Kind = 'Create' | 'Update' | 'Delete';

/** Custom resources backed by Lambda functions: sends the events and takes the responses. */
export class CustomResources {
  constructor(
    private readonly world: World,
    private readonly responses: Responses,
  ) {}

  static isCustom(type: string): boolean {
    return type === 'AWS::CloudFormation::CustomResource' || type.startsWith('Custom::');
  }

  /** The behaviour of one `Custom::…` type. */
  typeFor(type: string): ResourceType<Properties> {
    return {
      create: (request) => this.create(type, request),
      update: async (request) => {
        if (request.properties.ServiceToken !== request.previous.ServiceToken) {
          throw new Error('Modifying service token is not allowed.');
        }
        const details = {
          PhysicalResourceId: request.current.physicalId,
          OldResourceProperties: asText(request.previous),
        };
        return stateOf(await this.ask('Update', type, request, details));
      },
      delete: async (request) => {
        await this.ask('Delete', type, request, { PhysicalResourceId: request.current.physicalId });
      },
    };
  }

  private async create(type: string, request: ResourceRequest<Properties>): Promise<ResourceState> {
    lambdaOf(request.properties.ServiceToken);
    // A create that failed or was cancelled is deleted under the id in its response, else under a made-up one.
    const fallbackId = `${request.stackName}-${request.logicalId}-${this.world.ids.upper(12)}`;
    try {
      return stateOf(await this.ask('Create', type, request, {}));
    } catch (error) {
      if (error instanceof NotSent) throw error;
      throw new CreateFailure((error as Error).message, (error as { physicalId?: string }).physicalId ?? fallbackId);
    }
  }

  private async ask(
    kind: Kind,
    type: string,
    request: ResourceRequest<Properties>,
    details: Readonly<Record<string, unknown>>,
  ): Promise<CustomResourceResponse> {
    const functionName = lambdaOf(request.properties.ServiceToken);
    const requestId = this.world.ids.uuid();
    const name = `${request.stackId}|${request.logicalId}|${requestId}`;
    const response = this.expectResponse(name, requestId, serviceTimeoutMs(request.properties), request.signal);
    const event = {
      RequestType: kind,
      ServiceToken: functionName,
      ResponseURL: response.url,
      StackId: request.stackId,
      RequestId: requestId,
      LogicalResourceId: request.logicalId,
      ResourceType: type,
      ...details,
      ResourceProperties: asText(request.properties),
    };
    try {
      const input = { FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(event) };
      const sent = this.world.call(INTERNAL, 'lambda', 'Invoke', input).catch((error: Error) => {
        throw new NotSent(error.message);
      });
      await Promise.race([sent, response.promise]);
      return accept(await response.promise, requestId);
    } finally {
      response.end();
    }
  }

  /** The body that is put to the URL; rejects when the time is up or the deployment is cancelled. */
  private expectResponse(name: string, requestId: string, timeoutMs: number, signal: AbortSignal) {
    const { promise, resolve, reject } = deferred<Buffer>();
    const expected = this.responses.expect(this.world, name, resolve);
    const timer = this.world.clock.after(timeoutMs, () => reject(new Error(noResponse(requestId))));
    const cancel = () => reject(new Error('cancelled'));
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    promise.catch(() => undefined);
    const end = () => {
      timer.cancel();
      signal.removeEventListener('abort', cancel);
      expected.end();
    };
    return { url: expected.url, promise, end };
  }
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

function stateOf(response: CustomResourceResponse): ResourceState {
  return { physicalId: response.PhysicalResourceId, attributes: response.Data ?? {} };
}

/** @throws Error with CloudFormation's words for responses that it does not take */
function accept(body: Buffer, requestId: string): CustomResourceResponse {
  if (body.length > responseBytesMax) throw new Error('Response object is too long.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw new Error('Response is not valid JSON');
  }
  if (!isRecord(parsed)) throw new Error('Response is not valid JSON');
  const { Status, Reason, PhysicalResourceId, Data } = parsed;
  const physicalId =
    typeof PhysicalResourceId === 'string' && PhysicalResourceId !== '' ? PhysicalResourceId : undefined;
  if (Status === 'FAILED') {
    const reason = typeof Reason === 'string' && Reason !== '' ? Reason : 'See the details in CloudWatch Log Stream';
    const message = `Received response status [FAILED] from custom resource. Message returned: ${reason} (RequestId: ${requestId})`;
    throw Object.assign(new Error(message), { physicalId });
  }
  if (Status !== 'SUCCESS') throw new Error('Invalid response status');
  if (physicalId === undefined) throw new Error('Invalid PhysicalResourceId');
  return { Status, PhysicalResourceId: physicalId, Data: isRecord(Data) ? Data : {} };
}

/** @throws Error unless it is a Lambda function's ARN */
function lambdaOf(serviceToken: unknown): string {
  if (typeof serviceToken === 'string' && /^arn:[^:]+:lambda:/.test(serviceToken)) return serviceToken;
  throw new Error(
    `ServiceToken ${JSON.stringify(serviceToken)}: the rehearsal runs only custom resources of Lambda functions; ` +
      'give the ARN of a function',
  );
}

function serviceTimeoutMs(properties: Properties): number {
  const seconds = Number(properties.ServiceTimeout ?? serviceTimeoutSecondsDefault);
  if (!(seconds >= 1 && seconds <= 3600)) throw new Error(`ServiceTimeout ${seconds}: a number from 1 to 3600`);
  return seconds * 1000;
}

function noResponse(requestId: string): string {
  return (
    `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}]. ` +
    'If you are using the Python cfn-response module, you may need to update your Lambda function code so that ' +
    'CloudFormation can attach the updated version.'
  );
}

/** CloudFormation hands every scalar to a custom resource as a string. */
export function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asText(item)]));
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : value;
}
