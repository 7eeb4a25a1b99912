/**
 * A number that JavaScript's own cannot hold, such as 1234567890123456789: the digits as they were written. A numeral whose
 * number prints as the same decimal stays a plain number. docs/adr/0065.
 */
export class ExactNumber {
  /** @param literal a numeral as JSON writes it */
  public constructor(public readonly literal: string) {}

  /** The nearest number, for limits that need no more. */
  public valueOf(): number {
    return Number(this.literal);
  }

  public toString(): string {
    return this.literal;
  }
}

export type Numeric = number | ExactNumber;

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || value instanceof ExactNumber;
}

/** A numeral of JSON as a number if that loses nothing, else exactly. */
export function numericOf(literal: string): Numeric {
  const number = Number(literal);
  if (literal.length <= 15 && !/e/i.test(literal)) return number;
  return Number.isFinite(number) && canonical(literal) === canonical(String(number))
    ? number
    : new ExactNumber(literal);
}

interface Decimal {
  readonly isNegative: boolean;
  /** Without zeros at either end; empty for zero. */
  readonly digits: string;
  /** Places of the point from the left of the digits: 12.5 has 2, 0.05 has -1. */
  readonly magnitude: number;
}

function decimalOf(literal: string): Decimal {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(literal) ?? [];
  const all = whole + fraction;
  const leading = /^0*/.exec(all)?.[0].length ?? 0;
  let end = all.length;
  while (end > leading && all[end - 1] === '0') end -= 1;
  const digits = all.slice(leading, end);
  if (digits === '') return { isNegative: false, digits, magnitude: 0 };
  return { isNegative: sign === '-', digits, magnitude: whole.length - leading + Number(exponent) };
}

/** One text for all notations of a decimal: that of 2.0, 2 and 0.2e1 is the same. */
export function canonical(literal: string): string {
  const { isNegative, digits, magnitude } = decimalOf(literal);
  return `${isNegative ? '-' : ''}0.${digits || '0'}e${magnitude}`;
}

/** Below, at or above 0 as `one` is below, equal to or above `other`, whatever their notation. */
export function compareNumeric(one: Numeric, other: Numeric): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [a, b] = [decimalOf(String(one)), decimalOf(String(other))];
  const [signOfA, signOfB] = [signOf(a), signOf(b)];
  if (signOfA !== signOfB) return signOfA - signOfB;
  if (a.magnitude !== b.magnitude) return signOfA * (a.magnitude - b.magnitude);
  return a.digits === b.digits ? 0 : signOfA * (a.digits < b.digits ? -1 : 1);
}

function signOf({ isNegative, digits }: Decimal): number {
  if (digits === '') return 0;
  return isNegative ? -1 : 1;
}
