import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/**
 * What must not be guessed: keys, tokens, passwords and secret paths. They differ in every rehearsal, unlike `Ids`, whose
 * seed makes two rehearsals alike.
 */
export const secrets = {
  /** `length` characters of `alphabet`. */
  token(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
  },

  /** A number in [0, 1). */
  random(): number {
    return randomInt(2 ** 47) / 2 ** 47;
  },

  /** 192 bits that fit into a URL's path. */
  path(): string {
    return randomBytes(24).toString('hex');
  },
};

/** Compares two texts in a time that does not depend on how much of them is equal. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
