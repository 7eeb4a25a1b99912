import { Tokenization } from 'aws-cdk-lib';

/** A placeholder for text of any length that is not known at synth. No header, path or host name can hold it. */
export const UNKNOWN = '\u0000';
/** A placeholder for any one character. */
const ONE = '\u0001';

/**
 * Whether a pattern with `*` and `?` can match the text. `UNKNOWN` and tokens, in either of them, can become any text.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function mayMatch(pattern: string, text: string, options: { readonly ignoreCase?: boolean } = {}): boolean {
  const fold = (value: string) => (options.ignoreCase ? value.toLowerCase() : value);
  return overlaps([...wildcardsOf(fold(withoutTokens(pattern)))], [...fold(withoutTokens(text))]);
}

/** The text with `UNKNOWN` in the place of each token. */
export function withoutTokens(text: string): string {
  return Tokenization.reverseString(text)
    .mapTokens({ mapToken: () => UNKNOWN })
    .join({ join: (left?: string, right?: string) => `${left ?? ''}${right ?? ''}` }) as string;
}

/** A backslash before `*` or `?` makes it the character itself. */
function wildcardsOf(pattern: string): string {
  return pattern.replace(/\\([*?])|\*|\?/g, (wildcard, literal: string | undefined) => {
    return literal ?? (wildcard === '*' ? UNKNOWN : ONE);
  });
}

/** Whether some text fits both; found from the ends of both to their beginnings. */
function overlaps(pattern: readonly string[], text: readonly string[]): boolean {
  let below = text.map(() => false).concat(false);
  for (let i = pattern.length; i >= 0; i--) {
    const row = below.map(() => false);
    for (let j = text.length; j >= 0; j--) {
      if (i === pattern.length && j === text.length) row[j] = true;
      else if (pattern[i] === UNKNOWN || text[j] === UNKNOWN) row[j] = below[j] === true || row[j + 1] === true;
      else row[j] = below[j + 1] === true && (pattern[i] === ONE || pattern[i] === text[j]);
    }
    below = row;
  }
  return below[0] === true;
}
