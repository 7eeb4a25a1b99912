/** Hides secrets in what is reported. docs/adr/0064 says which notations are recognized. */
import { copyOf, shorten } from '../../common/text';
import { endOfMatch, formsOf, type SecretForm } from './secret-forms';

export const MASK = '***';

/** Characters of a value that a report shows. */
const EXCERPT_LENGTH_MAX = 200;
/** How many characters are masked for one that is shown, because a mask is shorter than what it hides. */
const WINDOW_FACTOR = 8;

export interface Mask {
  /** Hides this text from now on, as it is and in every notation in which a server may echo it. */
  hide(secret: string): void;
  /** The value with every secret in its texts masked. */
  over<T>(value: T): T;
  /**
   * As much of a text as a report shows. Secrets are masked first and the text is cut afterwards, so that no part of a
   * secret is left before the cut. The result does not keep the whole text in memory.
   * @param lengthMax default 200 characters
   */
  readonly excerpt: (text: string, lengthMax?: number) => string;
  /** An excerpt in quotes, as JSON writes it. */
  readonly quote: (text: string) => string;
}

export function createMask(): Mask {
  const forms: SecretForm[] = [];
  const over = (value: unknown): unknown => {
    if (typeof value === 'string') return masked(value, forms, false);
    if (Array.isArray(value)) return value.map(over);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, over(each)]));
  };
  const excerpt = (text: string, lengthMax = EXCERPT_LENGTH_MAX) => {
    const window = text.slice(0, lengthMax * WINDOW_FACTOR);
    const isCut = window.length < text.length;
    const clean = masked(window, forms, isCut);
    return copyOf(shorten(isCut ? `${clean}…` : clean, lengthMax));
  };
  return {
    hide: (secret) => {
      for (const form of formsOf(secret)) {
        if (!forms.some(({ units }) => units === form.units)) forms.push(form);
      }
    },
    over: (value) => (forms.length === 0 ? value : (over(value) as typeof value)),
    excerpt,
    quote: (text) => JSON.stringify(excerpt(text)),
  };
}

/** @param isCut whether the text is the beginning of a longer one: a secret that begins at its end is hidden too */
function masked(text: string, forms: readonly SecretForm[], isCut: boolean): string {
  if (forms.length === 0) return text;
  let result = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const end = furthestEnd(text, at, forms, isCut);
    if (end <= at) continue;
    result += `${text.slice(from, at)}${MASK}`;
    from = end;
    at = end - 1;
  }
  return from === 0 ? text : result + text.slice(from);
}

function furthestEnd(text: string, at: number, forms: readonly SecretForm[], isCut: boolean): number {
  let furthest = at;
  for (const form of forms) furthest = Math.max(furthest, endOfMatch(text, at, form, isCut));
  return furthest;
}
