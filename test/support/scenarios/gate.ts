import { join } from 'node:path';
import type { Verdict } from '../../../lambda/gate/types';
import { type LocalAws, startLocalAws } from '../../../rehearsal/local-aws';
import type { Plan, PlannedRelease } from '../../../rehearsal/runner/plan/plan';
import type { ReleaseReport } from '../../../rehearsal/runner/report/document';
import { rehearse } from '../../../rehearsal/runner/rehearse';
import { INTERNAL } from '../../../rehearsal/core/service';
import { appCommand } from '../app';

const ROOT = join(__dirname, '../../..');

export interface GateScenario {
  readonly aws: LocalAws;
  /** One `cdk deploy` by the real CLI, watched until nothing moves any more. */
  release(
    name: string,
    context?: PlannedRelease['context'],
    ratePerSecond?: number,
    options?: Pick<PlannedRelease, 'whileAlarmsFire'>,
  ): Promise<ReleaseReport>;
  /** A call to the local AWS as itself. */
  call<T>(prefix: string, operation: string, input: unknown): Promise<T>;
  /** Physical id of the stack's first resource whose logical id begins so. */
  physicalId(logicalId: string): Promise<string>;
  /** The verdicts of a deployment, or of all, in the order in which they were written. */
  verdicts(deploymentId?: string | null): Promise<Verdict[]>;
  stop(): Promise<void>;
}

/** The app whose gate is rehearsed. */
export interface GatedApp {
  readonly stack: string;
  /** Its folder, from the root. */
  readonly directory: string;
  /** The file there that makes the app. */
  readonly file: string;
}

const EXAMPLE: GatedApp = { stack: 'Gated', directory: 'examples/gate', file: 'app.ts' };

export async function startGateScenario(speed = 60, app = EXAMPLE): Promise<GateScenario> {
  const aws = await startLocalAws({ speed });
  const controller = new AbortController();
  const call = <T>(prefix: string, operation: string, input: unknown) =>
    aws.world.call<T>(INTERNAL, prefix, operation, input);
  return {
    aws,
    call,
    release: async (name, context = {}, rate = 0, options = {}) => {
      const planned = { name, context: { version: name, ...context }, expect: 'succeeded' as const, ...options };
      const run = {
        plan: planOf(app, speed, rate, planned),
        directory: join(ROOT, app.directory),
        signal: controller.signal,
      };
      const { releases } = await rehearse(aws, run);
      return releases[0] as ReleaseReport;
    },
    physicalId: async (logicalId) => {
      const { StackResources } = await call<{
        StackResources: { LogicalResourceId: string; PhysicalResourceId: string }[];
      }>('cloudformation', 'DescribeStackResources', { StackName: app.stack });
      const found = StackResources.find((resource) => resource.LogicalResourceId.startsWith(logicalId));
      if (!found) throw new Error(`no resource begins with ${logicalId}`);
      return found.PhysicalResourceId;
    },
    verdicts: async (deploymentId) => {
      const messages = [...aws.services.logs.state.groups.values()]
        .flatMap((group) => [...group.streams.values()])
        .flatMap((stream) => stream.events)
        .sort((a, b) => a.timestamp - b.timestamp)
        .filter((event) => event.message.startsWith('{"kind":"greenlight.verdict"'));
      return messages
        .map((event) => JSON.parse(event.message) as Verdict)
        .filter((verdict) => deploymentId === undefined || verdict.deploymentId === deploymentId);
    },
    stop: async () => {
      controller.abort(new Error('the test is over'));
      await aws.stop();
    },
  };
}

function planOf(app: GatedApp, speed: number, rate: number, release: PlannedRelease): Plan {
  return {
    version: 1,
    synthesis: 'inline',
    validation: 'first',
    stack: app.stack,
    app: appCommand(join(app.directory, app.file)),
    speed,
    traffic: { rate, paths: ['/'] },
    allow: { denied: [], unserved: [], notModelled: [] },
    parameters: {},
    seed: [],
    releases: [release],
  };
}
