import { whileUnavailable } from './calls';
import { type Caller, queryCall } from './signed-call';

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
  readonly signal?: AbortSignal;
}

/**
 * @returns the result's fields: lists as arrays, scalars as text
 * @throws Error whose name is AWS's code; throttled and broken calls are repeated for half a minute
 */
export async function query(call: QueryCall, caller: Caller = {}): Promise<Record<string, unknown>> {
  return whileUnavailable(() => once(call, caller), call.signal, caller.patienceMs);
}

async function once(call: QueryCall, caller: Caller): Promise<Record<string, unknown>> {
  const given = Object.entries(call.input).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const result = await queryCall(call.service, call.version, call.action, Object.fromEntries(given), {
    ...caller,
    signal: call.signal,
  });
  // An empty element is empty text.
  return unwrap(result || {}) as Record<string, unknown>;
}

/** `{ member: [...] }` is a list; an empty element is empty text, which no field here means. */
function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== 'object' || value === null) return value;
  if ('member' in value) return unwrap(value.member);
  const fields = Object.entries(value).filter(([, field]) => field !== '');
  return Object.fromEntries(fields.map(([name, field]) => [name, unwrap(field)]));
}
