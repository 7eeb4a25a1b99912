import type { Socket } from 'node:net';
import type { Timings } from './types';

type Step = Exclude<keyof Timings, 'totalMs'>;

/** Notes when each step of an exchange was done. */
export class Stopwatch {
  readonly startMs = performance.now();
  private readonly steps: Partial<Record<Step, number>> = {};

  mark(step: Step): void {
    this.steps[step] ??= this.sinceMs();
  }

  /** A kept connection has been through these steps. */
  follow(socket: Socket): void {
    if (!socket.connecting) return;
    socket.once('lookup', () => this.mark('dnsMs'));
    socket.once('connect', () => this.mark('connectMs'));
    socket.once('secureConnect', () => this.mark('tlsMs'));
  }

  read(): Timings {
    return { ...this.steps, totalMs: this.sinceMs() };
  }

  private sinceMs(): number {
    return Math.round((performance.now() - this.startMs) * 100) / 100;
  }
}

const timingsOf = new WeakMap<Error, Timings>();

/** How far an exchange came that ended with `error`. */
export function timingsBefore(error: unknown): Timings | undefined {
  return error instanceof Error ? timingsOf.get(error) : undefined;
}

/** The first reason is the one: what the ended connection says afterwards no longer counts. */
export function noteTimings(error: Error, watch: Stopwatch): void {
  if (!timingsOf.has(error)) timingsOf.set(error, watch.read());
}
