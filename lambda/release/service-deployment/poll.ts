import { type ServiceDeployment, serviceDeploymentId } from '../../../aws/ecs';
import { count } from '../../../common/text';
import { describeError } from '../../../common/errors';
import type { ResourceResponse } from '../../shared/custom-resource';
import { log } from '../../shared/logger';
import type { Aws } from '../aws';
import { type Search, searchEvidence } from '../../../verdict/evidence';
import { warnUnreadable } from '../evidence';
import { explain, isFinal } from '../explain';
import type { FailureEvidence } from '../../../verdict/sentence';
import { describeProblem, failedTasks } from '../tasks';
import type { FollowerState } from '../types';
import { GIVE_UP_MS, lastLines } from '../wait';
import { decide } from './decide';
import { failedHook, rollbackSentence } from '../../../verdict/service-sentence';

/**
 * One poll of the deployment. What goes wrong is tried again at the next poll; when the time is over, the stack continues
 * without this resource. Never throws.
 */
export async function followOnce(
  state: FollowerState,
  aws: Aws,
  deliver: (response: ResourceResponse) => Promise<void>,
): Promise<FollowerState> {
  const waitedMs = Date.now() - Date.parse(state.startedAt);
  const limitMs = Number(state.properties.TimeoutSeconds) * 1_000;
  const response = (await responseFor(state, aws, waitedMs)) ?? (waitedMs > limitMs ? late(state) : undefined);
  if (!response) return state;
  try {
    await deliver(response);
    return { ...state, done: true };
  } catch (error) {
    log('error', 'the response could not be delivered', { error: describeError(error) });
    return { ...state, done: waitedMs > limitMs + GIVE_UP_MS };
  }
}

/** A bake may take longer than CloudFormation waits for this resource. The service itself it follows for 36 hours. */
function late({ properties }: FollowerState): ResourceResponse {
  const reason = `the deployment of ${properties.ServiceName} continues, and CloudFormation follows it by itself`;
  return { status: 'SUCCESS', reason };
}

async function responseFor(state: FollowerState, aws: Aws, waitedMs: number): Promise<ResourceResponse | undefined> {
  try {
    const { service, observed } = await observe(state, aws);
    const action = decide(observed, Date.parse(state.stackSince), waitedMs);
    if (action.kind === 'wait') return undefined;
    if (action.kind === 'give-way') return { status: 'SUCCESS', reason: action.reason };
    const evidence = await evidenceOf(action.deployment, service, state, aws);
    return { status: 'FAILED', reason: rollbackSentence(state.properties.ServiceName, action.deployment, evidence) };
  } catch (error) {
    log('warn', 'the deployment could not be read', { error: describeError(error) });
    return isFinal(error)
      ? { status: 'SUCCESS', reason: `the deployment cannot be followed: ${explain(error)}` }
      : undefined;
  }
}

async function observe({ stackId, stackSince, properties }: FollowerState, aws: Aws) {
  const resource = await aws.stackResource(stackId, properties.ServiceLogicalId);
  const service = resource?.physicalId;
  if (service === undefined) return { service: '', observed: { resource } };
  const deployment = await aws.newestServiceDeployment(properties.ClusterName, service, new Date(stackSince));
  return { service, observed: { resource, deployment } };
}

/** Never throws. */
async function evidenceOf(
  deployment: ServiceDeployment,
  service: string,
  { properties, stackSince }: FollowerState,
  aws: Aws,
): Promise<FailureEvidence> {
  const alarms = deployment.alarms?.triggeredAlarmNames ?? [];
  const search: Search = {
    deploymentId: serviceDeploymentId(deployment.serviceDeploymentArn),
    sinceMs: deployment.createdAt ? deployment.createdAt * 1_000 : Date.parse(stackSince),
    untilMs: Infinity,
    logGroups: failedHook(deployment) ? properties.GateLogGroups : [],
    alarmNames: alarms.filter((name) => properties.AlarmNames.includes(name)),
  };
  const [evidence, stopReason] = await Promise.all([
    searchEvidence(search, aws, warnUnreadable),
    tasksProblem(deployment, service, properties, aws),
  ]);
  const silent = alarms.filter((name) => !evidence.alarms.some((each) => each.name === name));
  const unread = silent.map((name) => ({ name, reason: 'its value is not known here' }));
  return { ...evidence, alarms: [...evidence.alarms, ...unread], stopReason };
}

/** What the circuit breaker counted. Never throws: ECS's own reason is good without it. */
async function tasksProblem(
  { deploymentCircuitBreaker, targetServiceRevision }: ServiceDeployment,
  service: string,
  { ClusterName, TaskLogs }: FollowerState['properties'],
  aws: Aws,
): Promise<string | undefined> {
  if (deploymentCircuitBreaker?.status !== 'TRIGGERED') return undefined;
  const revision = targetServiceRevision?.arn?.split('/').at(-1) ?? '';
  const { failureCount = 0, threshold = 0 } = deploymentCircuitBreaker;
  const what = `${count(failureCount, 'green task')} failed (limit ${threshold})`;
  try {
    const place = { ClusterName, EcsServiceName: service.split('/').at(-1) ?? service };
    const tasks = failedTasks(await aws.stoppedTasks(place, `ecs-svc/${revision}`));
    const problem = { what, tasks };
    return describeProblem(problem, await lastLines(problem, TaskLogs, aws));
  } catch (error) {
    log('warn', 'the tasks could not be read', { error: describeError(error) });
    return what;
  }
}
