import { serviceDeploymentId } from '../../../aws/ecs';
import { targetGroupName } from '../../../aws/traffic';
import { describeError } from '../../../common/errors';
import { retry } from '../../../common/retry';
import { log } from '../../shared/logger';
import type { Clients } from '../clients';
import type { Handover } from '../evidence';
import type { Gate, GateHook, InvocationContext } from '../gate-run';
import { runGate } from '../run';
import { type ConfiguredDetails, type LifecycleEventName, STAGES } from '../types';
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

export interface HookDetails extends ConfiguredDetails {
  /** Set by the gate itself, for the call that continues a bake. */
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
      const first = (deployment.sourceServiceRevisions ?? []).length === 0;
      if (first && hookDetails?.greenlightApproval) await continuePause(clients, resourceArn, signal);
      return { first };
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

/** A pause and this hook are of one stage, and begin at about the same time. */
const PAUSE_APPEARS_MS = 30_000;

/**
 * Hooks also run for the deployment that creates the service, which has no old version whose users need an approval: `cdk deploy`
 * would wait for somebody, and its timeout would have nothing to roll back to.
 * @throws Error when the pause does not appear or ECS does not continue it
 */
async function continuePause(clients: Clients, arn: string, signal: AbortSignal): Promise<void> {
  const once = async () => {
    const { lifecycleHookDetails = [] } = (await clients.serviceDeployment(arn, signal)) ?? {};
    const pauses = lifecycleHookDetails.filter(({ targetType }) => targetType === 'PAUSE');
    if (pauses.length === 0) throw new Error('ECS has not paused it yet');
    for (const { hookId, status } of pauses)
      if (status === 'AWAITING_ACTION' && hookId) await clients.continueServiceDeployment(arn, hookId, signal);
  };
  await retry(once, { retryable: () => true, limitMs: PAUSE_APPEARS_MS, signal }).catch((error: unknown) => {
    throw new Error(`the pause of the first version could not be continued: ${describeError(error)}`);
  });
}
