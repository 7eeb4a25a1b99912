/** At most `lengthMax` characters, the cut shown as an ellipsis. */
export function shorten(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // Never between the two halves of a surrogate pair.
  return `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The text in memory of its own: a part of a long text that is kept would keep all of it. */
export function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/** Half a surrogate pair cannot be sent; it becomes the replacement character. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString('utf8');
}

/** `1 attempt`, `3 attempts`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
