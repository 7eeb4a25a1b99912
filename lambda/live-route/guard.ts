/** Whether production survives what an update changes about a service: pure. */
import { codesOf } from '../shared/status-codes';
import type { HealthCheck, UpdateGuardProperties } from './contract';

/** What the properties of `AWS::ECS::Service` are called on the construct. */
const PROPS: Readonly<Record<string, string>> = {
  LoadBalancers: 'port or containerName',
  NetworkConfiguration: 'securityGroups or taskSubnets',
  CapacityProviderStrategy: 'capacityProviderStrategies',
  HealthCheckGracePeriodSeconds: 'healthCheckGracePeriod',
  Cluster: 'cluster',
};

/** @returns why the update must not be applied, with the way to do it; undefined when it may be */
export function updateProblem(before: UpdateGuardProperties, after: UpdateGuardProperties): string | undefined {
  return fixedProblem(before, after) ?? healthCheckProblem(before, after);
}

function fixedProblem(before: UpdateGuardProperties, after: UpdateGuardProperties): string | undefined {
  const names = [...new Set([...Object.keys(before.Fixed), ...Object.keys(after.Fixed)])];
  const changed = names.filter((name) => text(before.Fixed[name]) !== text(after.Fixed[name]));
  if (changed.length === 0) return undefined;
  const changes = changed.map(
    (name) => `${PROPS[name] ?? name} changes from ${text(before.Fixed[name])} to ${text(after.Fixed[name])}`,
  );
  return (
    `${changes.join('; ')}: CloudFormation cannot update this of an ECS service under CodeDeploy ("Unable to update ` +
    'task definition on services with a CODE_DEPLOY deployment controller"), so nothing was changed: put it back, or ' +
    'add a second service with the new settings, move its traffic, and then remove this one (docs/release.md, "What cannot change")'
  );
}

const text = (value: unknown) => JSON.stringify(value) ?? 'nothing';

/**
 * Both sides have the same health check, and a change of it meets the tasks that are live at once. So a path or code that
 * is new to them must have been answered by them: the suite that they passed has a check of it.
 */
function healthCheckProblem(before: UpdateGuardProperties, after: UpdateGuardProperties): string | undefined {
  const [was, is] = [before.HealthCheck, after.HealthCheck];
  if (isWider(was, is)) return undefined;
  const proven = before.Checked.some(({ Path, Status }) => Path === is.Path && within(Status.map(Number), is.Codes));
  if (proven && was.Protocol === is.Protocol && was.Port === is.Port && before.Ships === after.Ships) return undefined;
  return (
    `the health check changes from ${inWords(was)} to ${inWords(is)}, which the live tasks get at once and are not ` +
    'known to answer, so nothing was changed. Do it in two steps: first release a version that answers both, with ' +
    `a smoke check of GET ${is.Path} that expects ${is.Codes}; then change the health check and nothing that ships`
  );
}

/** Whatever was healthy stays so. */
function isWider(was: HealthCheck, is: HealthCheck): boolean {
  const same = was.Path === is.Path && was.Protocol === is.Protocol && was.Port === is.Port;
  return same && within(codesOf(was.Codes), is.Codes);
}

function within(codes: readonly number[], matcher: string): boolean {
  const accepted = new Set(codesOf(matcher));
  return codes.length > 0 && codes.every((code) => accepted.has(code));
}

function inWords({ Protocol, Path, Codes, Port }: HealthCheck): string {
  return `${Protocol} ${Path} on ${Port} with ${Codes}`;
}
