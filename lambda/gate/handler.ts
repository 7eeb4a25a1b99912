import { describeError, nameOf } from '../../common/errors';
import { isAccessDenied } from '../../aws/calls';
import { log } from '../shared/logger';
import { type Clients, clients as realClients } from './clients';
import { type GateSettings, readEnvironment } from './environment';
import type { Handover } from './evidence';
import type { Gate, GateHook } from './gate-run';
import { type Ending, runGate } from './run';
import { GateEnvironment, UNREPORTED_KIND, type Verdict } from './types';

/** What CodeDeploy invokes a hook with. https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html */
export interface CodeDeployEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
  /** Set when the gate invoked itself to continue a bake that outlasts one invocation. */
  readonly GreenlightBake?: Handover;
}

/** What is used of Lambda's context. */
export interface HookContext {
  getRemainingTimeInMillis(): number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A gate for one environment; `handler` is the one that Lambda calls. */
export function createGate(env: Environment, clients: Clients) {
  let settings: GateSettings | undefined;
  const gate: Gate = {
    settings: () => (settings ??= readEnvironment(env)),
    names: {
      service: env[GateEnvironment.serviceName] ?? '',
      lifecycleEvent: env[GateEnvironment.lifecycleEvent] ?? '',
      target: env[GateEnvironment.targetUrl] ?? '',
      stack: env[GateEnvironment.stack],
    },
    clients,
  };
  return (event: CodeDeployEvent, context: HookContext): Promise<Ending> =>
    runGate(gate, codeDeployHook(event, context, clients));
}

/** The adapter of CodeDeploy's lifecycle events. */
function codeDeployHook(event: CodeDeployEvent, context: HookContext, clients: Clients): GateHook {
  const { DeploymentId: deploymentId, GreenlightBake: bake } = event;
  return {
    request: { deploymentId, hookMs: bake?.hookMs ?? Date.now(), bake },
    remainingMs: () => context.getRemainingTimeInMillis(),
    continueBake: (handover) => {
      const next: CodeDeployEvent = { ...event, GreenlightBake: handover };
      return clients.invokeSelf(JSON.stringify(next));
    },
    report: (outcome) => report(event, outcome, clients),
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

export const handler = createGate(process.env, realClients);
