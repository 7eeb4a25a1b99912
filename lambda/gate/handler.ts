import { type Clients, clients as realClients } from './clients';
import { type CodeDeployEvent, runForCodeDeploy } from './engines/codedeploy';
import { type EcsInvocation, type EcsResponse, isEcsEvent, runForEcs } from './engines/ecs';
import { type GateSettings, readEnvironment } from './environment';
import type { Gate, InvocationContext } from './gate-run';
import type { Ending } from './run';
import { GateEnvironment } from './types';

type Environment = Readonly<Record<string, string | undefined>>;

/** A gate function. The engine that calls it is known by its event. */
export interface GateFunction {
  (event: CodeDeployEvent, context: InvocationContext): Promise<Ending>;
  (event: EcsInvocation, context: InvocationContext): Promise<EcsResponse>;
}

/** A gate for one environment; `handler` is the one that Lambda calls. */
export function createGate(env: Environment, clients: Clients): GateFunction {
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
  const run = (event: CodeDeployEvent | EcsInvocation, context: InvocationContext) =>
    isEcsEvent(event) ? runForEcs(gate, event, context) : runForCodeDeploy(gate, event, context);
  return run as GateFunction;
}

export const handler = createGate(process.env, realClients);
