import type { AwsError } from '../../core/service';
import type { Expression } from './math-parser';
import { combine, finite, lengthOf, pointOf, type Value } from './math-values';
import type { Grid, Points } from './metric-store';

interface FunctionCall {
  readonly parameters: readonly Expression[];
  readonly evaluate: (parameter: Expression) => Value;
  readonly grid: Grid;
  readonly fail: (problem: string) => AwsError;
}

type MathFunction = (call: FunctionCall) => Value;
type Aggregate = (values: readonly number[]) => number;

const sum: Aggregate = (values) => values.reduce((total, value) => total + value, 0);

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-functions-list */
export const FUNCTIONS: Readonly<Record<string, MathFunction>> = {
  ABS: pointwise(Math.abs),
  CEIL: pointwise(Math.ceil),
  FLOOR: pointwise(Math.floor),
  SUM: aggregate(sum),
  AVG: aggregate((values) => sum(values) / values.length),
  MIN: aggregate((values) => Math.min(...values)),
  MAX: aggregate((values) => Math.max(...values)),
  PERIOD: (call) => ({ kind: 'scalar', value: (arity(call, 1), call.grid.periodMs / 1000) }),
  IF: conditional,
  FILL: fill,
};

function pointwise(operation: (value: number) => number): MathFunction {
  return (call) => {
    const [parameter] = arity(call, 1);
    return combine([call.evaluate(parameter as Expression)], ([value]) => operation(value as number));
  };
}

/** Over an array a time series, of the points there are at each time; over one time series a number. */
function aggregate(operation: Aggregate): MathFunction {
  return (call) => {
    const [parameter] = arity(call, 1);
    const value = call.evaluate(parameter as Expression);
    return value.kind === 'array' ? across(value.items, operation) : along(value, operation);
  };
}

function across(items: readonly Value[], operation: Aggregate): Value {
  const length = lengthOf(items);
  if (length === undefined) return { kind: 'scalar', value: operation(items.map((item) => pointOf(item, 0) ?? NaN)) };
  const points = Array.from({ length }, (_, index) => {
    const hasPoint = items.some((item) => item.kind === 'series' && item.points[index] !== undefined);
    const here = items.map((item) => pointOf(item, index)).filter((point) => point !== undefined);
    return hasPoint ? finite(operation(here)) : undefined;
  });
  return { kind: 'series', points };
}

function along(value: Value, operation: Aggregate): Value {
  if (value.kind !== 'series') return value;
  const present = value.points.filter((point) => point !== undefined);
  return present.length > 0 ? { kind: 'scalar', value: operation(present) } : value;
}

/** Only the branch that the condition takes must have a point. */
function conditional(call: FunctionCall): Value {
  if (call.parameters.length !== 2) arity(call, 3);
  const [condition, whenTrue, whenFalse] = call.parameters.map(call.evaluate) as [Value, Value, Value?];
  const length = lengthOf([condition, whenTrue, ...(whenFalse ? [whenFalse] : [])]);
  const pick = (index: number) => {
    const decided = pointOf(condition, index);
    if (decided === undefined) return undefined;
    const branch = decided !== 0 ? whenTrue : whenFalse;
    return branch && pointOf(branch, index);
  };
  if (length === undefined) return { kind: 'scalar', value: pick(0) ?? NaN };
  return { kind: 'series', points: Array.from({ length }, (_, index) => pick(index)) };
}

function fill(call: FunctionCall): Value {
  const [metric, filler] = arity(call, 2) as [Expression, Expression];
  const apply = (value: Value): Value => {
    if (value.kind === 'array') return { kind: 'array', items: value.items.map(apply) };
    return value.kind === 'series' ? { kind: 'series', points: filled(value.points, filler, call) } : value;
  };
  return apply(call.evaluate(metric));
}

function filled(points: Points, filler: Expression, call: FunctionCall): Points {
  if (filler.kind === 'name' && filler.name === 'REPEAT') return repeated(points);
  if (filler.kind === 'name' && filler.name === 'LINEAR') return interpolated(points);
  const value = call.evaluate(filler);
  if (value.kind === 'array') throw call.fail('FILL takes a number, a time series, REPEAT or LINEAR');
  return points.map((point, index) => point ?? pointOf(value, index));
}

function repeated(points: Points): Points {
  let last: number | undefined;
  return points.map((point) => (last = point ?? last));
}

/** Gaps with a point on both sides; there is no line to draw beyond the ends. */
function interpolated(points: Points): Points {
  return points.map((point, index) => {
    const before = points.findLastIndex((other, at) => at < index && other !== undefined);
    const after = points.findIndex((other, at) => at > index && other !== undefined);
    if (point !== undefined || before < 0 || after < 0) return point;
    const [low, high] = [points[before] as number, points[after] as number];
    return low + ((high - low) * (index - before)) / (after - before);
  });
}

function arity(call: FunctionCall, count: number): readonly Expression[] {
  if (call.parameters.length === count) return call.parameters;
  throw call.fail(`a function takes ${count} parameter${count > 1 ? 's' : ''} here, found ${call.parameters.length}`);
}
