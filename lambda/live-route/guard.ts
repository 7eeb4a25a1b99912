/** Whether production survives what an update changes about a service: pure. */
import { codesOf } from '../../common/status-codes';
import { type CheckedPath, type HealthCheck, SIDES, type UpdateGuardProperties } from './types';

/** What the properties of `AWS::ECS::Service` are called on the construct. */
const PROPS: Readonly<Record<string, string>> = {
  LoadBalancers: 'port or containerName',
  NetworkConfiguration: 'securityGroups or taskSubnets',
  CapacityProviderStrategy: 'capacityProviderStrategies',
  HealthCheckGracePeriodSeconds: 'healthCheckGracePeriod',
  Cluster: 'cluster',
  BlueTargetGroup: 'the target group Blue',
  GreenTargetGroup: 'the target group Green',
  LoadBalancer: 'loadBalancer or internetFacing',
};

/** @returns why the update must not be applied, with the way to do it; undefined when it may be */
export function updateProblem(before: UpdateGuardProperties, after: UpdateGuardProperties): string | undefined {
  return fixedProblem(before, after) ?? healthCheckProblem(before, after);
}

function fixedProblem(before: UpdateGuardProperties, after: UpdateGuardProperties): string | undefined {
  const [was, is] = [controllerOf(before), controllerOf(after)];
  if (was === 'ECS' && is === 'CODE_DEPLOY') return NO_WAY_BACK;
  const goesToEcs = was === 'CODE_DEPLOY' && is === 'ECS';
  if (goesToEcs && before.Ships !== after.Ships) return ENGINE_FIRST;
  // ECS can update what CodeDeploy cannot.
  const compares = (name: string) => !goesToEcs || (name in before.Fixed && name in after.Fixed && name !== CONTROLLER);
  const names = [...new Set([...Object.keys(before.Fixed), ...Object.keys(after.Fixed)])].filter(compares);
  const changed = names.filter((name) => text(before.Fixed[name]) !== text(after.Fixed[name]));
  if (changed.length === 0) return undefined;
  const changes = changed.map(
    (name) => `${PROPS[name] ?? name} changes from ${text(before.Fixed[name])} to ${text(after.Fixed[name])}`,
  );
  return (
    `${changes.join('; ')}: CloudFormation cannot update this under CodeDeploy ("Unable to update task definition on ` +
    'services with a CODE_DEPLOY deployment controller"), or would replace what production runs on, so nothing was changed: put ' +
    'it back, or add a second service with the new settings, move its traffic, and then remove this one (docs/release.md, ' +
    '"What cannot change")'
  );
}

const CONTROLLER = 'DeploymentController';

function controllerOf({ Fixed }: UpdateGuardProperties): unknown {
  return (Fixed[CONTROLLER] as { readonly Type?: unknown } | undefined)?.Type;
}

/** https://github.com/aws/aws-cdk/issues/36012 */
const NO_WAY_BACK =
  'the engine changes from ECS to CodeDeploy, which CloudFormation cannot do for a service that exists ("Unable to update ' +
  'task definition on services with a CODE_DEPLOY deployment controller"), so nothing was changed: put ReleaseEngine.ecs() back, ' +
  'or add a second service with the new engine, move its traffic, and then remove this one (docs/migrate.md)';

const ENGINE_FIRST =
  'the engine changes to ECS together with what the service ships, and if that release failed, CloudFormation could not go back ' +
  'to CodeDeploy, so nothing was changed: first deploy the change of the engine and nothing else, then the new version (docs/migrate.md)';

const text = (value: unknown) => JSON.stringify(value) ?? 'nothing';

/** As many responses in a row show that a task does not fail its health check now and then. */
const TIMES_MIN = 10;

/**
 * A change of a health check meets the tasks that are live at once. So what is new to them, or stricter, must have been
 * requested from them: the suite that they passed has a check of it.
 */
function healthCheckProblem(before: UpdateGuardProperties, after: UpdateGuardProperties): string | undefined {
  const side = SIDES.find((each) => {
    const [was, is] = [before.HealthChecks[each], after.HealthChecks[each]];
    return !isWider(was, is) && !(before.Ships === after.Ships && isProven(before.Checked, was, is));
  });
  if (!side) return undefined;
  const [was, is] = [before.HealthChecks[side], after.HealthChecks[side]];
  const often = isSooner(was, is) ? `, ${TIMES_MIN} times in a row (repeat)` : '';
  return (
    `the health check changes from ${describe(was)} to ${describe(is)}, which the live tasks get at once and are not ` +
    'known to pass, so nothing was changed. Do it in two steps: first release a version that passes both, with ' +
    `a smoke check of GET ${is.Path} that expects ${is.Codes} within ${is.Timeout} s (expect.latency)${often}; then change ` +
    'the health check and nothing that ships'
  );
}

/** Whatever was healthy stays so. */
function isWider(was: HealthCheck, is: HealthCheck): boolean {
  const same = was.Path === is.Path && isSameTarget(was, is);
  const strict = Number(is.Timeout) < Number(was.Timeout) || isSooner(was, is);
  return same && !strict && within(codesOf(was.Codes), is.Codes);
}

const isSameTarget = (was: HealthCheck, is: HealthCheck) => was.Protocol === is.Protocol && was.Port === is.Port;

/** Whether a task is taken out of service after fewer failures, or after the same number in less time. */
function isSooner(was: HealthCheck, is: HealthCheck): boolean {
  return Number(is.UnhealthyThreshold) < Number(was.UnhealthyThreshold) || Number(is.Interval) < Number(was.Interval);
}

function isProven(checked: readonly CheckedPath[], was: HealthCheck, is: HealthCheck): boolean {
  const timesMin = isSooner(was, is) ? TIMES_MIN : 1;
  return checked.some(
    ({ Path, Status, LimitMs, Times }) =>
      Path === is.Path &&
      isSameTarget(was, is) &&
      within(Status.map(Number), is.Codes) &&
      Number(LimitMs) <= Number(is.Timeout) * 1_000 &&
      Number(Times) >= timesMin,
  );
}

function within(codes: readonly number[], matcher: string): boolean {
  const accepted = new Set(codesOf(matcher));
  return codes.length > 0 && codes.every((code) => accepted.has(code));
}

function describe({ Protocol, Path, Codes, Port, Interval, Timeout, UnhealthyThreshold }: HealthCheck): string {
  return (
    `${Protocol} ${Path} on ${Port} with ${Codes} within ${Timeout} s, every ${Interval} s, ` +
    `unhealthy after ${UnhealthyThreshold}`
  );
}
