import { describeError, nameOf } from '../../../common/errors';
import { isAccessDenied } from '../../../aws/calls';
import { readBreakGlass } from '../../shared/break-glass';
import { log } from '../../shared/logger';
import type { Clients } from '../clients';
import type { Handover } from '../evidence';
import type { Gate, GateHook, InvocationContext } from '../gate-run';
import { type Ending, runGate } from '../run';
import { UNREPORTED_KIND, type Verdict } from '../types';
import type { Engine } from './engine';

/** What CodeDeploy invokes a hook with. https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html */
export interface CodeDeployEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
  /** Set when the gate invoked itself to continue a bake that outlasts one invocation. */
  readonly GreenlightBake?: Handover;
}

/** One run of the gate at a lifecycle event of CodeDeploy, which learns the outcome by a call. */
export function runForCodeDeploy(gate: Gate, event: CodeDeployEvent, context: InvocationContext): Promise<Ending> {
  const { DeploymentId: deploymentId, GreenlightBake: bake } = event;
  const { clients } = gate;
  const hook: GateHook = {
    request: { deploymentId, hookMs: bake?.hookMs ?? Date.now(), bake },
    engine: codeDeploy(gate, deploymentId),
    remainingMs: () => context.getRemainingTimeInMillis(),
    continueBake: (handover) => {
      const next: CodeDeployEvent = { ...event, GreenlightBake: handover };
      return clients.invokeSelf(JSON.stringify(next));
    },
    report: (outcome) => report(event, outcome, clients),
  };
  return runGate(gate, hook);
}

function codeDeploy({ settings, clients }: Gate, deploymentId: string): Engine {
  return {
    name: 'CodeDeploy',
    // The first version starts without CodeDeploy.
    begin: () => Promise.resolve({ first: false }),
    greenTargetGroup: (signal) =>
      clients.greenTargetGroup(deploymentId, settings().sides?.deploymentTargetId ?? '', signal),
    breakGlass: async () => readBreakGlass(await clients.deploymentDescription(deploymentId)),
  };
}

/** A lifecycle event that is already completed has its outcome. */
async function report(event: CodeDeployEvent, outcome: Verdict['outcome'], clients: Clients): Promise<void> {
  const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: executionId } = event;
  try {
    await clients.report(deploymentId, executionId, outcome);
  } catch (error) {
    if (nameOf(error) === 'LifecycleEventAlreadyCompletedException') return;
    const denied = isAccessDenied(error);
    // The release function searches for it: CodeDeploy itself would wait for an hour.
    const marks = denied ? { kind: UNREPORTED_KIND, deploymentId } : {};
    log('warn', 'the report was not taken', { error: describeError(error), denied, ...marks });
    throw error;
  }
}
