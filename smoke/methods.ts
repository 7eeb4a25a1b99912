/** Every method that a check may use. */
export const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH'] as const;

/** Methods that only read (RFC 9110, 9.2.1). No other is ever sent to both sides. */
export const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'] as const;

/** Methods whose effect does not depend on how often they are sent (RFC 9110, 9.2.2). No other is retried. */
const IDEMPOTENT: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

export function isSafe(method: string): boolean {
  return (SAFE_METHODS as readonly string[]).includes(method);
}

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.includes(method);
}
