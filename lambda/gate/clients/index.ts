import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AlarmType,
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  GetDeploymentCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy';
import { callLimits } from '../../../aws/calls';
import { parseJson } from '../../../common/json/parse';
import { writeDocument } from '../../shared/logger';
import { sleep } from '../../../common/retry';
import type { DescribedAlarm } from '../alarms';
import { SUITE_FILE, type Verdict } from '../types';
import type { Suite } from '../../../smoke/suite/model';
import { exchange } from '../../../common/http';
import { privateAddresses } from './ec2';
import { forwards, targetHealth } from './elb';
import { invokeFunction, invokeSelf } from './lambda';

/** Alarm names of one DescribeAlarms. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const ALARM_NAMES_MAX = 100;
/**
 * From a listener's change until each node of the load balancer follows it. Not documented; seconds. CodeDeploy calls a
 * hook right after its change, when a node may still send requests to the other side.
 */
const LISTENER_SETTLES_MS = 5_000;

/** Everything that the gate does outside its own process; tests replace it. */
export const outbound = {
  loadSuite,
  exchange,
  privateAddresses,
  describeAlarms,
  deploymentDescription,
  taskSetGroups,
  forwards,
  untilListenerSettles,
  targetHealth,
  invokeFunction,
  invokeSelf,
  report,
  writeVerdict,
  writeMetrics,
};

export type Outbound = typeof outbound;

// Made at first use and kept from one invocation to the next.
const made: { codedeploy?: CodeDeployClient; cloudwatch?: CloudWatchClient } = {};

/** @throws Error when there is no suite beside the handler */
function loadSuite(): Suite {
  return parseJson(readFileSync(join(__dirname, SUITE_FILE), 'utf8')) as Suite;
}

/**
 * Metric alarms first; what is not found may be a composite alarm, for which permission must be "scoped to *", so it
 * is asked for only then.
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
  made.cloudwatch ??= new CloudWatchClient();
  const described: DescribedAlarm[] = [];
  for (let start = 0; start < names.length; start += ALARM_NAMES_MAX) {
    const command = new DescribeAlarmsCommand({
      AlarmNames: names.slice(start, start + ALARM_NAMES_MAX),
      AlarmTypes: [type],
      MaxRecords: ALARM_NAMES_MAX,
    });
    described.push(...alarmsOf(await made.cloudwatch.send(command, callLimits(signal))));
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
  made.codedeploy ??= new CodeDeployClient();
  const { deploymentInfo } = await made.codedeploy.send(new GetDeploymentCommand({ deploymentId }), callLimits());
  return deploymentInfo?.description;
}

/**
 * The target groups of a deployment's task sets. Its replacement is labelled Green, whatever the group is called.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ECSTaskSet.html
 */
async function taskSetGroups(
  deploymentId: string,
  targetId: string,
  signal: AbortSignal,
): Promise<{ readonly green?: string }> {
  made.codedeploy ??= new CodeDeployClient();
  const command = new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds: [targetId] });
  const { deploymentTargets = [] } = await made.codedeploy.send(command, callLimits(signal));
  const taskSets = deploymentTargets.flatMap((target) => target.ecsTarget?.taskSetsInfo ?? []);
  return { green: taskSets.find((taskSet) => taskSet.taskSetLabel === 'Green')?.targetGroup?.name };
}

/** @param changedMs when the listener was changed at the latest, milliseconds since the epoch */
async function untilListenerSettles(changedMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, changedMs + LISTENER_SETTLES_MS - Date.now()), signal).catch(() => undefined);
}

async function report(deploymentId: string, executionId: string, status: Verdict['outcome']): Promise<void> {
  made.codedeploy ??= new CodeDeployClient();
  const command = new PutLifecycleEventHookExecutionStatusCommand({
    deploymentId,
    lifecycleEventHookExecutionId: executionId,
    status,
  });
  await made.codedeploy.send(command, callLimits());
}

function writeVerdict(verdict: Verdict): void {
  writeDocument(verdict);
}

/** Its own line: CloudWatch makes metrics of a line that is nothing but embedded metrics. */
function writeMetrics(metrics: object): void {
  writeDocument(metrics);
}
