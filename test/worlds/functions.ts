/** The product's functions in this process: each invocation has its role, and may be slow, fail or end in between. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { clients as gateClients } from '../../lambda/gate/clients';
import type { CodeDeployEvent } from '../../lambda/gate/engines/codedeploy';
import { createGate } from '../../lambda/gate/handler';
import { aws as liveRouteAws } from '../../lambda/live-route/aws';
import { createLiveRoute } from '../../lambda/live-route/handler';
import { aws as releaseAws } from '../../lambda/release/aws';
import { createRelease } from '../../lambda/release/handler';
import type { CustomResourceEvent } from '../../lambda/shared/custom-resource';
import type { Principal } from '../../rehearsal/core/service';
import type { Invocation, Outcome } from '../../rehearsal/services/lambda/environment';
import type { EnvironmentPool } from '../../rehearsal/services/lambda/pool';
import type { LambdaFunction, Version } from '../../rehearsal/services/lambda/state';
import type { Suite } from '../../smoke/suite/model';
import type { World } from './world';

/** What runs now, and for whom. */
export interface Running {
  readonly world: World;
  readonly principal: Principal;
  readonly functionName: string;
  /** Lambda has ended it: what it still waits for never comes. */
  over: boolean;
  /** After so many more calls its machine is lost, before the last one's result is read. */
  callsLeft: number;
  end(): void;
}

export const running = new AsyncLocalStorage<Running>();

type Handler = (payload: object, remainingMs: () => number) => Promise<unknown>;

/** Which of the product's functions a function of the template is, by its environment. */
function handlerOf(environment: Readonly<Record<string, string>>, suite: Suite): Handler {
  if (environment.GREENLIGHT_LIFECYCLE_EVENT !== undefined) {
    const gate = createGate(environment, { ...gateClients, loadSuite: () => suite });
    return (payload, remainingMs) => gate(payload as CodeDeployEvent, { getRemainingTimeInMillis: remainingMs });
  }
  if (environment.GREENLIGHT_WAITER_ARN !== undefined) {
    const release = createRelease(environment, releaseAws);
    return (payload) => release(payload as CustomResourceEvent);
  }
  // A custom check, as examples/gate has one.
  if (environment.OUTCOME !== undefined) return () => Promise.resolve({ outcome: environment.OUTCOME });
  const liveRoute = createLiveRoute(liveRouteAws);
  return (payload) => liveRoute(payload as CustomResourceEvent);
}

/** Nothing is known of what ended: as when its machine is lost. */
const LOST: Outcome = { functionError: 'Unhandled', payload: '{"errorType":"Runtime.ExitError"}' };

/** In place of processes. */
export class Functions implements Pick<EnvironmentPool, 'run' | 'retire'> {
  private readonly handlers = new Map<string, Handler>();
  private readonly logStreams = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly suite: Suite,
  ) {}

  run(fn: LambdaFunction, version: Version, { payload }: Invocation): Promise<Outcome> {
    const event = JSON.parse(payload) as { readonly RequestType?: string };
    const { faults, clock } = this.world;
    if (faults.takesInvocation()) return Promise.resolve(LOST);
    // Asynchronous events come at least once.
    const againMs = event.RequestType === undefined ? undefined : faults.repeatsEventAfterMs();
    if (againMs !== undefined) clock.after(againMs, () => void this.invoke(fn, version, event));
    return this.invoke(fn, version, event);
  }

  private invoke(fn: LambdaFunction, { configuration, revision }: Version, event: object): Promise<Outcome> {
    const { clock, faults, local } = this.world;
    const { environment, roleArn, timeoutSeconds, logGroup } = configuration;
    const handler = this.handlers.get(revision) ?? handlerOf(environment, this.suite);
    this.handlers.set(revision, handler);
    const endMs = clock.now() + timeoutSeconds * 1_000;
    void this.writeLog(local.principalOf(roleArn, fn.name), logGroup, revision);
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        state.over = true;
        timer.cancel();
        resolve(outcome);
      };
      const timer = clock.after(timeoutSeconds * 1_000, () => end({ ...LOST, payload: '"Task timed out"' }));
      const state: Running = {
        ...{ world: this.world, principal: local.principalOf(roleArn, fn.name), functionName: fn.name },
        ...{ over: false, callsLeft: faults.callsUntilLost(), end: () => end(LOST) },
      };
      void running.run(state, () =>
        handler(event, () => endMs - clock.now()).then(
          (result) => end({ payload: JSON.stringify(result ?? null) }),
          (error: Error) => end({ ...LOST, payload: JSON.stringify({ errorType: error.name }) }),
        ),
      );
    });
  }

  /** Lambda writes a function's lines as its role; they are lost when it may not. */
  private async writeLog(principal: Principal, logGroupName: string, logStreamName: string): Promise<void> {
    const logEvents = [{ timestamp: this.world.clock.now(), message: 'START' }];
    const write = (operation: string, input: object) =>
      this.world.local.call(principal, 'logs', operation, { logGroupName, logStreamName, ...input });
    if (!this.logStreams.has(logStreamName)) await write('CreateLogStream', {}).catch(() => undefined);
    this.logStreams.add(logStreamName);
    await write('PutLogEvents', { logEvents }).catch(() => undefined);
  }

  retire(revision: string): void {
    this.handlers.delete(revision);
  }
}
