import { FUNCTIONS } from './math-functions';
import { type Expression, parseExpression, syntaxError } from './math-parser';
import { combine, type Value } from './math-values';
import type { Grid, MetricStat, Points } from './metric-store';

/** CloudWatch's MetricDataQuery: a metric to read or an expression on the others. */
export interface MetricDataQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: MetricStat;
  readonly Label?: string;
  readonly ReturnData?: boolean;
  readonly Period?: number;
}

export type ReadMetric = (stat: MetricStat, grid: Grid) => Points;

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  '||': (left, right) => Number(left !== 0 || right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
};

/**
 * The points of one query on a grid. Pure but for `read`.
 * @throws AwsError ValidationError for a syntax error, an unknown id, a cycle, an unsupported function, or an
 *   expression that is not one time series
 */
export function evaluateQuery(id: string, queries: readonly MetricDataQuery[], grid: Grid, read: ReadMetric): Points {
  const value = new Evaluation(queries, grid, read).valueOf(id, []);
  const text = queries.find((query) => query.Id === id)?.Expression ?? id;
  if (value.kind === 'array') throw syntaxError(text, 'it yields several time series where one is expected');
  return value.kind === 'series' ? value.points : Array.from({ length: grid.length }, () => value.value);
}

/**
 * Finds syntax errors, unknown ids, unsupported functions and what is not one time series before there is any data.
 * @throws AwsError ValidationError
 */
export function validateQueries(queries: readonly MetricDataQuery[]): void {
  const grid = { startMs: 0, periodMs: 60_000, length: 1 };
  const evaluation = new Evaluation(queries, grid, () => [1]);
  for (const query of queries) evaluation.valueOf(query.Id, []);
  for (const { Id, ReturnData } of queries) if (ReturnData !== false) evaluateQuery(Id, queries, grid, () => [1]);
}

class Evaluation {
  private readonly known = new Map<string, Value>();

  constructor(
    private readonly queries: readonly MetricDataQuery[],
    private readonly grid: Grid,
    private readonly read: ReadMetric,
  ) {}

  valueOf(id: string, path: readonly string[]): Value {
    const query = this.queries.find((other) => other.Id === id);
    if (!query) throw syntaxError(path.at(-1) ?? id, `there is no metric or expression with the id ${id}`);
    if (path.includes(id))
      throw syntaxError(query.Expression ?? id, `it refers to itself: ${[...path, id].join(' -> ')}`);
    const value = this.known.get(id) ?? this.compute(query, [...path, id]);
    this.known.set(id, value);
    return value;
  }

  private compute(query: MetricDataQuery, path: readonly string[]): Value {
    if (query.MetricStat) return { kind: 'series', points: this.read(query.MetricStat, this.grid) };
    const text = query.Expression ?? '';
    return this.evaluate(parseExpression(text), text, path);
  }

  private evaluate(node: Expression, text: string, path: readonly string[]): Value {
    const evaluate = (child: Expression) => this.evaluate(child, text, path);
    switch (node.kind) {
      case 'number':
        return { kind: 'scalar', value: node.value };
      case 'text':
        throw syntaxError(text, `unexpected text "${node.text}"`);
      case 'name':
        return this.valueOf(node.name, path);
      case 'array':
        return { kind: 'array', items: node.items.map(evaluate) };
      case 'negate':
        return combine([evaluate(node.operand)], ([value]) => -(value as number));
      case 'binary':
        return combine([evaluate(node.left), evaluate(node.right)], ([left, right]) =>
          (OPERATORS[node.operator] as (l: number, r: number) => number)(left as number, right as number),
        );
      case 'call':
        return this.call(node, text, evaluate);
    }
  }

  private call(
    node: Extract<Expression, { kind: 'call' }>,
    text: string,
    evaluate: (child: Expression) => Value,
  ): Value {
    if (node.name === 'METRICS') return this.metrics(node.parameters[0]);
    const run = FUNCTIONS[node.name];
    if (!run)
      throw syntaxError(
        text,
        `Unsupported function ${node.name}; the rehearsal has METRICS, ${Object.keys(FUNCTIONS).join(', ')}`,
      );
    return run({
      parameters: node.parameters,
      evaluate,
      grid: this.grid,
      fail: (problem) => syntaxError(text, problem),
    });
  }

  /** Every metric of the request, expressions left out; with a text those whose id contains it. */
  private metrics(filter: Expression | undefined): Value {
    const part = filter?.kind === 'text' ? filter.text : '';
    const stats = this.queries.filter((query) => query.MetricStat && query.Id.includes(part));
    return { kind: 'array', items: stats.map((query) => this.valueOf(query.Id, [])) };
  }
}
