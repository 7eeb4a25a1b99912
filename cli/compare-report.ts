import { type ComparisonResult, differenceText, milliseconds, percent, shortNumber } from '../smoke/comparison';
import { columns } from '../rehearsal/runner/report/columns';
import { oneLine } from '../rehearsal/runner/report/printable';

/** The text of a comparison with the live side. Pure. */

type Measure = ComparisonResult['measures'][number];

const MARKS = { worse: 'FAIL', 'not-worse': 'ok  ', 'not-enough-data': '?   ' } as const;
const HEADINGS = ['', 'COMPARED', 'RESULT', 'LIVE', 'TARGET', 'PAIRS', 'EVIDENCE'];

/** Errors and latency of both sides, then every difference between their responses. */
export function comparisonLines({ measures, differences }: ComparisonResult): string[] {
  return [...columns(HEADINGS, measures.map(rowOf)), ...differences.map(differenceLine)];
}

function rowOf({ measure, decision, blue, green, quantile = 0.5, pairs, evidence, threshold }: Measure): string[] {
  const errors = measure === 'errors';
  const figure = errors ? percent : milliseconds;
  const name = errors ? 'errors' : `latency p${Math.round(quantile * 100)}`;
  const weight = `${shortNumber(evidence)} of ${shortNumber(threshold)}`;
  return [MARKS[decision], name, decision, figure(blue), figure(green), String(pairs), weight];
}

function differenceLine(difference: ComparisonResult['differences'][number]): string {
  const { fails, count, of } = difference;
  return oneLine(`${fails ? 'FAIL' : 'note'}  ${differenceText(difference)} (${count} of ${of} responses)`);
}
