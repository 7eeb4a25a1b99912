import type { World } from '../../core/service';
import { ScaledClock, type Timer } from '../../core/clock';
import { remedyFor } from '../../preload/runtime/sdk';
import { LogWriter } from './log-writer';
import { environmentVariables, nodeRuntime, type RuntimeProcess, startRuntime } from './process';
import { isPython, pythonRuntime } from './python';
import type { RuntimeApi, RuntimeInvocation } from './runtime-api';
import type { LambdaFunction, Version } from './state';

export interface Invocation {
  readonly requestId: string;
  readonly invokedFunctionArn: string;
  readonly payload: string;
}

export interface Outcome {
  readonly payload: string;
  readonly functionError?: 'Unhandled';
}

interface Running {
  readonly invocation: Invocation;
  readonly startedAtMs: number;
  settle(outcome: Outcome): void;
  timer: Timer;
}

/** AWS gives initialization 10 s before it counts against the function's timeout. */
const INIT_MS = 10_000;

/** Credentials that end sooner than this are not handed to another invocation. */
const CREDENTIALS_LEFT_MS = 300_000;

/** One execution environment: a process that runs one invocation at a time, and its log stream. */
export class ExecutionEnvironment {
  ended = false;
  private unregister = (): void => undefined;
  private readonly log: LogWriter;
  private readonly credentials;
  private process: RuntimeProcess | undefined;
  private ready: ((invocation: RuntimeInvocation) => void) | undefined;
  private running: Running | undefined;
  private initError: string | undefined;
  private initializedInMs: number | undefined;
  private initialized: () => void = () => undefined;

  constructor(
    private readonly world: World,
    private readonly api: RuntimeApi,
    private readonly fn: LambdaFunction,
    readonly version: Version,
  ) {
    const { roleArn, logGroup } = version.configuration;
    const id = world.ids.hex(32);
    const day = new Date(world.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    this.log = new LogWriter(world, world.principalOf(roleArn, fn.name), logGroup, `${day}/[${version.version}]${id}`);
    this.credentials = world.credentialsFor(roleArn, fn.name);
  }

  /** Whether another invocation may run here. */
  get reusable(): boolean {
    return !this.ended && this.credentials.expiresAtMs > this.world.clock.now() + CREDENTIALS_LEFT_MS;
  }

  /** Runs one invocation to its end: result, error, timeout or crash. */
  async run(invocation: Invocation): Promise<Outcome> {
    const { configuration, version } = this.version;
    const timeoutMs = this.allowance(configuration.timeoutSeconds * 1000);
    const startedAtMs = this.world.clock.now();
    const done = new Promise<Outcome>((settle) => {
      const timer = this.world.clock.after(timeoutMs + this.allowance(INIT_MS), () => this.timeOut());
      this.running = { invocation, startedAtMs, settle, timer };
    });
    if (!this.process) await this.start();
    this.log.write(`START RequestId: ${invocation.requestId} Version: ${version}`);
    this.deliver();
    const outcome = await done;
    this.report(invocation.requestId, startedAtMs);
    return outcome;
  }

  /** Ends the process. An invocation in it fails. */
  async end(): Promise<void> {
    this.ended = true;
    this.initialized();
    this.process?.kill();
    await this.process?.exited;
    await this.log.drained();
  }

  /** AWS time for what is computed: at least `lambdaWallMsMin` of real time, because computing is not scaled. */
  private allowance(awsMs: number): number {
    return Math.max(awsMs, this.speed > 1 ? this.world.parameters.lambdaWallMsMin * this.speed : 0);
  }

  private get speed(): number {
    return this.world.clock instanceof ScaledClock ? this.world.clock.speed : 1;
  }

  private async start(): Promise<void> {
    const startedAtMs = this.world.clock.now();
    this.initialized = this.world.clock.compute();
    const { api, unregister } = await this.api.register({
      next: (send) => {
        this.initialized();
        this.initializedInMs ??= this.world.clock.now() - startedAtMs;
        this.ready = send;
        this.deliver();
      },
      response: (requestId, payload) => this.finish(requestId, { payload }),
      error: (requestId, payload) => this.finish(requestId, { payload, functionError: 'Unhandled' }),
      initError: (payload) => void (this.initError = payload),
    });
    this.unregister = unregister;
    if (this.ended) return this.exited('signal: killed');
    const { configuration } = this.version;
    const runtime = { api, logStreamName: this.log.logStreamName, credentials: this.credentials };
    const variables = environmentVariables(this.world, this.fn, this.version, runtime);
    const { environment, layersDirectory, codeDirectory } = configuration;
    const python = isPython(configuration.runtime) && pythonRuntime(this.world, environment, layersDirectory);
    const program = python ? python.command : nodeRuntime();
    this.process = startRuntime(program, python ? { ...variables, ...python.environment } : variables, codeDirectory, {
      line: (text) => this.log.write(text),
      logged: (requestId) => this.settleLogged(requestId),
      missing: (packageName) => this.recordMissing(packageName),
    });
    void this.process.exited.then((reason) => this.exited(reason));
  }

  private recordMissing(packageName: string): void {
    const detail = `${this.fn.name}: ${remedyFor(packageName)}`;
    this.world.events.record('lambda', 'sdk-missing', detail, { functionName: this.fn.name, packageName });
  }

  private deliver(): void {
    const { ready, running } = this;
    if (!ready || !running) return;
    this.ready = undefined;
    running.timer.cancel();
    const timeoutMs = this.allowance(this.version.configuration.timeoutSeconds * 1000);
    running.timer = this.world.clock.after(timeoutMs, () => this.timeOut());
    const remainingMs = timeoutMs / this.speed;
    ready({ ...running.invocation, deadlineMs: this.world.clock.now() + timeoutMs, remainingMs });
  }

  private response: { readonly requestId: string; readonly outcome: Outcome } | undefined;
  private loggedRequestId: string | undefined;

  /** The response comes over HTTP and the logs through a pipe: an invocation is over when both are here. */
  private finish(requestId: string, outcome: Outcome): void {
    this.response = { requestId, outcome };
    if (this.loggedRequestId === requestId) this.settle(outcome);
  }

  private settleLogged(requestId: string): void {
    this.loggedRequestId = requestId;
    if (this.response?.requestId === requestId) this.settle(this.response.outcome);
  }

  private settle(outcome: Outcome): void {
    const { running } = this;
    if (!running) return;
    this.running = undefined;
    running.timer.cancel();
    running.settle(outcome);
  }

  private timeOut(): void {
    const { running } = this;
    if (!running) return;
    const seconds = this.version.configuration.timeoutSeconds.toFixed(2);
    const sentence = `Task timed out after ${seconds} seconds`;
    const { requestId } = running.invocation;
    this.log.write(`${new Date(this.world.clock.now()).toISOString()} ${requestId} ${sentence}`);
    this.ended = true;
    this.process?.kill();
    this.settle(failed('Sandbox.Timedout', `RequestId: ${requestId} Error: ${sentence}`));
  }

  private exited(reason: string): void {
    this.ended = true;
    this.initialized();
    this.unregister();
    const { running } = this;
    if (!running) return;
    const { requestId } = running.invocation;
    // The runtime responds before it ends itself, so a response outranks the exit that follows it.
    if (this.response?.requestId === requestId) return this.settle(this.response.outcome);
    if (this.initError) return this.settle({ payload: this.initError, functionError: 'Unhandled' });
    const why =
      reason === 'exit status 0' ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${reason}`;
    this.settle(failed('Runtime.ExitError', `RequestId: ${requestId} Error: ${why}`));
  }

  private report(requestId: string, startedAtMs: number): void {
    const { memoryMb } = this.version.configuration;
    const durationMs = this.world.clock.now() - startedAtMs;
    this.log.write(`END RequestId: ${requestId}`);
    this.log.write(
      `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${Math.ceil(durationMs)} ms\t` +
        `Memory Size: ${memoryMb} MB${this.initializedInMs ? `\tInit Duration: ${this.initializedInMs.toFixed(2)} ms` : ''}`,
    );
    this.initializedInMs = this.initializedInMs === undefined ? undefined : 0;
  }
}

function failed(errorType: string, errorMessage: string): Outcome {
  return { payload: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled' };
}
