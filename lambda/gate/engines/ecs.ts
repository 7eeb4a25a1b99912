import { serviceDeploymentId } from '../../../aws/ecs';
import { targetGroupName } from '../../../aws/traffic';
import { describeError } from '../../../common/errors';
import type { BreakGlass } from '../../shared/break-glass';
import { log } from '../../shared/logger';
import type { Handover } from '../evidence';
import type { Gate, GateHook, InvocationContext } from '../gate-run';
import { runGate } from '../run';
import { type LifecycleEventName, STAGES } from '../types';
import type { Engine } from './engine';

/**
 * What ECS invokes a hook with.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
 */
export interface EcsInvocation {
  readonly executionId?: string;
  readonly lifecycleStage: string;
  /** ARN of the service deployment. */
  readonly resourceArn: string;
  readonly executionDetails?: { readonly targetServiceRevisionArn?: string };
  /** Those of the hook in the service, and what the last response of this stage added to them. */
  readonly hookDetails?: HookDetails;
}

/** What Greenlight puts into the details of a hook. */
export interface HookDetails {
  readonly greenlightBreakGlass?: BreakGlass;
  readonly greenlightBake?: Handover;
}

/** ECS rolls back for a response without one of these statuses, and for an exception. */
export interface EcsResponse {
  readonly hookStatus: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS';
  /** Seconds until ECS calls again. */
  readonly callBackDelay?: number;
  readonly hookDetails?: HookDetails;
}

const CALL_BACK_SECONDS = 5;

export function isEcsEvent(event: object): event is EcsInvocation {
  return 'lifecycleStage' in event;
}

/** One run of the gate as a hook of ECS, which learns the outcome by the response. Never throws. */
export async function runForEcs(gate: Gate, event: EcsInvocation, context: InvocationContext): Promise<EcsResponse> {
  const bake = event.hookDetails?.greenlightBake;
  let response: EcsResponse = { hookStatus: 'FAILED' };
  const respond = (next: EcsResponse) => {
    response = next;
    return Promise.resolve();
  };
  const hook: GateHook = {
    request: { deploymentId: serviceDeploymentId(event.resourceArn), hookMs: bake?.hookMs ?? Date.now(), bake },
    engine: ecs(gate, event),
    remainingMs: () => context.getRemainingTimeInMillis(),
    continueBake: (handover) =>
      respond({
        hookStatus: 'IN_PROGRESS',
        callBackDelay: CALL_BACK_SECONDS,
        hookDetails: { greenlightBake: handover },
      }),
    report: (outcome) => respond({ hookStatus: outcome === 'Succeeded' ? 'SUCCEEDED' : 'FAILED' }),
  };
  await runGate(gate, hook).catch((error: unknown) => {
    log('error', 'the gate could not respond', { error: describeError(error) });
  });
  return response;
}

function ecs({ clients }: Gate, { resourceArn, lifecycleStage, executionDetails, hookDetails }: EcsInvocation): Engine {
  return {
    name: 'ECS',
    begin: async (lifecycleEvent, signal) => {
      const stage = STAGES[lifecycleEvent as LifecycleEventName] as string | undefined;
      if (stage !== lifecycleStage) {
        throw new Error(`ECS called it at ${lifecycleStage}, and it is for ${stage}: correct the hooks of the service`);
      }
      // Neither the event nor the service says so: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
      const deployment = await clients.serviceDeployment(resourceArn, signal);
      if (!deployment) throw new Error(`ECS does not describe ${resourceArn}`);
      return { first: (deployment.sourceServiceRevisions ?? []).length === 0 };
    },
    greenTargetGroup: async (signal) => {
      const revisionArn = executionDetails?.targetServiceRevisionArn;
      if (!revisionArn) return undefined;
      const [arn] = await clients.targetGroupsOfRevision(revisionArn, signal);
      return arn === undefined ? undefined : targetGroupName(arn);
    },
    breakGlass: () => Promise.resolve(hookDetails?.greenlightBreakGlass),
  };
}
