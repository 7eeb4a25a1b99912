import { XMLParser } from 'fast-xml-parser';
import { exchange, type HttpAnswer } from './http';
import { retry } from './retry';
import { type Credentials, signedHeaders } from './signature';

/**
 * Calls of AWS's query APIs, for the few of them that a handler makes of Elastic Load Balancing and CloudFormation.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html
 */
export interface QueryCall {
  /** Endpoint prefix and signing name: `elasticloadbalancing`. */
  readonly service: string;
  readonly version: string;
  readonly action: string;
  /** Undefined values are left out. */
  readonly input: Readonly<Record<string, string | undefined>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const CALL_MS_MAX = 20_000;
const RETRY_MS_MAX = 30_000;
const RETRYABLE = /^(Throttling|ThrottlingException|RequestLimitExceeded|ServiceUnavailable|InternalFailure)$/;

/** A list is an element with `member` children; every scalar stays text. */
const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true, isArray: (name) => name === 'member' });

/**
 * @returns the result's fields: lists as arrays, scalars as text
 * @throws Error whose name is AWS's code; throttled and broken calls are repeated for half a minute
 */
export async function query(call: QueryCall, env: Environment = process.env): Promise<Record<string, unknown>> {
  return retry(() => once(call, env), { retryable: isTransient, limitMs: RETRY_MS_MAX });
}

async function once(call: QueryCall, env: Environment): Promise<Record<string, unknown>> {
  const url = endpointOf(call.service, env);
  const given = Object.entries(call.input).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const body = new URLSearchParams([['Action', call.action], ['Version', call.version], ...given]).toString();
  const headers = signedHeaders({
    url,
    body,
    service: call.service,
    region: env.AWS_REGION ?? '',
    credentials: credentialsOf(env),
    contentType: 'application/x-www-form-urlencoded; charset=utf-8',
    date: new Date(),
  });
  return resultOf(call.action, await exchange({ method: 'POST', url, headers, body, timeoutMs: CALL_MS_MAX }));
}

/** `AWS_ENDPOINT_URL` as all of AWS's clients read it, else the Region's own. */
function endpointOf(service: string, env: Environment): URL {
  const region = env.AWS_REGION ?? '';
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(env.AWS_ENDPOINT_URL ?? `https://${service}.${region}.${suffix}/`);
}

/** Lambda hands a function its role's credentials in these. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function credentialsOf(env: Environment): Credentials {
  return {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: env.AWS_SESSION_TOKEN,
  };
}

function resultOf(action: string, answer: HttpAnswer): Record<string, unknown> {
  const document = parser.parse(answer.body) as Record<string, Record<string, unknown> | undefined>;
  if (answer.status >= 200 && answer.status < 300) {
    const result = document[`${action}Response`]?.[`${action}Result`];
    return unwrap(result === '' ? {} : (result ?? {})) as Record<string, unknown>;
  }
  const { Code, Message } = (document.ErrorResponse?.Error ?? {}) as { Code?: string; Message?: string };
  throw Object.assign(new Error(Message ?? `answered ${answer.status}`), { name: Code ?? `Http${answer.status}` });
}

/** `{ member: [...] }` is a list; an empty element is empty text, which no field here means. */
function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== 'object' || value === null) return value;
  if ('member' in value) return unwrap(value.member);
  const fields = Object.entries(value).filter(([, field]) => field !== '');
  return Object.fromEntries(fields.map(([name, field]) => [name, unwrap(field)]));
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return RETRYABLE.test(error.name) || /^Http5/.test(error.name) || 'syscall' in error;
}
