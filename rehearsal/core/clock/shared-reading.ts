import fs from 'node:fs';
import { join } from 'node:path';
import { decode, encode, FILE_BYTES, later, monotonicNow, type Reading } from './reading';

// As they are now: programs replace functions of `fs` with their own, which may ask the time.
const { closeSync, openSync, readSync, writeSync } = fs;

/** The file that a clock writes its readings to. */
export class SharedReading {
  readonly path: string;
  private readonly file: number;
  private serial = 0;

  constructor(directory: string) {
    this.path = join(directory, 'clock');
    this.file = openSync(this.path, 'w', 0o600);
  }

  write(reading: Reading): void {
    writeSync(this.file, encode(reading, ++this.serial, process.pid), 0, FILE_BYTES, 0);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Without a new reading for so long the writer may be gone, and nobody would ever lead the time on. */
const SILENT_MS = 1_000;

/** The same clock in another process. */
export class ClockFile {
  private readonly file: number;
  private readonly numbers = new Float64Array(FILE_BYTES / 8);
  private last: Reading | undefined;
  private isDetached = false;

  /** @throws Error when there is no such file */
  constructor(path: string) {
    this.file = openSync(path, 'r');
  }

  now(): Reading {
    const monotonicMs = monotonicNow();
    const reading = this.isDetached ? undefined : this.latest(monotonicMs);
    this.last = reading ? later(reading, monotonicMs) : this.continueDetached(monotonicMs);
    return this.last;
  }

  private latest(monotonicMs: number): Reading | undefined {
    for (;;) {
      readSync(this.file, this.numbers, 0, FILE_BYTES, 0);
      const decoded = decode(this.numbers);
      if (!decoded) continue;
      const { reading, processId } = decoded;
      if (monotonicMs - reading.monotonicMs < SILENT_MS || isAlive(processId)) return reading;
      this.isDetached = true;
      return undefined;
    }
  }

  /** The local AWS was killed. What it started must still come to an end. */
  private continueDetached(monotonicMs: number): Reading {
    const { last } = this;
    const passedMs = last ? monotonicMs - last.monotonicMs : 0;
    const from = last ?? { awsMs: 0, realMs: 0, patienceMs: 0 };
    const rates = { speed: 1, awsRate: 1, realRate: 1, patienceRate: 1 };
    return {
      monotonicMs,
      awsMs: from.awsMs + passedMs,
      realMs: from.realMs + passedMs,
      patienceMs: from.patienceMs + passedMs,
      ...rates,
    };
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
