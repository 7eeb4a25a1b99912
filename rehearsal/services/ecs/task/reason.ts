/** The message of whatever was thrown: errors of other realms and libraries included. */
export function reasonOf(error: unknown): string {
  const message = (error as { readonly message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : String(error);
}
