import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AccessLogEntry } from '../../../rehearsal/services/elasticloadbalancing/data-plane/access-log';
import { type CdkResult, runCdk } from '../../../rehearsal/runner/synthesis/cdk';
import { type LocalAws, startLocalAws } from '../../../rehearsal/local-aws';
import { INTERNAL } from '../../../rehearsal/core/service';
import {
  attribute,
  type AttributedRecord,
  isFailed,
  isLost,
  startTraffic,
  type TrafficOptions,
  type TrafficPath,
} from '../../../rehearsal/runner/traffic';
import { appCommand } from '../app';
import { until as waitUntil } from '../until';

const ROOT = join(__dirname, '../../..');

/** The real CDK CLI and one app on one local AWS, for scenario tests. */
export interface Scenario {
  readonly aws: LocalAws;
  /** `cdk deploy` of the app with this context. */
  deploy(context?: Readonly<Record<string, string>>): Promise<CdkResult>;
  /** `cdk destroy` of what was deployed last. */
  destroy(): Promise<CdkResult>;
  outputs(): Promise<Readonly<Record<string, string>>>;
  /** Weights by target group ARN of what a listener's default action, or the rule of a priority, forwards to. */
  weights(listenerArn: string, priority?: string): Promise<Readonly<Record<string, number>>>;
  /** An operation of the local AWS, called as AWS itself. */
  call<Output>(service: string, operation: string, input: object): Promise<Output>;
  /** Steady traffic on a listener until `end`, which says what became of each request. */
  load(listenerArn: string, paths?: readonly TrafficPath[], options?: LoadOptions): { end(): Promise<LoadResult> };
  /** When CloudFormation began to delete the last ECS service of a stack, also of one that is gone; AWS time. */
  serviceGoneAtMs(stackId: string): Promise<number>;
  /** Waits in AWS time until the condition holds. @throws Error after `minutes` of it */
  until(what: string, condition: () => Promise<boolean>, minutes?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Under which name the load asks, and whom it trusts to certify it. */
export type LoadOptions = Pick<TrafficOptions, 'host' | 'certificateAuthority'>;

export interface LoadResult {
  readonly records: readonly AttributedRecord[];
  readonly lost: readonly AttributedRecord[];
  readonly failed: readonly AttributedRecord[];
}

/**
 * The requests that were complete by a moment, AWS time: once CloudFormation deletes the service, nothing serves, not even
 * what is on its way. @param speed of the clock, as latency is measured in real time
 */
export function completeBy(atMs: number, speed: number, { records, lost, failed }: LoadResult): LoadResult {
  const before = (all: readonly AttributedRecord[]) =>
    all.filter((record) => record.atMs + record.latencyMs * speed < atMs);
  return { records: before(records), lost: before(lost), failed: before(failed) };
}

/** Runs `work` under a load that lost nothing at its end, whatever became of the work. */
export async function losingNone<T>(load: { end(): Promise<LoadResult> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    const { lost, records } = await load.end();
    expect(records.length).toBeGreaterThan(0);
    expect(lost).toEqual([]);
  }
}

/** @throws Error with all that the CDK CLI printed, when it failed */
export function succeeded({ exitCode, output }: CdkResult): void {
  if (exitCode !== 0) throw new Error(output);
}

/** @param app a file, without extension, as test/scenarios/apps sees it */
export async function startScenario(app: string, stack: string, speed = 60): Promise<Scenario> {
  const aws = await startLocalAws({ speed });
  const call = <Output>(service: string, operation: string, input: object) =>
    aws.world.call<Output>(INTERNAL, service, operation, input);
  const program = appCommand(`${join('test/scenarios/apps', app)}.ts`);
  let run = 0;
  const assembly = () => join(aws.world.directory, `cdk.out.${run}`);
  return {
    aws,
    call,
    stop: () => aws.stop(),
    deploy: (context = {}) => {
      run += 1;
      const output = assembly();
      mkdirSync(output, { recursive: true });
      const values = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
      const args = ['deploy', stack, '--app', program, '--output', output, ...values];
      return runCdk(args, aws.deployerEnvironment(), { cwd: ROOT });
    },
    destroy: () => runCdk(['destroy', stack, '--force', '--app', assembly()], aws.deployerEnvironment(), { cwd: ROOT }),
    outputs: () => outputsOf(call, stack),
    weights: async (listenerArn, priority = 'default') => {
      const { Rules } = await call<{ Rules: Rule[] }>('elasticloadbalancing', 'DescribeRules', {
        ListenerArn: listenerArn,
      });
      const groups = Rules.find((rule) => rule.Priority === priority)?.Actions[0]?.ForwardConfig?.TargetGroups ?? [];
      return Object.fromEntries(groups.map(({ TargetGroupArn, Weight = 1 }) => [TargetGroupArn, Weight]));
    },
    load: (listenerArn, paths = [{ path: '/' }], options = {}) => startLoad(aws, listenerArn, paths, options),
    serviceGoneAtMs: (stackId) => serviceGoneAtMs(call, stackId),
    until: async (what, condition, minutes = 30) => {
      const end = aws.clock.now() + minutes * 60_000;
      while (!(await condition())) {
        if (aws.clock.now() > end) throw new Error(`not within ${minutes} AWS minutes: ${what}`);
        await aws.clock.sleep(2_000);
      }
    },
  };
}

interface StackEvent {
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly Timestamp: Date;
}

interface StackEvents {
  readonly StackEvents: readonly StackEvent[];
  readonly NextToken?: string;
}

const deletesService = ({ ResourceType, ResourceStatus }: StackEvent) =>
  ResourceType === 'AWS::ECS::Service' && ResourceStatus === 'DELETE_IN_PROGRESS';

async function outputsOf(call: Scenario['call'], StackName: string): Promise<Readonly<Record<string, string>>> {
  type Output = { OutputKey: string; OutputValue: string };
  const { Stacks } = await call<{ Stacks: { Outputs?: Output[] }[] }>('cloudformation', 'DescribeStacks', {
    StackName,
  });
  return Object.fromEntries((Stacks[0]?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
}

async function serviceGoneAtMs(call: Scenario['call'], stackId: string): Promise<number> {
  const times: number[] = [];
  let NextToken: string | undefined;
  do {
    const page = await call<StackEvents>('cloudformation', 'DescribeStackEvents', {
      StackName: stackId,
      NextToken,
    });
    times.push(...page.StackEvents.filter(deletesService).map(({ Timestamp }) => Timestamp.getTime()));
    NextToken = page.NextToken;
  } while (NextToken);
  if (times.length === 0) throw new Error(`no service of ${stackId} was deleted`);
  return Math.max(...times);
}

interface Rule {
  readonly Priority: string;
  readonly Actions: readonly {
    readonly ForwardConfig?: { readonly TargetGroups: readonly { TargetGroupArn: string; Weight?: number }[] };
  }[];
}

let loads = 0;

function startLoad(aws: LocalAws, listenerArn: string, paths: readonly TrafficPath[], options: LoadOptions) {
  const { elasticloadbalancing } = aws.services;
  const entries: AccessLogEntry[] = [];
  const unsubscribe = elasticloadbalancing.onAccess((entry) => {
    if (entry.listenerArn === listenerArn) entries.push(entry);
  });
  const url = elasticloadbalancing.listenerUrl(listenerArn);
  // A starved machine is slow to respond, which is no request lost.
  const timeoutMs = 60_000;
  // Loads that run side by side must not share trace ids: they tell whose request an entry of the access log is.
  const seed = (loads += 1);
  const traffic = startTraffic({ ...options, url, clock: aws.clock, ratePerSecond: 0.5, paths, timeoutMs, seed });
  return {
    end: async () => {
      const { records } = await traffic.stop();
      // A client has its whole response a moment before the load balancer writes it to its log.
      await waitUntil('the access log of each response', () => {
        const logged = new Set(entries.map((entry) => entry.traceId));
        return records.every(({ status, traceId }) => status === undefined || logged.has(traceId));
      });
      unsubscribe();
      const attributed = attribute(records, entries);
      return { records: attributed, lost: attributed.filter(isLost), failed: attributed.filter(isFailed) };
    },
  };
}
