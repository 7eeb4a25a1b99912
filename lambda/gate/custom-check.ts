import { describeError } from '../../common/errors';
import { whileIamSettles } from '../../aws/calls';
import { ExactNumber } from '../../common/json/exact-number';
import { parseJson } from '../../common/json/parse';
import { within } from '../../common/retry';
import { shorten } from '../../common/text';
import type { Invoked } from './clients';
import { checksLeftMs, type GateRun } from './gate-run';
import type { CustomCheckResponse, CustomCheckRequest, CustomCheckResult, CustomCheckSettings } from './types';

const MESSAGE_LENGTH_MAX = 500;
/** Characters of JSON: a verdict is one log event, and that has 256 KB. */
const DETAILS_LENGTH_MAX = 4_096;
const OUTCOMES: readonly unknown[] = ['passed', 'failed', 'degraded'] satisfies CustomCheckResponse['outcome'][];

export type Invoke = (functionArn: string, payload: string, timeoutMs: number, signal: AbortSignal) => Promise<Invoked>;

export interface CustomCheckContext {
  readonly service: string;
  readonly deploymentId: string;
  readonly lifecycleEvent: string;
  readonly targetUrl: string;
  /** What is left for all checks, milliseconds. */
  readonly limitMs: number;
}

/** Invokes the functions of all custom checks at the same time. */
export async function runCustomChecks(run: GateRun): Promise<void> {
  const { settings, request, clients } = run;
  const { serviceName: service, lifecycleEvent, target } = settings;
  const context = { service, deploymentId: request.deploymentId, lifecycleEvent, targetUrl: target.origin };
  run.evidence.customChecks = await invokeAll(
    settings.customChecks,
    { ...context, limitMs: checksLeftMs(run) },
    clients.invokeFunction,
  );
}

/** Runs all at the same time. Never throws: an error is a failed check with its reason. */
export function invokeAll(
  checks: readonly CustomCheckSettings[],
  context: CustomCheckContext,
  invoke: Invoke,
): Promise<CustomCheckResult[]> {
  return Promise.all(checks.map((check) => runCustomCheck(check, context, invoke)));
}

async function runCustomCheck(
  { name, functionArn, timeoutSeconds }: CustomCheckSettings,
  { limitMs, ...context }: CustomCheckContext,
  invoke: Invoke,
): Promise<CustomCheckResult> {
  const startMs = Date.now();
  const ownMs = Math.min(timeoutSeconds * 1_000, limitMs);
  const request: CustomCheckRequest = {
    kind: 'greenlight.custom-check',
    version: 1,
    ...context,
    deadline: new Date(startMs + ownMs).toISOString(),
  };
  const seconds = Math.round(ownMs / 1_000);
  const result = await within<CheckOutcome>(
    ownMs,
    async (signal) =>
      readResponse(await whileIamSettles(() => invoke(functionArn, JSON.stringify(request), ownMs, signal), signal)),
    () => failed(`it did not respond within ${seconds} s`),
  ).catch((error: unknown) => failed(`it could not be called: ${describeError(error)}`));
  return { name, durationMs: Date.now() - startMs, ...result };
}

type CheckOutcome = Pick<CustomCheckResult, 'outcome' | 'message' | 'details'>;

/** The response, if it has the documented form; anything else is a failure that says what came instead. */
export function readResponse({ functionError, payload }: Invoked): CheckOutcome {
  if (functionError !== undefined) return failed(`its function failed: ${errorOf(payload)}`);
  const response = parse(payload);
  if (!isResponse(response)) {
    const expected = '{"outcome": "passed" | "failed" | "degraded", "message": "…"}';
    return failed(`it responded with ${shorten(payload, 200)}, expected ${expected}`);
  }
  const { outcome, message = `it ${outcome === 'degraded' ? 'is degraded' : outcome}`, details } = response;
  return { outcome, message: oneLine(message), ...(details !== undefined && { details: bounded(details) }) };
}

function failed(message: string): CheckOutcome {
  return { outcome: 'failed', message: oneLine(message) };
}

function isResponse(value: unknown): value is CustomCheckResponse {
  if (typeof value !== 'object' || value === null) return false;
  const { outcome, message } = value as Partial<CustomCheckResponse>;
  return OUTCOMES.includes(outcome) && (message === undefined || typeof message === 'string');
}

/** What Lambda says of an error: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
function errorOf(payload: string): string {
  const { errorType, errorMessage } = (parse(payload) ?? {}) as { errorType?: unknown; errorMessage?: unknown };
  const parts = [errorType, errorMessage].filter((it) => typeof it === 'string' && it !== '');
  return parts.length > 0 ? parts.join(': ') : shorten(payload, 200);
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function bounded(details: unknown): unknown {
  // The verdict is read with parsers that round: what they would round is text.
  const text = JSON.stringify(details, (_key, each: unknown) => (each instanceof ExactNumber ? each.literal : each));
  return text.length <= DETAILS_LENGTH_MAX ? (JSON.parse(text) as unknown) : shorten(text, DETAILS_LENGTH_MAX);
}

function oneLine(text: string): string {
  return shorten(text.replace(/\s+/g, ' ').trim(), MESSAGE_LENGTH_MAX);
}
