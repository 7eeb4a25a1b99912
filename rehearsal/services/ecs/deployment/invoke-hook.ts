/**
 * One call of a Lambda hook, as the hook's role.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
 */
import type { World } from '../../../core/service';
import { reasonOf } from '../task/reason';
import type { Hook, HookResponse } from './deployment-state';
import { assumeRole } from './role';

/** "By default, the delay is 30 seconds." */
const CALLBACK_DELAY_SECONDS = 30;

/** What the function gets, but for `hookDetails`. */
export interface HookInput {
  readonly executionId: string;
  readonly lifecycleStage: string;
  readonly resourceArn: string;
  readonly executionDetails: {
    readonly serviceArn: string;
    readonly targetServiceRevisionArn: string;
    readonly testTrafficWeights: Readonly<Record<string, number>>;
    readonly productionTrafficWeights: Readonly<Record<string, number>>;
  };
}

interface Response {
  readonly hookStatus?: unknown;
  readonly callBackDelay?: unknown;
  readonly hookDetails?: unknown;
}

export interface HookResult {
  readonly response: HookResponse;
  /** What the function hands to its next call. */
  readonly details?: unknown;
}

/** Never rejects: what goes wrong is a response, too. */
export async function invokeHook(world: World, hook: Hook, event: HookInput, details: unknown): Promise<HookResult> {
  const { targetArn = '', roleArn = '' } = hook;
  const failed = (sentence: string): HookResult => ({ response: { status: 'FAILED', sentence } });
  const role = await assumeRole(world, roleArn, 'ECS-Lambda-Execution').catch((error: unknown) => reasonOf(error));
  if (typeof role === 'string') return failed(`ECS was unable to assume role ${roleArn} due to ${role}`);
  const Payload = JSON.stringify({ ...event, hookDetails: details ?? {} });
  try {
    const output = await world.call<{ FunctionError?: string; Payload?: string }>(role, 'lambda', 'Invoke', {
      FunctionName: targetArn,
      InvocationType: 'RequestResponse',
      Payload,
    });
    if (output.FunctionError) return failed(`Lifecycle hook target ${targetArn} returned an error.`);
    return readResponse(targetArn, output.Payload ?? '');
  } catch (error) {
    return failed(`ECS was unable to invoke hook target ${targetArn} due to ${reasonOf(error)}`);
  }
}

function readResponse(targetArn: string, payload: string): HookResult {
  const unreadable = (why: string): HookResult => ({
    response: { status: 'FAILED', sentence: `ECS was unable to parse the response from ${targetArn} due to ${why}` },
  });
  let response: Response | null;
  try {
    response = JSON.parse(payload) as Response | null;
  } catch (error) {
    return unreadable(reasonOf(error));
  }
  const { hookStatus, callBackDelay = CALLBACK_DELAY_SECONDS, hookDetails } = response ?? {};
  switch (hookStatus) {
    case undefined:
    case null:
      return unreadable('HookStatus must not be null');
    case 'SUCCEEDED':
      return { response: { status: 'SUCCEEDED' } };
    case 'FAILED':
      return { response: { status: 'FAILED', sentence: `Lifecycle hook target ${targetArn} returned FAILED status.` } };
    case 'IN_PROGRESS':
      return {
        response: { status: 'IN_PROGRESS', callBackDelayMs: Math.max(1, Number(callBackDelay) || 1) * 1000 },
        details: hookDetails,
      };
    default:
      return unreadable(`HookStatus ${JSON.stringify(hookStatus)} is not valid`);
  }
}
