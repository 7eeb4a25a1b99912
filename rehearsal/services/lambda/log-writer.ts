import { batchesOf, eventsOf } from '../../core/log-limits';
import { AwsError, type Principal, type World } from '../../core/service';

/**
 * Sends an environment's log lines to CloudWatch Logs as the function's role: a role that may not write logs loses
 * them, as on AWS.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 */
export class LogWriter {
  private pending: { timestamp: number; message: string }[] = [];
  private work: Promise<void> = Promise.resolve();
  private ready: Promise<boolean> | undefined;

  constructor(
    private readonly world: World,
    private readonly role: Principal,
    private readonly logGroupName: string,
    readonly logStreamName: string,
  ) {}

  /** A line that is longer than an event becomes several. */
  write(line: string): void {
    const isFirst = this.pending.length === 0;
    const timestamp = Math.floor(this.world.clock.now());
    for (const message of eventsOf(line)) this.pending.push({ timestamp, message });
    if (isFirst) this.work = this.work.then(() => this.flush());
  }

  /** Resolves when everything written so far is in Logs, or lost. */
  async drained(): Promise<void> {
    await this.work;
  }

  private async flush(): Promise<void> {
    this.ready ??= this.prepare();
    const granted = await this.ready;
    const logEvents = this.pending;
    this.pending = [];
    if (!granted) return;
    for (const batch of batchesOf(logEvents)) await this.attempt('PutLogEvents', { logEvents: batch });
  }

  /** A stream needs its group: Lambda makes one where there is none and the role may. */
  private async prepare(): Promise<boolean> {
    const first = await this.attempt('CreateLogStream');
    if (first !== 'ResourceNotFoundException') return first === undefined;
    const made = await this.attempt('CreateLogGroup');
    if (made !== undefined && made !== 'ResourceAlreadyExistsException') return false;
    return (await this.attempt('CreateLogStream')) === undefined;
  }

  /** @returns the error's code, undefined on success */
  private async attempt(operation: string, input: object = {}): Promise<string | undefined> {
    const { logGroupName, logStreamName } = this;
    const scope = operation === 'CreateLogGroup' ? { logGroupName } : { logGroupName, logStreamName };
    try {
      await this.world.call(this.role, 'logs', operation, { ...scope, ...input });
      return undefined;
    } catch (error) {
      const code = error instanceof AwsError ? error.code : 'InternalFailure';
      if (/^AccessDenied/.test(code)) {
        this.world.events.record('lambda', 'logs-lost', `${this.logGroupName}: ${(error as Error).message}`, {
          operation,
        });
      }
      return code;
    }
  }
}
