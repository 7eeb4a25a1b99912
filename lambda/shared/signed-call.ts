import { XMLParser } from 'fast-xml-parser';
import { exchange, type HttpAnswer } from './http';
import { sign } from './signature';

/** Wall time that one call may take unless told otherwise. */
const CALL_MS_MAX = 20_000;

type Environment = Readonly<Record<string, string | undefined>>;

export interface SignedCall {
  /** Endpoint and signing name: `elasticloadbalancing`, `lambda`. */
  readonly service: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Wall milliseconds. Default 20 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** An error of AWS: its name is AWS's code. */
export class AwsCallError extends Error {
  constructor(code: string, message: string) {
    super(message);
    this.name = code;
  }
}

/**
 * One signed POST with the credentials that Lambda puts into the environment.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 * @throws what `exchange` throws; it does not look at the answer's status
 */
export function signedCall(call: SignedCall, env: Environment = process.env): Promise<HttpAnswer> {
  const region = env.AWS_REGION ?? '';
  const url = new URL(call.path, endpointOf(call.service, region, env));
  const headers = sign(
    { method: 'POST', url, headers: call.headers, body: call.body },
    {
      region,
      service: call.service,
      credentials: {
        accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
        sessionToken: env.AWS_SESSION_TOKEN,
      },
      at: new Date(),
    },
  );
  const { body, timeoutMs = CALL_MS_MAX, signal } = call;
  return exchange({ method: 'POST', url, headers, body, timeoutMs, signal });
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
  { signal, env }: { readonly signal?: AbortSignal; readonly env?: Environment } = {},
): Promise<unknown> {
  const call: SignedCall = {
    service,
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ Action: action, Version: version, ...parameters }).toString(),
    signal,
  };
  const answer = await signedCall(call, env);
  const document = parseXml(answer.body) as Record<string, Record<string, unknown> | undefined>;
  if (answer.status === 200) return document[`${action}Response`]?.[`${action}Result`];
  const error = document.ErrorResponse?.Error as { Code?: string; Message?: string } | undefined;
  throw new AwsCallError(error?.Code ?? `Http${answer.status}`, error?.Message ?? answer.body.slice(0, 200));
}

/** https://docs.aws.amazon.com/general/latest/gr/rande.html */
function endpointOf(service: string, region: string, env: Environment): string {
  if (env.AWS_ENDPOINT_URL) return env.AWS_ENDPOINT_URL;
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Text stays text: `1` of a weight is read where a number is meant. */
function parseXml(text: string): unknown {
  const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'member' });
  try {
    return parser.parse(text);
  } catch (error) {
    throw new AwsCallError('MalformedAnswer', (error as Error).message);
  }
}
