import { shorten } from '../../shared/text';

const EXCERPT_LENGTH_MAX = 200;

/** As much of a value as a report shows. */
export function excerpt(text: string): string {
  return shorten(text, EXCERPT_LENGTH_MAX);
}

export function quote(text: string): string {
  return JSON.stringify(excerpt(text));
}

/** Half a surrogate pair cannot be sent; it becomes the replacement character. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString('utf8');
}
