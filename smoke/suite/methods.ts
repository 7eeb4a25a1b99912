/** Methods that act the same however often they are sent (RFC 9110, 9.2.2). */
const IDEMPOTENT: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.includes(method);
}
