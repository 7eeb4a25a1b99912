import { comparisonLines } from '../../cli/compare-report';
import type { ComparisonResult } from '../../smoke/comparison';

const of = (changes: Partial<ComparisonResult>) =>
  comparisonLines({ measures: [], differences: [], ...changes } as unknown as ComparisonResult);
const measure = { pairs: 180, evidence: 12_345.6, threshold: 2_500_000 };

test('errors are shares, latency is milliseconds at its quantile, each with its mark and its weight', () => {
  const lines = of({
    measures: [
      { ...measure, measure: 'errors', decision: 'worse', blue: 0, green: 1 },
      { ...measure, measure: 'latency', decision: 'not-worse', blue: 8.21, green: 118.4, quantile: 0.95 },
      { ...measure, measure: 'latency', decision: 'not-enough-data', blue: 1, green: 2 },
    ] as unknown as ComparisonResult['measures'],
  });
  expect(lines.slice(1).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['FAIL', 'errors', 'worse', '0 %', '100 %', '180', '12346 of 3e+6'],
    ['ok', 'latency p95', 'not-worse', '8.2 ms', '118 ms', '180', '12346 of 3e+6'],
    ['?', 'latency p50', 'not-enough-data', '1.0 ms', '2.0 ms', '180', '12346 of 3e+6'],
  ]);
});

test('a difference fails where the suite says so, and is a note elsewhere', () => {
  const difference = { request: 'GET /a', kind: 'status', place: 'status', blue: '200', green: '500', count: 3, of: 4 };
  const differences = [{ ...difference, fails: true }, difference] as unknown as ComparisonResult['differences'];
  expect(of({ differences }).slice(-2)).toEqual([
    'FAIL  GET /a: status is 500, on blue 200 (3 of 4 responses)',
    'note  GET /a: status is 500, on blue 200 (3 of 4 responses)',
  ]);
});
