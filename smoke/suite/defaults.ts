import type { SmokeCheck, Suite } from './model';

export const RETRIES_DEFAULT = 2;
export const TIMEOUT_MS_DEFAULT = 5_000;

/** A check with the defaults of the suite. */
export function withDefaults(check: SmokeCheck, { defaults = {} }: Pick<Suite, 'defaults'>): SmokeCheck {
  const { retries, ...others } = defaults;
  return {
    ...others,
    ...(retries !== undefined && { retries }),
    ...check,
    ...((defaults.headers ?? check.headers) && { headers: { ...defaults.headers, ...check.headers } }),
  };
}
