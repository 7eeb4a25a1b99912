/** Hides secrets in what is reported. */
import { wellFormed } from './excerpt';

export const MASK = '***';

export interface Mask {
  /** From now on this text is hidden, as it is and as it travels. */
  hide(secret: string): void;
  /** All texts within a value with what is hidden masked. */
  over<T>(value: T): T;
}

export function createMask(): Mask {
  const hidden = new Set<string>();
  const clean = (text: string) =>
    [...hidden].sort(longestFirst).reduce((all, each) => all.replaceAll(each, MASK), text);
  const over = (value: unknown): unknown => {
    if (typeof value === 'string') return clean(value);
    if (Array.isArray(value)) return value.map(over);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, over(each)]));
  };
  return {
    hide: (secret) => {
      for (const form of formsOf(secret)) hidden.add(form);
    },
    over: (value) => (hidden.size === 0 ? value : (over(value) as typeof value)),
  };
}

function longestFirst(one: string, other: string): number {
  return other.length - one.length;
}

/** A server may echo a secret percent-encoded, within JSON, or in base 64. */
function formsOf(secret: string): string[] {
  const forms = [
    secret,
    secret.trim(),
    escaped(secret),
    escaped(escaped(secret)),
    encodeURIComponent(wellFormed(secret)),
  ];
  return [...forms, Buffer.from(secret).toString('base64')].filter((form) => form !== '');
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
