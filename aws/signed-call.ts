import { XMLParser } from 'fast-xml-parser';
import { exchange, type HttpResponse } from '../common/http';
import { type AwsCredentials, sign } from './signature';

/** Real time that one call may take unless the call says otherwise. */
const CALL_MS_MAX = 20_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** An element's children by name, as text where it has none; repeated ones are arrays. */
export type XmlValue = string | XmlElement | readonly XmlValue[];
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

export interface SignedCall {
  /** Endpoint and signing name: `elasticloadbalancing`, `lambda`. */
  readonly service: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Real milliseconds. Default 20 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Who makes a call. Default: this process, as its environment says. */
export interface Caller {
  /** Region, endpoint and, unless given, credentials. */
  readonly env?: Environment;
  readonly credentials?: AwsCredentials;
  /** For how long a call is repeated while AWS is not available, milliseconds. Default: half a minute. */
  readonly patienceMs?: number;
}

/** What a call takes in addition to its input. */
export interface CallOptions extends Caller {
  readonly signal?: AbortSignal;
}

/** An error of AWS: its name is AWS's code. */
export class AwsCallError extends Error {
  /** Whose fault it is, as the SDK's clients say it. */
  readonly $fault?: 'client' | 'server';

  /** @param status of the response, where there was one */
  constructor(code: string, message: string, status?: number) {
    super(message);
    this.name = code;
    if (status !== undefined) this.$fault = status >= 500 ? 'server' : 'client';
  }
}

/**
 * One signed POST, by default with the credentials that Lambda puts into the environment.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 * @throws what `exchange` throws; it does not check the status of the response
 */
export function signedCall(
  call: SignedCall,
  env: Environment = process.env,
  credentials: AwsCredentials = credentialsOf(env),
): Promise<HttpResponse> {
  const { service, body, timeoutMs = CALL_MS_MAX, signal } = call;
  const region = env.AWS_REGION ?? '';
  const url = new URL(call.path, endpointOf(service, region, env));
  const scope = { region, service, credentials, at: new Date() };
  const headers = sign({ method: 'POST', url, headers: call.headers, body }, scope);
  return exchange({ method: 'POST', url, headers, body, timeoutMs, signal });
}

function credentialsOf(env: Environment): AwsCredentials {
  return {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: env.AWS_SESSION_TOKEN,
  };
}

/**
 * One operation of a service that speaks the query protocol.
 * @returns the `<Action>Result` element as an object; lists are `member` arrays
 * @throws AwsCallError
 */
export async function queryCall(
  service: string,
  version: string,
  action: string,
  parameters: Readonly<Record<string, string>>,
  options: CallOptions = {},
): Promise<unknown> {
  const { status, body, document } = await postForm(service, version, action, parameters, options);
  if (status === 200) return (document[`${action}Response`] as XmlElement | undefined)?.[`${action}Result`];
  throw errorOf(status, body, (document.ErrorResponse as XmlElement | undefined)?.Error);
}

/**
 * One operation of EC2, which has a query protocol of its own: the result is not wrapped, lists are `item` arrays.
 * https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 * @throws AwsCallError
 */
export async function ec2Call(
  action: string,
  parameters: Readonly<Record<string, string>>,
  options: CallOptions = {},
): Promise<unknown> {
  const { status, body, document } = await postForm('ec2', '2016-11-15', action, parameters, options);
  if (status === 200) return document[`${action}Response`];
  const errors = (document.Response as XmlElement | undefined)?.Errors as XmlElement | undefined;
  throw errorOf(status, body, errors?.Error);
}

/**
 * One operation of a service that speaks JSON 1.1.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 * @param operation with the service's own prefix: `AmazonSSM.GetParameter`
 * @throws AwsCallError
 */
export async function jsonCall(
  service: string,
  operation: string,
  input: object,
  { signal, env, credentials }: CallOptions = {},
): Promise<unknown> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation };
  const response = await signedCall(
    { service, path: '/', headers, body: JSON.stringify(input), signal },
    env,
    credentials,
  );
  const content = parseJson(response.body);
  if (response.status >= 200 && response.status <= 299 && content) return content;
  const { __type, message, Message } = (content ?? {}) as { __type?: string; message?: string; Message?: string };
  throw errorOf(response.status, response.body, { Code: __type?.split('#').at(-1), Message: message ?? Message });
}

async function postForm(
  service: string,
  version: string,
  action: string,
  parameters: Readonly<Record<string, string>>,
  { signal, env, credentials }: CallOptions,
): Promise<{ readonly status: number; readonly body: string; readonly document: XmlElement }> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const form = new URLSearchParams({ Action: action, Version: version, ...parameters }).toString();
  const { status, body } = await signedCall({ service, path: '/', headers, body: form, signal }, env, credentials);
  return { status, body, document: status === 200 ? parsedXml(body) : failureXml(body) };
}

function errorOf(status: number, body: string, error: unknown): AwsCallError {
  const { Code, Message } = (error ?? {}) as { readonly Code?: string; readonly Message?: string };
  return new AwsCallError(Code || `Http${status}`, Message ?? body.slice(0, 200), status);
}

/** What the service's own endpoint is set with. https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html */
const ENDPOINT_VARIABLES: Readonly<Record<string, string>> = {
  'application-autoscaling': 'AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING',
  cloudformation: 'AWS_ENDPOINT_URL_CLOUDFORMATION',
  codedeploy: 'AWS_ENDPOINT_URL_CODEDEPLOY',
  ec2: 'AWS_ENDPOINT_URL_EC2',
  ecs: 'AWS_ENDPOINT_URL_ECS',
  elasticloadbalancing: 'AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2',
  lambda: 'AWS_ENDPOINT_URL_LAMBDA',
  logs: 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
  monitoring: 'AWS_ENDPOINT_URL_CLOUDWATCH',
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  ssm: 'AWS_ENDPOINT_URL_SSM',
};

/** https://docs.aws.amazon.com/general/latest/gr/rande.html */
function endpointOf(service: string, region: string, env: Environment): string {
  const given = env[ENDPOINT_VARIABLES[service] ?? ''] || env.AWS_ENDPOINT_URL;
  if (given) return given;
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws AwsCallError MalformedResponse */
function parsedXml(text: string): XmlElement {
  try {
    return parseXml(text);
  } catch (error) {
    throw new AwsCallError('MalformedResponse', (error as Error).message);
  }
}

/** What is between the handler and AWS may say why in its own format. */
function failureXml(text: string): XmlElement {
  try {
    return parseXml(text);
  } catch {
    return {};
  }
}

// What the list elements of AWS's query protocols are called: always arrays, however many there are.
const parser = new XMLParser({
  parseTagValue: false,
  ignoreDeclaration: true,
  isArray: (name) => name === 'member' || name === 'item',
});

/**
 * The XML of a response of AWS's query APIs.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 * @throws Error for what is no XML
 */
export function parseXml(document: string): XmlElement {
  return parser.parse(document, true) as XmlElement;
}
