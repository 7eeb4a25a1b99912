import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { type CloudWatchClient, paginateDescribeAlarmHistory } from '@aws-sdk/client-cloudwatch';
import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  type CodeDeployClient,
  type DeploymentInfo,
  ListDeploymentTargetsCommand,
  paginateListDeploymentGroups,
  paginateListDeployments,
} from '@aws-sdk/client-codedeploy';
import { type RecordedDeployment, type RecordedRelease, scrub } from './recording';

/** The clients of AWS, or of a rehearsal: the same calls to both. */
export interface Clients {
  readonly cloudFormation: CloudFormationClient;
  readonly codeDeploy: CodeDeployClient;
  readonly cloudWatch: CloudWatchClient;
}

/** BatchGetDeployments takes as many. https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html */
const DEPLOYMENTS_MAX = 25;

/** What AWS wrote down itself since a moment: nothing is measured by this process, whose clock may be another. */
export class Histories {
  /** @param afterMs only what is later, by AWS's clock; all times here are milliseconds since the epoch */
  constructor(
    private readonly clients: Clients,
    private readonly stackName: string,
    private readonly afterMs: number,
  ) {}

  /** When the stack's last event was; 0 for a stack that does not exist. */
  static async lastEventMs(client: CloudFormationClient, StackName: string): Promise<number> {
    try {
      const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
      return StackEvents[0]?.Timestamp?.getTime() ?? 0;
    } catch (error) {
      if (/does not exist/.test((error as Error).message)) return 0;
      throw error;
    }
  }

  async resources(): Promise<StackResourceSummary[]> {
    const found: StackResourceSummary[] = [];
    const pages = paginateListStackResources({ client: this.clients.cloudFormation }, { StackName: this.stackName });
    for await (const { StackResourceSummaries = [] } of pages) found.push(...StackResourceSummaries);
    return found;
  }

  /** Oldest first. */
  async stackEvents(): Promise<RecordedRelease['stack']> {
    const found: RecordedRelease['stack'] = [];
    const pages = paginateDescribeStackEvents({ client: this.clients.cloudFormation }, { StackName: this.stackName });
    for await (const { StackEvents = [] } of pages) {
      const recent = StackEvents.filter(({ Timestamp }) => this.isAfter(Timestamp));
      for (const event of recent) {
        found.push({
          logicalId: event.LogicalResourceId ?? '',
          type: event.ResourceType ?? '',
          status: event.ResourceStatus ?? '',
          ...(event.ResourceStatusReason && { reason: scrub(event.ResourceStatusReason) }),
          atMs: msOf(event.Timestamp),
        });
      }
      // They come newest first.
      if (recent.length < StackEvents.length) break;
    }
    return found.reverse();
  }

  /** Of every deployment group of the stack's applications, oldest first. */
  async deployments(): Promise<DeploymentInfo[]> {
    const ids = (await Promise.all((await this.applications()).map((name) => this.deploymentIds(name)))).flat();
    const found: DeploymentInfo[] = [];
    for (let start = 0; start < ids.length; start += DEPLOYMENTS_MAX) {
      const command = new BatchGetDeploymentsCommand({ deploymentIds: ids.slice(start, start + DEPLOYMENTS_MAX) });
      found.push(...((await this.clients.codeDeploy.send(command)).deploymentsInfo ?? []));
    }
    const recent = found.filter(({ createTime }) => this.isAfter(createTime));
    return recent.sort((one, other) => msOf(one.createTime) - msOf(other.createTime));
  }

  async recorded(info: DeploymentInfo): Promise<RecordedDeployment> {
    const message = info.errorInformation?.message;
    return {
      status: info.status ?? '',
      creator: info.creator ?? '',
      configuration: info.deploymentConfigName ?? '',
      ...(message && { message: scrub(message) }),
      events: await this.lifecycleEvents(info.deploymentId ?? ''),
      atMs: msOf(info.createTime),
      ...durationOf(info.createTime, info.completeTime),
    };
  }

  /** @param alarms their names, each with the logical id to record it by */
  async alarmChanges(alarms: ReadonlyMap<string, string>): Promise<RecordedRelease['alarms']> {
    const found: RecordedRelease['alarms'] = [];
    for (const [AlarmName, alarm] of alarms) {
      const input = { AlarmName, HistoryItemType: 'StateUpdate' as const, StartDate: new Date(this.afterMs) };
      const pages = paginateDescribeAlarmHistory({ client: this.clients.cloudWatch }, input);
      for await (const { AlarmHistoryItems = [] } of pages) {
        for (const { HistoryData = '{}', Timestamp } of AlarmHistoryItems) {
          const { oldState, newState } = JSON.parse(HistoryData) as Record<string, { stateValue?: string } | undefined>;
          if (!this.isAfter(Timestamp)) continue;
          const [from = '', to = ''] = [oldState?.stateValue, newState?.stateValue];
          found.push({ alarm, from, to, atMs: msOf(Timestamp) });
        }
      }
    }
    return found.sort((one, other) => one.atMs - other.atMs);
  }

  private async applications(): Promise<string[]> {
    const resources = await this.resources();
    const own = resources.filter(({ ResourceType }) => ResourceType === 'AWS::CodeDeploy::Application');
    return own.flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? []);
  }

  private async deploymentIds(applicationName: string): Promise<string[]> {
    const client = this.clients.codeDeploy;
    const ids: string[] = [];
    for await (const { deploymentGroups = [] } of paginateListDeploymentGroups({ client }, { applicationName })) {
      for (const deploymentGroupName of deploymentGroups) {
        const pages = paginateListDeployments({ client }, { applicationName, deploymentGroupName });
        for await (const { deployments = [] } of pages) ids.push(...deployments);
      }
    }
    return ids;
  }

  private async lifecycleEvents(deploymentId: string): Promise<RecordedDeployment['events']> {
    const client = this.clients.codeDeploy;
    const { targetIds = [] } = await client.send(new ListDeploymentTargetsCommand({ deploymentId }));
    if (targetIds.length === 0) return [];
    const targets = await client.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }));
    const events = (targets.deploymentTargets ?? []).flatMap(({ ecsTarget }) => ecsTarget?.lifecycleEvents ?? []);
    return events.map(({ lifecycleEventName = '', status = '', startTime, endTime }) => ({
      name: lifecycleEventName,
      status,
      ...durationOf(startTime, endTime),
    }));
  }

  private isAfter(time: Date | undefined): boolean {
    return msOf(time) > this.afterMs;
  }
}

const msOf = (time: Date | undefined): number => time?.getTime() ?? 0;

function durationOf(start: Date | undefined, end: Date | undefined): { durationMs?: number } {
  return start && end ? { durationMs: Math.max(0, end.getTime() - start.getTime()) } : {};
}
