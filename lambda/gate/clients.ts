import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AlarmType,
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import { callLimits } from '../../aws/calls';
import { codedeploy, ecsTarget, getDeployment } from '../../aws/codedeploy';
import {
  continueServiceDeployment,
  describeServiceDeployments,
  type ServiceDeployment,
  targetGroupsOfRevision,
} from '../../aws/ecs';
import { listenerRules, targetStates } from '../../aws/load-balancers';
import { AwsCallError, ec2Call, signedCall } from '../../aws/signed-call';
import { exchange, type HttpResponse } from '../../common/http';
import { parseJson } from '../../common/json/parse';
import { sleep } from '../../common/retry';
import type { Suite } from '../../smoke/suite/model';
import { writeDocument } from '../shared/logger';
import { SUITE_FILE, type Verdict } from './types';

/** Alarm names of one DescribeAlarms. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const ALARM_NAMES_MAX = 100;
/**
 * From a listener's change until each node of the load balancer follows it. Not documented; seconds. CodeDeploy calls a
 * hook right after its change, when a node may still send requests to the other side.
 */
const LISTENER_SETTLES_MS = 5_000;

/** Everything that the gate does outside its own process; tests replace it. */
export const clients = {
  loadSuite,
  exchange,
  privateAddresses,
  describeAlarms,
  deploymentDescription,
  greenTargetGroup,
  serviceDeployment,
  continueServiceDeployment,
  targetGroupsOfRevision,
  listenerRules,
  untilListenerSettles,
  targetStates,
  invokeFunction,
  invokeSelf,
  report,
  writeVerdict,
  writeMetrics,
};

export type Clients = typeof clients;

/** What DescribeAlarms says of one alarm, metric or composite. */
export interface DescribedAlarm {
  readonly name: string;
  readonly state: string;
  readonly reason?: string;
  readonly since?: Date;
}

/** What an invocation of a function responded. */
export interface Invoked {
  /** Set when the function threw, timed out or crashed. */
  readonly functionError?: string;
  readonly payload: string;
}

// Made at first use and kept from one invocation to the next.
let cloudwatch: CloudWatchClient | undefined;

/** @throws Error when there is no suite next to the handler */
function loadSuite(): Suite {
  return parseJson(readFileSync(join(__dirname, SUITE_FILE), 'utf8')) as Suite;
}

/**
 * Metric alarms first; what is not found may be a composite alarm, for which permission must be "scoped to *", so it
 * is requested only then.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
async function describeAlarms(names: readonly string[], signal: AbortSignal): Promise<DescribedAlarm[]> {
  const metric = await describeAlarmsOf('MetricAlarm', names, signal);
  const others = names.filter((name) => !metric.some((alarm) => alarm.name === name));
  return [...metric, ...(await describeAlarmsOf('CompositeAlarm', others, signal))];
}

async function describeAlarmsOf(
  type: AlarmType,
  names: readonly string[],
  signal: AbortSignal,
): Promise<DescribedAlarm[]> {
  cloudwatch ??= new CloudWatchClient();
  const described: DescribedAlarm[] = [];
  for (let start = 0; start < names.length; start += ALARM_NAMES_MAX) {
    const command = new DescribeAlarmsCommand({
      AlarmNames: names.slice(start, start + ALARM_NAMES_MAX),
      AlarmTypes: [type],
      MaxRecords: ALARM_NAMES_MAX,
    });
    described.push(...alarmsOf(await cloudwatch.send(command, callLimits(signal))));
  }
  return described;
}

function alarmsOf(output: DescribeAlarmsCommandOutput): DescribedAlarm[] {
  return [...(output.MetricAlarms ?? []), ...(output.CompositeAlarms ?? [])].map((alarm) => ({
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? '',
    reason: alarm.StateReason,
    since: alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp,
  }));
}

/** Where a break-glass is written. */
async function deploymentDescription(deploymentId: string): Promise<string | undefined> {
  return (await getDeployment(deploymentId))?.description;
}

/**
 * Name of the target group of green's task set, which CodeDeploy labels Green whatever the group is called.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ECSTaskSet.html
 * @returns undefined before the task set is there
 */
async function greenTargetGroup(
  deploymentId: string,
  targetId: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { taskSetsInfo = [] } = (await ecsTarget(deploymentId, targetId, signal)) ?? {};
  return taskSetsInfo.find(({ taskSetLabel }) => taskSetLabel === 'Green')?.targetGroup?.name;
}

/** @returns undefined for one that ECS does not know */
async function serviceDeployment(arn: string, signal: AbortSignal): Promise<ServiceDeployment | undefined> {
  return (await describeServiceDeployments([arn], signal))[0];
}

/** @param changedMs when the listener was changed at the latest, milliseconds since the epoch */
async function untilListenerSettles(changedMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, changedMs + LISTENER_SETTLES_MS - Date.now()), signal).catch(() => undefined);
}

async function report(deploymentId: string, executionId: string, status: Verdict['outcome']): Promise<void> {
  const command = new PutLifecycleEventHookExecutionStatusCommand({
    deploymentId,
    lifecycleEventHookExecutionId: executionId,
    status,
  });
  await codedeploy().send(command, callLimits());
}

function writeVerdict(verdict: Verdict): void {
  writeDocument(verdict);
}

/** Its own line: CloudWatch makes metrics of a line that is nothing but embedded metrics. */
function writeMetrics(metrics: object): void {
  writeDocument(metrics);
}

/** What is read of the response; an empty list is an empty text. */
interface Interfaces {
  readonly networkInterfaceSet?: { readonly item?: readonly { readonly privateIpAddress?: string }[] } | '';
}

/**
 * Private addresses of a load balancer's nodes: its network interfaces carry `ELB app/<name>/<id>` as description.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
 * @throws Error when there is none
 */
async function privateAddresses(loadBalancerFullName: string, signal: AbortSignal): Promise<string[]> {
  const description = `ELB ${loadBalancerFullName}`;
  const filter = { 'Filter.1.Name': 'description', 'Filter.1.Value.1': description };
  const response = (await ec2Call('DescribeNetworkInterfaces', filter, { signal })) as Interfaces;
  const interfaces = (response.networkInterfaceSet || {}).item ?? [];
  const addresses = interfaces.flatMap((it) => it.privateIpAddress ?? []);
  if (addresses.length === 0) throw new Error(`no network interface is described as "${description}"`);
  return addresses;
}

/**
 * Invokes a function and waits for its response.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws AwsCallError when Lambda does not run it
 */
async function invokeFunction(
  functionArn: string,
  payload: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Invoked> {
  const response = await invoke(functionArn, payload, 'RequestResponse', timeoutMs, signal);
  const functionError = response.headers['x-amz-function-error'];
  return { payload: response.body, ...(functionError && { functionError }) };
}

/**
 * Puts the gate's own next invocation into Lambda's queue. Lambda stops a function that calls itself about 16 times in
 * a chain; an hour takes four to twelve.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 * @throws AwsCallError when Lambda does not take it on
 */
async function invokeSelf(payload: string): Promise<void> {
  await invoke(process.env.AWS_LAMBDA_FUNCTION_NAME ?? '', payload, 'Event');
}

async function invoke(
  functionName: string,
  body: string,
  type: 'Event' | 'RequestResponse',
  timeoutMs?: number,
  signal?: AbortSignal,
): Promise<HttpResponse> {
  const response = await signedCall({
    service: 'lambda',
    path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
    headers: { 'content-type': 'application/json', 'x-amz-invocation-type': type },
    body,
    timeoutMs,
    signal,
  });
  if (response.status >= 200 && response.status <= 299) return response;
  throw errorOf(response);
}

/** The code is in a header of Lambda's REST protocol. */
function errorOf({ status, headers, body }: HttpResponse): AwsCallError {
  const code = headers['x-amzn-errortype']?.split(':')[0] ?? `Http${status}`;
  const message = /"[Mm]essage"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? body.slice(0, 200);
  return new AwsCallError(code, message, status);
}
