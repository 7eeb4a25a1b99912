import { evaluateQuery, validateQueries } from '../../../../rehearsal/services/cloudwatch/metric-math';

const series: Readonly<Record<string, readonly (number | undefined)[]>> = {
  errors: [1, undefined, 4, 0],
  requests: [10, 20, undefined, 0],
  zero: [0, 0, 0, 0],
};
const grid = { startMs: 0, periodMs: 60_000, length: 4 };
const stats = Object.keys(series).map((name) => ({
  Id: name,
  MetricStat: { Metric: { Namespace: 'N', MetricName: name }, Period: 60, Stat: 'Sum' },
}));
const evaluate = (Expression: string) =>
  evaluateQuery('e', [...stats, { Id: 'e', Expression }], grid, (stat) => series[stat.Metric.MetricName] ?? []);

test.each<[string, (number | undefined)[]]>([
  ['errors + 1', [2, undefined, 5, 1]],
  ['100 * errors / requests', [10, undefined, undefined, undefined]],
  ['1 + 2 * 3 ^ 2', [19, 19, 19, 19]],
  ['-(errors - 1)', [-0, undefined, -3, 1]],
  ['FILL(errors, 0)', [1, 0, 4, 0]],
  ['FILL(errors, REPEAT)', [1, 1, 4, 0]],
  ['FILL(errors, LINEAR)', [1, 2.5, 4, 0]],
  ['FILL(requests, REPEAT)', [10, 20, 20, 0]],
  ['IF(FILL(requests, 0) >= 10, 100 * FILL(errors, 0) / requests, 0)', [10, 0, 0, 0]],
  ['IF(errors > 0 AND requests > 5, 1, 0)', [1, undefined, undefined, 0]],
  ['IF(errors, zero, 7)', [0, undefined, 0, 7]],
  ['errors > 3 || errors == 0', [0, undefined, 1, 1]],
  ['MAX([errors, requests])', [10, 20, 4, 0]],
  ['SUM([errors, requests])', [11, 20, 4, 0]],
  ['AVG(METRICS())', [11 / 3, 10, 2, 0]],
  ['SUM(METRICS() * 2)', [22, 40, 8, 0]],
  ['SUM(METRICS("er"))', [1, 0, 4, 0]],
  ['MIN(errors) + zero', [0, 0, 0, 0]],
  ['errors / PERIOD(errors)', [1 / 60, undefined, 4 / 60, 0]],
])('%s', (expression, expected) => {
  expect(evaluate(expression)).toEqual(expected);
});

test.each([
  ['errors +', 'it ends too early'],
  ['errors + missing', 'no metric or expression with the id missing'],
  ['SEARCH("x")', 'Unsupported function SEARCH'],
  ['[errors, zero]', 'several time series'],
  ['e + 1', 'refers to itself: e -> e'],
  ['FILL(errors)', 'takes 2 parameters'],
  ['errors # 2', "unexpected '#'"],
])('%s is refused: %s', (expression, message) => {
  expect(() =>
    validateQueries([...stats.map((stat) => ({ ...stat, ReturnData: false })), { Id: 'e', Expression: expression }]),
  ).toThrow(message);
});
