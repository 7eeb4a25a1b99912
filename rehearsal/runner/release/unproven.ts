import type { RehearsalEvent } from '../../core/events';
import type { Plan, PlannedRelease } from '../plan/plan';
import { expectationOf } from '../plan/expectation';
import type { DeniedCall, NotModelledProperty, ServiceReport } from '../report/document';

/** The rehearsal file, and the release that runs. */
interface Context {
  readonly planned: PlannedRelease;
  readonly plan: Plan;
}

/** Calls that IAM denied during a release. The file allows some for all releases, or expects them of this one. */
export function deniedCalls(events: readonly RehearsalEvent[], { planned, plan }: Context): DeniedCall[] {
  const allowed = [...plan.allow.denied.map((action) => action.toLowerCase()), ...expectationOf(planned).denied];
  return events
    .filter(({ source, event }) => source === 'iam' && event === 'denied')
    .map(({ data }): DeniedCall => ({
      release: planned.name,
      principal: String(data.principal),
      action: String(data.action),
      resource: String(data.resource),
      allowed: allowed.includes(String(data.action).toLowerCase()),
    }));
}

/** Properties without behaviour here of the resources that were created or updated, each once. */
export function notModelledIn(events: readonly RehearsalEvent[], { allow }: Plan): NotModelledProperty[] {
  const found = new Map<string, NotModelledProperty>();
  for (const { source, event, data } of events) {
    if (source !== 'cloudformation' || event !== 'not-modelled') continue;
    const [logicalId, type, property] = [String(data.logicalId), String(data.type), String(data.property)];
    found.set(`${String(data.stackName)} ${logicalId} ${property}`, {
      logicalId,
      type,
      property,
      effect: String(data.effect),
      decides: data.decides === true,
      allowed: allow.notModelled.includes(`${type}.${property}`),
    });
  }
  return [...found.values()];
}

/** Services that a release changed while no request reached them. A rate of 0 in the file asks for that. */
export function unservedIn(services: readonly ServiceReport[], { allow, traffic }: Plan): string[] {
  const changed = services.filter(({ outcome }) => outcome === 'succeeded' || outcome === 'rolled-back');
  return changed
    .filter(({ requests }) => requests.total === 0)
    .map(({ name }) => name)
    .filter((name) => !allow.unserved.includes(name) && (traffic.services?.[name]?.rate ?? traffic.rate) > 0);
}
