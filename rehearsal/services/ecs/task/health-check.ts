/** A container's health check: a command of its own, run next to it. */
import { type Clock, sleepReal } from '../../../core/clock';
import type { ContainerRuntime, ContainerSpec } from './containers';
import type { Health } from './dependencies';
import type { ContainerDefinition, HealthCheck } from '../shapes';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const DEFAULTS = { interval: 30, timeout: 5, retries: 3, startPeriod: 0 };

/** A process boots in real time, however fast the clock: failures in this much of it do not count. */
const BOOT_REAL_MS_MIN = 3_000;
/** Between two checks at least, so that a fast clock does not fill the machine with them. */
const INTERVAL_REAL_MS_MIN = 1_000;

/**
 * The command as it is run here: `localhost` and a port of the task become that port on loopback.
 * @returns undefined for a container without a check
 */
export function healthCommand(
  { healthCheck }: Pick<ContainerDefinition, 'healthCheck'>,
  ports: ReadonlyMap<number, number>,
): readonly string[] | undefined {
  const [kind, ...rest] = healthCheck?.command ?? [];
  if (kind === undefined || kind === 'NONE') return undefined;
  const words = kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...rest] : kind === 'CMD' ? rest : [kind, ...rest];
  return words.map((word) =>
    word.replace(/\b(?:localhost|127\.0\.0\.1):(\d+)/g, (text, port: string) => {
      const local = ports.get(Number(port));
      return local === undefined ? text : `127.0.0.1:${local}`;
    }),
  );
}

export interface HealthWatch {
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  readonly probe: Omit<ContainerSpec, 'onLine'>;
  readonly settings: Partial<HealthCheck>;
  readonly signal: AbortSignal;
}

/** Checks until the signal, and reports each change. Never rejects. */
export async function watchHealth(watch: HealthWatch, tell: (health: Health) => void): Promise<void> {
  const { clock, signal } = watch;
  const settings = { ...DEFAULTS, ...watch.settings };
  const startMs = clock.now();
  let booted = false;
  sleepReal(clock, BOOT_REAL_MS_MIN, signal).then(
    () => (booted = true),
    () => undefined,
  );
  let failures = 0;
  let health: Health = 'UNKNOWN';
  while (!signal.aborted) {
    const rested = await Promise.all([
      clock.sleep(settings.interval * 1000, signal),
      sleepReal(clock, INTERVAL_REAL_MS_MIN, signal),
    ]).then(
      () => true,
      () => false,
    );
    if (!rested) return;
    const passed = await passes(watch, settings.timeout * 1000);
    const starting = clock.now() - startMs < settings.startPeriod * 1000 || !booted;
    if (passed) failures = 0;
    else if (!starting || health === 'HEALTHY') failures += 1;
    const next: Health = passed ? 'HEALTHY' : failures >= settings.retries ? 'UNHEALTHY' : health;
    if (next !== health && !signal.aborted) tell(next);
    health = next;
  }
}

/** The limit is real time: a check takes as long as it takes. */
async function passes({ clock, runtime, probe, signal }: HealthWatch, limitMs: number): Promise<boolean> {
  const running = runtime.start({ ...probe, onLine: () => undefined });
  const end = () => running.signal('SIGKILL');
  const timer = clock.afterReal(limitMs, end);
  signal.addEventListener('abort', end, { once: true });
  const exitCode = await running.exited;
  timer.cancel();
  signal.removeEventListener('abort', end);
  return exitCode === 0;
}
