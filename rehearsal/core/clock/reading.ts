/**
 * What the clock says at one moment, and how it continues from there. The local AWS writes one to a file about fifty times
 * a second, and the processes that it started read the time from it, each by the same rule.
 */
export interface Reading {
  /** Of the machine's monotonic clock, milliseconds: the same in every process. */
  readonly monotonicMs: number;
  /** AWS time. */
  readonly awsMs: number;
  /** Real time without stalls, to measure latency. */
  readonly realMs: number;
  /** Real time that the machine could use, for limits: as `Clock.afterReal` counts it. */
  readonly patienceMs: number;
  /** The greatest that `awsRate` can be. */
  readonly speed: number;
  /** Milliseconds of AWS time in one of real time. */
  readonly awsRate: number;
  /** Milliseconds of `realMs` in one of the monotonic clock: 1, or 0 in a stall of somebody else. */
  readonly realRate: number;
  /** Milliseconds of `patienceMs` in one of the monotonic clock. */
  readonly patienceRate: number;
}

/** From one reading AWS time continues for this much real time at most: then the local AWS is late, and the reader waits for it. */
const AWS_STEP_MS_MAX = 40;
/** The same of real time: a longer gap is a stall. */
export const REAL_STEP_MS_MAX = 250;

/** The reading some time later, with the same rates. */
export function later(from: Reading, monotonicMs: number): Reading {
  return {
    ...from,
    monotonicMs,
    awsMs: awsMsAt(from, monotonicMs),
    realMs: realMsAt(from, monotonicMs),
    patienceMs: from.patienceMs + stepMs(from, monotonicMs, REAL_STEP_MS_MAX) * from.patienceRate,
  };
}

/** AWS time some time later. */
export function awsMsAt(from: Reading, monotonicMs: number): number {
  return from.awsMs + stepMs(from, monotonicMs, AWS_STEP_MS_MAX) * from.awsRate;
}

/** Real time some time later. */
export function realMsAt(from: Reading, monotonicMs: number): number {
  return from.realMs + stepMs(from, monotonicMs, REAL_STEP_MS_MAX) * from.realRate;
}

function stepMs(from: Reading, monotonicMs: number, mostMs: number): number {
  return Math.min(Math.max(0, monotonicMs - from.monotonicMs), mostMs);
}

export function monotonicNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

const FIELDS = [
  'monotonicMs',
  'awsMs',
  'realMs',
  'patienceMs',
  'speed',
  'awsRate',
  'realRate',
  'patienceRate',
] as const;

/** Bytes of the file: a number of the writing, the writer's process id, the fields, and the number again. */
export const FILE_BYTES = 8 * (FIELDS.length + 3);

/** @param serial other than of the writing before it: a reader that finds two of them has met one half done */
export function encode(reading: Reading, serial: number, processId: number): Float64Array {
  return Float64Array.of(serial, processId, ...FIELDS.map((field) => reading[field]), serial);
}

/** @returns undefined when the numbers were half written */
export function decode(numbers: Float64Array): { readonly reading: Reading; readonly processId: number } | undefined {
  if (numbers[0] !== numbers[numbers.length - 1]) return undefined;
  const field = (name: (typeof FIELDS)[number]) => numbers[FIELDS.indexOf(name) + 2] ?? 0;
  return {
    processId: numbers[1] ?? 0,
    reading: {
      monotonicMs: field('monotonicMs'),
      awsMs: field('awsMs'),
      realMs: field('realMs'),
      patienceMs: field('patienceMs'),
      speed: field('speed'),
      awsRate: field('awsRate'),
      realRate: field('realRate'),
      patienceRate: field('patienceRate'),
    },
  };
}
