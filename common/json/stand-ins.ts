import { canonical, compareNumeric, ExactNumber } from './exact-number';

/**
 * Plain numbers that replace exact ones, for libraries that have no other numbers: each exact number gets a number near it
 * that nothing else in the documents is, in the order of the exact ones. What compares the stand-ins finds the same as what
 * would compare the exact numbers.
 */
export class StandIns {
  private readonly numberOf = new Map<string, number>();
  private readonly exactOf = new Map<number, ExactNumber>();
  private readonly originals = new WeakMap<object, object>();

  /** @param values every document, and every number, that is used together */
  public constructor(values: readonly unknown[]) {
    const exact = new Map<string, ExactNumber>();
    const used = new Set<number>();
    for (const value of values) {
      eachScalar(value, (each) => {
        if (typeof each === 'number') used.add(each);
        if (each instanceof ExactNumber) exact.set(canonical(each.literal), each);
      });
    }
    const sorted = [...exact].sort(([, one], [, other]) => compareNumeric(one, other));
    const isAbove = ([, each]: [string, ExactNumber]) => compareNumeric(each, finite(Number(each))) > 0;
    this.assign(sorted.filter(isAbove), used, 1);
    this.assign(sorted.filter((each) => !isAbove(each)).reverse(), used, -1);
  }

  private assign(sorted: readonly (readonly [string, ExactNumber])[], used: Set<number>, direction: 1 | -1): void {
    let last = -direction * Infinity;
    for (const [text, each] of sorted) {
      let number = finite(Number(each));
      if (direction * (last - number) >= 0) number = next(last, direction);
      while (used.has(number) && Number.isFinite(number)) number = next(number, direction);
      used.add(number);
      last = number;
      this.numberOf.set(text, number);
      this.exactOf.set(number, each);
    }
  }

  /** A copy of one of the values with the stand-ins in it. */
  public put(value: unknown): unknown {
    if (value instanceof ExactNumber) return this.numberOf.get(canonical(value.literal)) ?? Number(value);
    if (typeof value !== 'object' || value === null) return value;
    const copy: object = Array.isArray(value)
      ? value.map((each: unknown) => this.put(each))
      : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.put(each)]));
    this.originals.set(copy, value);
    return copy;
  }

  /** The value that a part of a copy replaces. */
  public take(value: unknown): unknown {
    if (typeof value === 'number') return this.exactOf.get(value) ?? value;
    return typeof value === 'object' && value !== null ? (this.originals.get(value) ?? value) : value;
  }
}

function eachScalar(value: unknown, visit: (scalar: unknown) => void): void {
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) visit(value);
  else for (const each of Object.values(value) as unknown[]) eachScalar(each, visit);
}

function finite(number: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, number));
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** The next number that there is, up or down. */
function next(number: number, direction: 1 | -1): number {
  if (number === 0) return direction * Number.MIN_VALUE;
  float[0] = number;
  // Away from zero the bits count up, on either side of it.
  bits[0] = (bits[0] as bigint) + BigInt(number > 0 === direction > 0 ? 1 : -1);
  return float[0];
}
