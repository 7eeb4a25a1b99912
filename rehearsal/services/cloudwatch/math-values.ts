import type { Points } from './metric-store';

/** What a metric math expression yields: a number, a time series, or several. */
export type Value =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'series'; readonly points: Points }
  | { readonly kind: 'array'; readonly items: readonly Value[] };

export type Series = Extract<Value, { kind: 'series' }>;

/**
 * Applies an operation point by point. Scalars count at every point; an array applies it to each of its items; a point
 * that one of the series misses, or a result that is no number (0/0), is missing.
 */
export function combine(values: readonly Value[], operation: (values: readonly number[]) => number): Value {
  const arrayAt = values.findIndex((value) => value.kind === 'array');
  const array = values[arrayAt];
  if (array?.kind === 'array')
    return { kind: 'array', items: array.items.map((item) => combine(values.with(arrayAt, item), operation)) };
  const length = lengthOf(values);
  if (length === undefined)
    return { kind: 'scalar', value: operation(values.map((value) => pointOf(value, 0) ?? NaN)) };
  const points = Array.from({ length }, (_, index) => {
    const here = values.map((value) => pointOf(value, index));
    return here.every((point) => point !== undefined) ? finite(operation(here)) : undefined;
  });
  return { kind: 'series', points };
}

/** The number of points when one of the values is a series. */
export function lengthOf(values: readonly Value[]): number | undefined {
  return values.find((value): value is Series => value.kind === 'series')?.points.length;
}

export function pointOf(value: Value, index: number): number | undefined {
  if (value.kind === 'scalar') return value.value;
  return value.kind === 'series' ? value.points[index] : undefined;
}

export function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
