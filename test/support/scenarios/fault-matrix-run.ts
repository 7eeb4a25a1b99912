import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from '../../../lambda/gate/types';
import { FAULT_VARIABLES, type MatrixFault, type MatrixRow } from './fault-matrix';
import { type LoadResult, type Scenario, startScenario, succeeded } from './scenario';

const STACK = 'Matrix';
/** What people request: all that the service has. */
const PATHS = [{ path: '/' }, { path: '/version' }, { path: '/orders' }];
/** Until the alarms have seen the last minute of a release. */
const ALARM_MS = 4 * 60_000;
const AT_REST = /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$|^UPDATE_ROLLBACK_FAILED$/;

interface Deployment {
  readonly deploymentId: string;
  readonly status: string;
  /** Seconds since the epoch. */
  readonly createTime: number;
  readonly completeTime?: number;
  readonly errorInformation?: { readonly message?: string };
}

/** One live version; each fault is its next release, by CloudFormation, the release function, CodeDeploy and the gate. */
export class FaultMatrix {
  private quietFromMs = 0;
  private releases = 0;

  private constructor(
    private readonly scenario: Scenario,
    private readonly outputs: Readonly<Record<string, string>>,
    private readonly dependency: string,
  ) {}

  /**
   * @param speed AWS seconds in a second: the comparison's requests are real ones, so they need a slower clock.
   * @param app which of the apps of the matrix
   */
  static async start(speed: number, app: 'fault-matrix' | 'fault-matrix-peer' = 'fault-matrix'): Promise<FaultMatrix> {
    const scenario = await startScenario(app, STACK, speed);
    const dependency = join(scenario.aws.world.directory, 'dependency-down');
    succeeded(await scenario.deploy({ dependency }));
    return new FaultMatrix(scenario, await scenario.outputs(), dependency);
  }

  stop(): Promise<void> {
    return this.scenario.stop();
  }

  async run(fault: MatrixFault): Promise<MatrixRow> {
    const { scenario, outputs } = this;
    const live = await this.liveGroup();
    const load = scenario.load(outputs.Listener as string, PATHS);
    const before = new Set(await this.deployments());
    await this.update(fault.environment);
    if (fault.shared) {
      await scenario.until('the test listener has moved', async () => (await this.testedGroup()) !== live);
      writeFileSync(this.dependency, '');
    }
    const { deploymentId } = await this.release(before);
    rmSync(this.dependency, { force: true });
    const result = await load.end();
    const ended = await this.deployment(deploymentId);
    if (fault.alarming) this.quietFromMs = scenario.aws.clock.now() + ALARM_MS;
    const stack = await this.stackStatus();
    const row = { fault, ...this.rowOf(ended, result, live), stack, isBack: (await this.liveGroup()) === live };
    if (stack === 'UPDATE_ROLLBACK_FAILED') await this.continueRollback();
    if (row.status === 'Succeeded') await this.goodRelease();
    return row;
  }

  private async continueRollback(): Promise<void> {
    await this.scenario.call('cloudformation', 'ContinueUpdateRollback', { StackName: STACK });
    const isBack = async () => (await this.stackStatus()) === 'UPDATE_ROLLBACK_COMPLETE';
    await this.scenario.until('the end of the continued rollback', isBack, 90);
  }

  /** A release without a fault, as the next fault's old version. @returns its status */
  async goodRelease(): Promise<string> {
    const before = new Set(await this.deployments());
    await this.update({ FAULT_AFTER_REQUESTS: String((this.releases += 1)) });
    return (await this.release(before)).status;
  }

  private rowOf({ deploymentId, ...info }: Deployment, result: LoadResult, live: string) {
    const startMs = info.createTime * 1_000;
    const endMs = (info.completeTime ?? NaN) * 1_000;
    // What is released after it, as when a stack rolls back, is another deployment.
    const during = result.records.filter(({ atMs }) => atMs <= endMs);
    const green = during.filter(({ targetGroupArn: group }) => group !== undefined && group !== live);
    const failed = green.filter(({ status }) => status === undefined || status >= 500);
    return {
      status: info.status,
      sentence: [...this.sentences(deploymentId), info.errorInformation?.message ?? ''].join('; '),
      seconds: (endMs - startMs) / 1_000,
      ...(failed[0] && { secondsOfFailure: (endMs - failed[0].atMs) / 1_000 }),
      exposed: green.length,
      failed: failed.length,
    };
  }

  private async update(environment: MatrixFault['environment']): Promise<void> {
    // A release is refused while an alarm of the one before it fires.
    await this.scenario.until('the alarms are quiet', () => this.isQuiet());
    await this.scenario.call('cloudformation', 'UpdateStack', {
      StackName: STACK,
      UsePreviousTemplate: true,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      Parameters: FAULT_VARIABLES.map((name) => ({
        ParameterKey: name.replaceAll('_', ''),
        ParameterValue: environment[name] ?? '',
      })),
    });
  }

  /** The update's own deployment, the oldest new one, once it, the stack and everything after it are over. */
  private async release(before: ReadonlySet<string>): Promise<Deployment> {
    const own = async () => (await this.deployments()).filter((id) => !before.has(id)).at(-1);
    await this.scenario.until('the deployment begins', async () => (await own()) !== undefined);
    await this.scenario.until('the end of the release', () => this.isAtRest(), 90);
    return this.deployment((await own()) as string);
  }

  private async isAtRest(): Promise<boolean> {
    const running = await this.deployments(['Created', 'Queued', 'InProgress', 'Baking', 'Ready']);
    return running.length === 0 && AT_REST.test(await this.stackStatus());
  }

  private async deployments(includeOnlyStatuses?: readonly string[]): Promise<readonly string[]> {
    const { Application: applicationName, Group: deploymentGroupName } = this.outputs;
    const input = { applicationName, deploymentGroupName, includeOnlyStatuses };
    return (await this.scenario.call<{ deployments: string[] }>('codedeploy', 'ListDeployments', input)).deployments;
  }

  private async deployment(deploymentId: string): Promise<Deployment> {
    const input = { deploymentId };
    const found = await this.scenario.call<{ deploymentInfo: Deployment }>('codedeploy', 'GetDeployment', input);
    return found.deploymentInfo;
  }

  private async isQuiet(): Promise<boolean> {
    if (this.scenario.aws.clock.now() < this.quietFromMs) return false;
    const { MetricAlarms, CompositeAlarms } = await this.scenario.call<{
      MetricAlarms: readonly unknown[];
      CompositeAlarms: readonly unknown[];
    }>('cloudwatch', 'DescribeAlarms', { StateValue: 'ALARM', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
    return MetricAlarms.length + CompositeAlarms.length === 0;
  }

  private async stackStatus(): Promise<string> {
    const { Stacks } = await this.scenario.call<{ Stacks: { StackStatus: string }[] }>(
      'cloudformation',
      'DescribeStacks',
      { StackName: STACK },
    );
    return Stacks[0]?.StackStatus ?? '';
  }

  private async liveGroup(): Promise<string> {
    return heaviest(await this.scenario.weights(this.outputs.Listener as string));
  }

  private async testedGroup(): Promise<string> {
    return heaviest(await this.scenario.weights(this.outputs.TestListener as string));
  }

  /** The sentences of the gate's verdicts on a deployment, before any traffic shifts and where they failed it. */
  private sentences(deploymentId: string): string[] {
    return [...this.scenario.aws.services.logs.state.groups.values()]
      .flatMap((group) => [...group.streams.values()])
      .flatMap((stream) => stream.events)
      .filter(({ message }) => message.startsWith('{"kind":"greenlight.verdict"'))
      .map(({ message }) => JSON.parse(message) as Verdict)
      .filter((verdict) => verdict.deploymentId === deploymentId)
      .filter(({ outcome, lifecycleEvent }) => outcome === 'Failed' || lifecycleEvent === 'AfterAllowTestTraffic')
      .map(({ sentence }) => sentence);
  }
}

function heaviest(weights: Readonly<Record<string, number>>): string {
  return Object.entries(weights).find(([, weight]) => weight > 0)?.[0] ?? '';
}
