/** The awslogs log driver: a container's lines to CloudWatch Logs as the task's execution role, in batches. */
import type { Timer } from '../../../core/clock';
import type { Principal, World } from '../../../core/service';
import type { ContainerDefinition } from '../shapes';
import { reasonOf } from './reason';

/** The driver's buffer is flushed every 5 s: https://docs.docker.com/engine/logging/drivers/awslogs/ */
const FLUSH_MS = 5_000;
/** PutLogEvents takes 10,000 events and 1 MiB at most; lines have 16 KiB at most. */
const BATCH_EVENTS_MAX = 60;

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

export interface LogStream {
  write(line: string): void;
  /** Sends what is left. Never rejects. */
  close(): Promise<void>;
}

const codeOf = (error: unknown) => (error as { readonly name?: string } | undefined)?.name;

/** Opens the container's stream. @throws when the role may not, or the group does not exist: then the task cannot start */
export async function openLogStream(
  world: World,
  role: Principal,
  container: ContainerDefinition,
  taskId: string,
): Promise<LogStream | undefined> {
  const configuration = container.logConfiguration;
  if (configuration?.logDriver !== 'awslogs') return undefined;
  const options = configuration.options ?? {};
  const logGroupName = options['awslogs-group'] ?? '';
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html: prefix-name/container-name/ecs-task-id
  const logStreamName = `${options['awslogs-stream-prefix'] ?? 'ecs'}/${container.name}/${taskId}`;
  const create = (operation: string, input: object) =>
    world.call(role, 'logs', operation, input).catch((error: unknown) => {
      if (codeOf(error) !== 'ResourceAlreadyExistsException') throw error;
    });
  if (options['awslogs-create-group'] === 'true') await create('CreateLogGroup', { logGroupName });
  await create('CreateLogStream', { logGroupName, logStreamName });
  return new BatchedStream(world, role, logGroupName, logStreamName);
}

class BatchedStream implements LogStream {
  private waiting: LogEvent[] = [];
  private timer: Timer | undefined;
  private sending: Promise<void> = Promise.resolve();
  private complained = false;

  constructor(
    private readonly world: World,
    private readonly role: Principal,
    private readonly logGroupName: string,
    private readonly logStreamName: string,
  ) {}

  write(line: string): void {
    if (line === '') return;
    this.waiting.push({ timestamp: Math.round(this.world.clock.now()), message: line });
    this.timer ??= this.world.clock.after(FLUSH_MS, () => void this.flush());
  }

  close(): Promise<void> {
    return this.flush();
  }

  private flush(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.sending = this.sending.then(() => this.send());
    return this.sending;
  }

  private async send(): Promise<void> {
    while (this.waiting.length > 0) {
      const logEvents = this.waiting.splice(0, BATCH_EVENTS_MAX);
      const { logGroupName, logStreamName } = this;
      await this.world
        .call(this.role, 'logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents })
        .catch((error: unknown) => this.complain(error));
    }
  }

  /** Once a stream: the container runs on without its log, as with the driver in AWS. */
  private complain(error: unknown): void {
    if (this.complained) return;
    this.complained = true;
    const reason = reasonOf(error);
    const detail = `log lines of ${this.logStreamName} are lost: ${reason}`;
    this.world.events.record('ecs', 'logs-lost', detail, { logStreamName: this.logStreamName, reason });
  }
}
