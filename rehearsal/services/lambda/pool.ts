import type { World } from '../../core/service';
import type { Timer } from '../../core/clock';
import { ExecutionEnvironment, type Invocation, type Outcome } from './environment';
import { RuntimeApi } from './runtime-api';
import type { LambdaFunction, Version } from './state';

/**
 * The execution environments of all functions: a warm one is used again, invocations at the same time get one each,
 * idle ones end.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export class EnvironmentPool {
  private readonly api = new RuntimeApi();
  private readonly all = new Set<ExecutionEnvironment>();
  private readonly idle = new Map<string, { environment: ExecutionEnvironment; timer: Timer }[]>();
  private stopped = false;

  constructor(private readonly world: World) {}

  async run(fn: LambdaFunction, version: Version, invocation: Invocation): Promise<Outcome> {
    const environment = this.takeIdle(version) ?? this.create(fn, version);
    try {
      return await environment.run(invocation);
    } finally {
      this.release(environment);
    }
  }

  /** Environments of a revision are not used again; those that are busy finish first. */
  retire(revision: string): void {
    for (const { environment, timer } of this.idle.get(revision) ?? []) {
      timer.cancel();
      this.discard(environment);
    }
    this.idle.delete(revision);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const entry of [...this.idle.values()].flat()) entry.timer.cancel();
    this.idle.clear();
    await Promise.all([...this.all].map((environment) => environment.end()));
    this.all.clear();
    await this.api.stop();
  }

  private create(fn: LambdaFunction, version: Version): ExecutionEnvironment {
    if (this.stopped) throw new Error('the rehearsal has ended');
    const environment = new ExecutionEnvironment(this.world, this.api, fn, version);
    this.all.add(environment);
    return environment;
  }

  private takeIdle(version: Version): ExecutionEnvironment | undefined {
    const waiting = this.idle.get(version.revision) ?? [];
    for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
      entry.timer.cancel();
      if (entry.environment.reusable) return entry.environment;
      this.discard(entry.environment);
    }
    return undefined;
  }

  private release(environment: ExecutionEnvironment): void {
    const { revision } = environment.version;
    if (this.stopped || !environment.reusable) return this.discard(environment);
    const timer = this.world.clock.after(this.world.parameters.lambdaIdleMs, () => {
      const others = (this.idle.get(revision) ?? []).filter((entry) => entry.environment !== environment);
      this.idle.set(revision, others);
      this.discard(environment);
    });
    this.idle.set(revision, [...(this.idle.get(revision) ?? []), { environment, timer }]);
  }

  private discard(environment: ExecutionEnvironment): void {
    void environment.end().then(() => this.all.delete(environment));
  }
}
