import { count, shorten } from '../../common/text';
import type { ComparedFailure, ComparedMeasure, ComparisonResult, ResponseDifference } from './result';
import { TIMED_OUT } from './failures';
import type { ComparisonPlan } from './options';

const SENTENCE_LENGTH_MAX = 600;
const DIFFERENCES_NAMED_MAX = 3;
const FAILURES_NAMED_MAX = 2;
const REQUESTS_NAMED_MAX = 3;

type Found = Omit<ComparisonResult, 'outcome' | 'sentence'>;
type Choice = Pick<ComparisonPlan, 'failOnDifferences' | 'notEnoughData'> & {
  /** Whether green is so much worse that it fails even with too little data. */
  readonly isGross: boolean;
};

/** The gate fails on "worse", on the differences in `failOnDifferences`, and on too little data by `notEnoughData` or a gross difference. */
export function failing(found: Pick<Found, 'decision' | 'differences'>, choice: Choice): boolean {
  if (found.decision === 'worse' || offending(found.differences, choice).length > 0) return true;
  return found.decision === 'not-enough-data' && (choice.notEnoughData === 'fail' || choice.isGross);
}

/** The differences that fail the gate. */
export function offending(
  differences: readonly ResponseDifference[],
  choice: Pick<Choice, 'failOnDifferences'>,
): readonly ResponseDifference[] {
  const { failOnDifferences: fail } = choice;
  if (typeof fail === 'boolean') return fail ? differences : [];
  return differences.filter(({ kind }) => fail.includes(kind));
}

/**
 * The sentence that says what decided, with its numbers: `green is slower than blue: p95 182 ms against 118 ms, ...`.
 * @param mixedUp why the two targets were not blue and green
 */
export function sentenceOf(found: Found, choice: Choice, mixedUp?: string): string {
  return shorten(parts(found, choice, mixedUp).join('; '), SENTENCE_LENGTH_MAX);
}

function parts(found: Found, choice: Choice, mixedUp: string | undefined): string[] {
  const left = leftOut(found.newRequests);
  if (mixedUp !== undefined) return [`green could not be compared with blue: ${mixedUp}`, ...left];
  const bad = offending(found.differences, choice);
  if (found.endedBy === 'differences')
    return [`green responds differently: ${differencesText(bad)} (${count(found.requests, 'request')})`];
  const sentences = decisionParts(found, choice.isGross);
  if (bad.length > 0) sentences.unshift(`green responds differently: ${differencesText(bad)}`);
  else if (found.differences.length > 0) sentences.push(`${count(found.differences.length, 'difference')} reported`);
  return [...sentences, ...left];
}

function decisionParts({ decision, measures, requests, endedBy, failures }: Found, isGross: boolean): string[] {
  const both = failures.filter(({ blue, green }) => blue > 0 && green > 0).slice(0, FAILURES_NAMED_MAX);
  const shared = both.map((each) => `the live side has the same problem: ${failureText(each)}`);
  if (decision === 'not-worse')
    return [
      `green is not worse than blue: ${measures.map(figures).join(', ')} (${count(requests, 'request')})`,
      ...shared,
    ];
  if (decision === 'worse') {
    // Errors count as responses that never came. If both measures are worse, the errors are therefore the cause.
    const worst = measures.find((each) => each.decision === 'worse') as ComparedMeasure;
    const how = worst.measure === 'errors' ? failures.filter(({ green, blue }) => green > blue) : [];
    return [
      `green ${worst.measure === 'errors' ? 'fails more often' : 'is slower'} than blue: ${figures(worst)}, ${certainty(worst)}`,
      ...how.slice(0, FAILURES_NAMED_MAX).map(failureText),
    ];
  }
  const open = measures.filter((each) => each.decision !== 'not-worse').map((each) => each.measure);
  return [
    `not enough data to say that green is no worse than blue: ${open.join(' and ')} undecided after ` +
      `${count(requests, 'request')} (${endedBy === 'timeout' ? 'timeout' : 'all requests used'}); ${measures.map(figures).join(', ')}`,
    ...(isGross ? ['the difference is too large to pass without a decision'] : []),
    ...shared,
  ];
}

/** `0.9 % of green's responses to GET /orders timed out, 0 % of blue's`. */
function failureText({ request, what, blue, green }: ComparedFailure): string {
  const how = what === TIMED_OUT ? what : /^status \d+$/.test(what) ? `had ${what}` : `failed (${what})`;
  return `${percent(green)} of green's responses to ${request} ${how}, ${percent(blue)} of blue's`;
}

function figures({ measure, blue, green, quantile = 0.5 }: ComparedMeasure): string {
  if (measure === 'errors') return `${percent(green)} errors against ${percent(blue)}`;
  return `p${Math.round(quantile * 100)} ${milliseconds(green)} against ${milliseconds(blue)}`;
}

/** `by chance once in 5000 comparisons, once in 1200 decides, 180 pairs`. */
function certainty({ evidence, threshold, pairs }: ComparedMeasure): string {
  return `by chance once in ${shortNumber(evidence)}, once in ${shortNumber(threshold)} decides, ${count(pairs, 'pair')}`;
}

/** Evidence as it is read: whole numbers, and from a million on only their size. */
export function shortNumber(value: number): string {
  return value < 1e6 ? String(Math.round(value)) : value.toExponential(0);
}

function leftOut(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const rest = names.length - REQUESTS_NAMED_MAX;
  const named = names.slice(0, REQUESTS_NAMED_MAX).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return [`not compared, because the live side refuses them: ${named}`];
}

function differencesText(differences: readonly ResponseDifference[]): string {
  const named = differences.slice(0, DIFFERENCES_NAMED_MAX).map(differenceText);
  const rest = differences.length - named.length;
  return rest === 0 ? named.join(', ') : `${named.join(', ')} and ${rest} more`;
}

/** `GET /orders: orders[].item is absent, on blue "tea"`. */
export function differenceText({ request, place, kind, blue, green }: ResponseDifference): string {
  const type = kind === 'json-type' ? 'of type ' : '';
  return `${request}: ${place} is ${type}${green}, on blue ${type}${blue}`;
}

/** A share in percent with two digits, and never in the notation with an exponent that `toPrecision` has for 100. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

/** A duration for people: `3.2 ms`, `320 ms`. */
export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
