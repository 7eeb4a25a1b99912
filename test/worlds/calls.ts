/** Calls of the product's functions to AWS and to the listeners, in this process. */
import { Client } from '@smithy/core/client';
import type { HttpRequest, HttpResponse } from '../../common/http';
import { AwsError, type Principal } from '../../rehearsal/core/service';
import { decodeJson } from '../../rehearsal/core/wire/json';
import type { WireResponse } from '../../rehearsal/core/wire/message';
import { decodeEc2Query, decodeQuery } from '../../rehearsal/core/wire/query';
import { type Running, running } from './functions';
import type { World } from './world';

const PREFIXES: Readonly<Record<string, string>> = {
  CodeDeploy: 'codedeploy',
  ECS: 'ecs',
  SFN: 'states',
  CloudWatch: 'cloudwatch',
  'CloudWatch Logs': 'logs',
};

const ATTEMPTS = 3;
const never = () => new Promise<never>(() => undefined);

interface Sending {
  readonly config: { readonly serviceId: string };
}
interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/** Every client of the SDK calls the world of the invocation that it is in. */
export function callWorlds(): void {
  Object.assign(Client.prototype, {
    send(this: Sending, { constructor, input }: Sent) {
      const prefix = PREFIXES[this.config.serviceId] ?? this.config.serviceId;
      const operation = constructor.name.replace(/Command$/, '');
      return withRetries(() => call(prefix, operation, input)).then((output) => dated(output));
    },
  });
}

/** As the SDK's standard mode: three attempts. */
async function withRetries(attempt: () => Promise<unknown>): Promise<unknown> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const retryable = error instanceof AwsError && (error.statusCode >= 500 || error.code.startsWith('Throttling'));
      if (!retryable || tried === ATTEMPTS) throw error;
      await new Promise<void>((resolve) => setTimeout(resolve, 100 * 2 ** tried));
    }
  }
}

/** @throws AwsError */
async function call(prefix: string, operation: string, input: object): Promise<unknown> {
  const state = running.getStore();
  if (!state) throw new Error(`${operation} is called outside an invocation`);
  if (state.over) return never();
  const output = await state.world.call(state.principal, prefix, operation, input);
  return alive(state) ? output : never();
}

/** @returns whether the invocation still runs after one more call */
function alive(state: Running): boolean {
  if (!state.over && --state.callsLeft <= 0) state.end();
  return !state.over;
}

/** The JSON protocol carries times as seconds; the SDK makes dates of them. */
function dated(value: unknown, name = ''): unknown {
  if (typeof value === 'number') return /(Time|At|Timestamp)$/.test(name) ? new Date(value * 1_000) : value;
  if (Array.isArray(value)) return value.map((each) => dated(each, name));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, dated(inner, key)]));
}

/** In place of `exchange`: signed calls, responses to CloudFormation, and requests to the load balancer. */
export async function exchangeInWorld(request: HttpRequest): Promise<HttpResponse> {
  const state = running.getStore();
  if (!state) throw new Error(`${request.url.href} is requested outside an invocation`);
  if (state.over) return never();
  const response = await responseTo(state.world, state.principal, request);
  if (!alive(state)) return never();
  return { headers: {}, body: '', ...response, truncated: false, durationMs: 5, timings: { totalMs: 5 } };
}

type Served = Pick<HttpResponse, 'status'> & Partial<HttpResponse>;

async function responseTo(world: World, principal: Principal, request: HttpRequest): Promise<Served> {
  const { url, method, body = '' } = request;
  const [, service] = /^([a-z0-9-]+)\.us-east-1\.amazonaws\.com$/.exec(url.hostname) ?? [];
  if (service !== undefined) return signed(world, principal, service, request);
  if (method === 'PUT') return { status: world.takesResponse(url, body) };
  const served = world.serve(Number(url.port || 80), url.pathname);
  if (!served) throw Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' });
  return served;
}

async function signed(world: World, principal: Principal, prefix: string, request: HttpRequest): Promise<Served> {
  const { headers, body = '', url } = request;
  const [, functionName] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname) ?? [];
  if (functionName !== undefined) return invoked(world, principal, decodeURIComponent(functionName), body);
  const target = headers['x-amz-target'];
  const form = new URLSearchParams(body);
  const decode = prefix === 'ec2' ? decodeEc2Query : decodeQuery;
  const { operation, input, codec } = target
    ? decodeJson(target, headers['content-type'] ?? '', Buffer.from(body))
    : decode(form, 'namespace');
  try {
    return asServed(codec.success(await world.call(principal, prefix, operation, input as object), 'id'));
  } catch (error) {
    if (error instanceof AwsError) return asServed(codec.failure(error, 'id'));
    throw error;
  }
}

/** As the custom checks of a gate are called. */
async function invoked(world: World, principal: Principal, FunctionName: string, Payload: string): Promise<Served> {
  try {
    const output = await world.call(principal, 'lambda', 'Invoke', { FunctionName, Payload });
    return { status: 200, body: (output as { Payload: string }).Payload };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const headers = { 'x-amzn-errortype': error.code };
    return { status: error.statusCode, headers, body: JSON.stringify({ Message: error.message }) };
  }
}

const asServed = ({ status, headers, body }: WireResponse): Served => ({ status, headers, body: String(body) });
